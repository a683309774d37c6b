"""The rules of the house, held by tools and by reading the tracked files."""

import ast
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

import networkx as nx
import pytest

from gedig_edu.views.widgets.bundle import styles
from gedig_edu.words import word
from tests.helpers import WORTH_A_LOOK

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
FUNCTION_LINES = 40
MODULE_LINES = 400  # beyond it a module asks for a reason to be split; its length is none
OURS = r"@container|@media|@keyframes gedig-|from$|to$|(:is\(.*\) )?\.gedig-"
KILOBYTE = 1000
VISIBLE = {"pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md", "lessons",
           "gedig_edu", "tests", "binder"}  # fmt: skip
HIDDEN = {".ci", ".github", ".gitignore", ".pre-commit-config.yaml"}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool from the root, with its own wheel of node and no look at the network."""
    environment = os.environ | {
        "PYRIGHT_PYTHON_GLOBAL_NODE": "0",
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
    }
    return subprocess.run(
        list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True
    )


def tracked(*patterns: str) -> list[Path]:
    """Return the files that git tracks and that stand in the work tree."""
    listed = run("git", "ls-files", "-z", *patterns)
    assert listed.returncode == 0, listed.stderr
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts(*patterns: str) -> Iterator[tuple[Path, str]]:
    """Yield the tracked files that are text, as paths from the root."""
    for path in tracked(*patterns):
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield path.relative_to(ROOT), content.decode("utf-8")


def places(pattern: str, *patterns: str) -> list[str]:
    """Return where a regular expression stands, as path:line: text."""
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts(*patterns)
        for number, line in enumerate(text.splitlines(), start=1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param((sys.executable, "-m", "ruff", "check", "--no-cache"), id="ruff check"),
        pytest.param(
            (sys.executable, "-m", "ruff", "format", "--check", "--no-cache"), id="format"
        ),
        pytest.param((sys.executable, "-m", "pyright", "--pythonpath", sys.executable), id="types"),
        pytest.param((SCRIPTS / "lint-imports", "--no-cache"), id="imports point one way"),
    ],
)
def test_tool_has_nothing_to_say(command):
    said = run(*command)
    assert said.returncode == 0, said.stdout + said.stderr


def test_top_level_is_the_house():
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert top <= VISIBLE | HIDDEN


def code_lines(node: ast.AST, *, first: int, last: int) -> int:
    """Return lines from `first` to `last`, without the docstrings inside."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
    docstrings = (
        part.body[0]
        for part in ast.walk(node)
        if isinstance(part, inner) and ast.get_docstring(part, clean=False) is not None
    )
    documented = sum((doc.end_lineno or doc.lineno) - doc.lineno + 1 for doc in docstrings)
    return last - first + 1 - documented


def imports() -> nx.DiGraph:
    """Return which file of the package imports which, wherever in a file the import stands."""
    files = {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__"): (path, text)
        for path, text in texts("gedig_edu/*.py")
    }
    graph = nx.DiGraph()
    for name, (_, text) in files.items():
        for node in ast.walk(ast.parse(text)):
            asked = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                inside = [f"{node.module}.{one.name}" for one in node.names]
                asked = [one if one in files else node.module for one in inside]
            graph.add_edges_from((files[name][0], files[one][0]) for one in asked if one in files)
    return graph


def test_no_files_import_one_another_in_a_circle():
    """Counted are lazy imports inside functions too, and those for types alone."""
    package = imports()
    assert package.size() > package.order()
    circles = [sorted(map(str, one)) for one in nx.strongly_connected_components(package)]
    assert [circle for circle in circles if len(circle) > 1] == []


def test_functions_are_short():
    long = []
    for path, text in texts("*.py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = code_lines(node, first=node.lineno, last=node.end_lineno or node.lineno)
                if lines > FUNCTION_LINES:
                    long.append(f"{path}:{node.lineno}: {node.name} has {lines} lines")
    assert long == []


def long_modules(modules: Iterable[tuple[Path, str]]) -> list[str]:
    lengths = {
        path: code_lines(ast.parse(text), first=1, last=len(text.splitlines()))
        for path, text in modules
    }
    return [f"{path} has {lines} lines" for path, lines in lengths.items() if lines > MODULE_LINES]


def test_a_long_module_is_named_after_the_tests_and_fails_none(record_property):
    made = [(Path("fits.py"), "x = 1\n" * 400), (Path("long.py"), "x = 1\n" * 401)]
    assert long_modules(made) == ["long.py has 401 lines"]
    for long in long_modules(texts("gedig_edu/*.py", "tests/*.py")):
        record_property(WORTH_A_LOOK, long)


def test_no_file_is_heavy():
    def limit(path: Path) -> int:
        if path.is_relative_to(ROOT / "gedig_edu" / "models" / "data"):
            return 32_000 * KILOBYTE
        return (200 if path.suffix == ".ipynb" else 1000) * KILOBYTE

    heavy = [path.name for path in tracked() if path.stat().st_size > limit(path)]
    assert heavy == []


def test_nothing_names_a_machine_path():
    folders = "|".join(["wo" + "rk", "op" + "t", "tm" + "p", "ro" + "ot", "ho" + "me"])
    assert places(rf"(?<![\w.$}}~/*])/({folders})/\w") == []


def test_nothing_names_a_registry():
    hosts = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "deb" + "ian.org"]
    assert places("|".join(map(re.escape, hosts))) == []
    index = re.escape("download.py" + "torch.org")
    assert {place.split(":")[0] for place in places(index)} <= {
        "README.md",
        "binder/requirements.txt",
    }


def test_front_end_code_loads_nothing_from_outside():
    outside = r"(https?:)?//(?!www\.w3\.org)[\w-]+\.[\w.-]+/|@import\s+url"
    assert places(outside, "gedig_edu/*.js", "gedig_edu/*.css", "gedig_edu/*.html") == []
    assert places("://", "gedig_edu/*.js") == []


def test_scripts_of_widgets_import_their_neighbours_and_load_nothing_else():
    loading = (
        r"""\b(require|define|import|fetch|eval)\(|\bimport\s*["']|\bfrom\s*["'](?!\.{1,2}/)"""
    )
    assert places(loading, "gedig_edu/views/*.js") == []


def test_styles_of_widgets_touch_nothing_of_the_page_around():
    """Every rule names a class of ours, so that a notebook, VS Code or Colab keeps its looks."""
    around = []
    for path, text in [*texts("gedig_edu/views/*.css"), ("the colours", styles())]:
        plain = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        selectors = [part.strip() for part in re.findall(r"[^{}]+(?=\{)", plain)]
        around += [f"{path}: {one}" for one in selectors if not re.match(OURS, one)]
    assert around == []


def test_every_shape_is_one_that_jaxtyping_can_read():
    assert places(r"\b(Float|Int|Bool)\[[\w.]+, \.\.\.\]", "*.py") == []


def test_every_word_that_code_asks_for_is_in_the_table():
    asked = {
        key
        for _, text in texts("gedig_edu/*.py")
        for key in re.findall(r"""\bword\(\s*["']([\w.]+)["']""", text)
    }
    assert asked
    for key in sorted(asked - {"words.example"}):
        assert word(key)


def test_no_count_that_can_be_one_stands_before_a_plural():
    counts = (
        r"\{(added|removed|degree|links|reached|lowest_at|tokens|layers|heads)(:\w+)?\} [a-z]+s\b"
    )
    rooms = [f"gedig_edu/words/en/{room}.toml" for room in ("widgets/*", "live", "views", "cli")]
    assert places(counts, *rooms) == []


def test_every_ignored_warning_says_why():
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^filterwarnings = \[(.*?)^\]", settings, re.MULTILINE | re.DOTALL)
    ignored = [line for line in block[1].splitlines() if '"ignore' in line] if block else []
    assert [line for line in ignored if "#" not in line] == []
