"""What is shipped: the wheel and the sdist carry lessons, words and assets, and the wheel runs."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import gedig_edu

ROOT = Path(__file__).parents[1]


def names(folder: Path) -> set[str]:
    """Return what a learner opens: every file of the lessons but their text sources."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    }


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Path:
    """A folder with the sdist, and the wheel built from that sdist, without a network."""
    folder = tmp_path_factory.mktemp("dist")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def installed(shipped, tmp_path_factory) -> Path:
    """An empty folder that the wheel, and nothing else, is installed into."""
    target = tmp_path_factory.mktemp("site")
    wheel = next(shipped.glob("*.whl"))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", target, wheel],
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target


def run_installed(target: Path, folder: Path, script: str) -> str:
    """Run a script where the installed wheel, not the checkout, is what Python finds first."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(target)},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wheel_carries_lessons_words_and_assets(shipped):
    with zipfile.ZipFile(next(shipped.glob("*.whl"))) as wheel:
        carried = set(wheel.namelist())
    assert {f"gedig_edu/_lessons/{name}" for name in names(ROOT / "lessons")} <= carried
    views = (f"views/**/*.{kind}" for kind in ("js", "css", "wat"))
    for pattern in ("words/**/*.toml", *views, "models/data/**/*"):
        files = {path for path in (ROOT / "gedig_edu").glob(pattern) if path.is_file()}
        assert {path.relative_to(ROOT).as_posix() for path in files} <= carried
    assert {"gedig_edu/words/en/cli.toml", "gedig_edu/py.typed"} <= carried


def test_wheel_carries_the_package_and_nothing_beside_it(shipped):
    with zipfile.ZipFile(next(shipped.glob("*.whl"))) as wheel:
        carried = wheel.namelist()
    tops = {name.split("/")[0] for name in carried}
    assert {top.split("-")[0] for top in tops} == {"gedig_edu"}
    assert not [name for name in carried if name.endswith((".nbi", ".nbc", ".pyc"))]


def test_wheel_says_both_licences_and_carries_them(shipped):
    with zipfile.ZipFile(next(shipped.glob("*.whl"))) as wheel:
        (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        said = wheel.read(metadata).decode().splitlines()
        carried = {name.split("licenses/", 1)[-1] for name in wheel.namelist()}
    assert "License-Expression: MIT AND CC-BY-4.0" in said
    assert {"LICENSE", "lessons/LICENSE", "gedig_edu/_lessons/LICENSE"} <= carried


def test_citation_names_this_version_and_this_licence():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == project["version"] == gedig_edu.__version__
    assert citation["cff-version"] == "1.2.0"
    assert citation["license"] == project["license"].split(" AND ")[0] == "MIT"
    assert citation["title"].startswith(project["name"])
    assert all(author["name"] for author in citation["authors"])
    assert citation["message"]


def test_lessons_name_the_licence_of_their_texts_and_where_it_stands():
    notice = (ROOT / "lessons" / "LICENSE").read_text(encoding="utf-8")
    assert "Creative Commons Attribution 4.0" in notice
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in notice


def test_sdist_carries_what_the_tests_need(shipped):
    with tarfile.open(next(shipped.glob("*.tar.gz"))) as sdist:
        carried = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    assert {"pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "lessons/LICENSE",
            "tests/test_package.py", "binder/constraints.txt",
            "gedig_edu/cli.py"} <= carried  # fmt: skip
    assert {f"lessons/{name}" for name in names(ROOT / "lessons")} <= carried


def test_installed_wheel_copies_its_lessons_without_a_checkout(installed, tmp_path):
    script = (
        "import gedig_edu\n"
        "from gedig_edu.course.workspace import copy_lessons\n"
        "print(gedig_edu.__file__)\n"
        "print(*sorted(lesson.name for lesson in copy_lessons('mine')), sep='\\n')\n"
    )
    where, *copied = run_installed(installed, tmp_path, script).splitlines()
    assert Path(where).is_relative_to(installed)
    assert {name for name in copied if name} == names(ROOT / "lessons")
    assert names(tmp_path / "mine") == names(ROOT / "lessons")


def test_installed_wheel_answers_help(installed, tmp_path):
    script = "import sys; sys.argv = ['gedig-edu', '--help']\nfrom gedig_edu.cli import app; app()"
    assert "Copy the lessons into a folder" in run_installed(installed, tmp_path, script)
