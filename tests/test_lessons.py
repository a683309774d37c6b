"""The lessons as files: each notebook equals its reviewed text, and carries no results."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from gedig_edu.course import lessons
from gedig_edu.course.cards import Card
from gedig_edu.course.claims import all_claims

LESSONS = Path(__file__).parents[1] / "lessons"
NOTEBOOKS = sorted(LESSONS.rglob("[0-9][0-9]_*.ipynb"))
CHECKED = "# NBVAL_CHECK_OUTPUT"
CELL_LINES = 10


def named(path: Path) -> str:
    return path.relative_to(LESSONS).as_posix()


def test_every_file_of_the_lessons_but_their_licence_belongs_to_a_pair():
    files = {
        path.relative_to(LESSONS)
        for path in LESSONS.rglob("*")
        if path.is_file() and not any(part.startswith((".", "__")) for part in path.parts)
    }
    assert files - {Path("LICENSE")} == {
        path.relative_to(LESSONS).with_suffix(suffix)
        for path in NOTEBOOKS
        for suffix in (".ipynb", ".py")
    }


def test_readme_links_each_lesson_to_binder_and_nothing_else():
    readme = (LESSONS.parent / "README.md").read_text(encoding="utf-8")
    address = r"https://mybinder\.org/v2/gh/[\w-]+/[\w-]+/main\?urlpath=lab/tree/lessons/(\S+)\)"
    linked = re.findall(address, readme)
    assert linked == [named(path) for path in NOTEBOOKS if path.parent == LESSONS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
class TestLesson:
    def test_equals_its_text_source(self, path):
        command = [sys.executable, "-m", "jupytext", "--to", "py:percent", "--output", "-", path]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        assert done.stdout == text, f"run `jupytext --to py:percent lessons/{named(path)}`"

    def test_is_a_valid_notebook_for_the_default_kernel(self, path):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert notebook.metadata.kernelspec.name == "python3"
        assert notebook.cells[0].cell_type == "markdown"
        assert re.match(r"# \S", notebook.cells[0].source)

    def test_keeps_output_only_where_it_is_checked(self, path):
        for cell in code_cells(path):
            if CHECKED in cell.source:
                assert cell.outputs, cell.source
                assert {kind for output in cell.outputs for kind in kinds(output)} <= {"text/plain"}
            else:
                assert cell.outputs == [], cell.source
                assert cell.execution_count is None, cell.source

    def test_has_short_code_cells(self, path):
        for cell in code_cells(path):
            lines = [line for line in cell.source.splitlines() if line.split("#")[0].strip()]
            assert len(lines) <= CELL_LINES, cell.source

    def test_numbers_its_exercises_in_the_order_they_come(self, path):
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        asked = re.findall(r'^check\("([\w.]+)"', text, re.MULTILINE)
        assert asked == [exercise.id for exercise in lessons.exercises_of(path.name[:2])]

    def test_asks_its_questions_in_the_order_they_are_numbered(self, path):
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        asked = [f"{lesson}.{n}" for lesson, n in re.findall(r'^quiz\("(\d+)", (\d+)', text, re.M)]
        assert asked == [question.id for question in lessons.quiz_of(path.name[:2])]

    def test_every_commented_call_runs_when_its_sign_is_taken_away(self, path):
        names, ran = {}, []
        for cell in code_cells(path):
            imports = re.findall(r"^from gedig_edu\.course import .+$", cell.source, re.MULTILINE)
            exec("\n".join(imports), names)
            for call in re.findall(r"^#\s?(\w+\(.*)$", cell.source, re.MULTILINE):
                assert isinstance(eval(call, dict(names)), Card), call
                ran.append(call)
        exercises = [exercise.id for exercise in lessons.exercises_of(path.name[:2])]
        assert ran == [f'{name}("{id}")' for id in exercises for name in ("hint", "solution")]

    def test_has_no_prediction_that_bears_the_name_of_a_claim_in_another_unit(self, path):
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        claims = {claim.id for claim in all_claims()}
        shown = set(re.findall(r'claims\.show\("([\w.]+)"', text))
        compared = dict(re.findall(r'^\w*\(?compare\("([\w.]+)", (.+)\)', text, re.MULTILINE))
        for name in claims & set(re.findall(r'^predict\("([\w.]+)"', text, re.MULTILINE)):
            by_the_claim = name in shown if name not in compared else "].measured" in compared[name]
            assert by_the_claim, f"{name} is measured by its cell; give the prediction another name"


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    """Return the code cells of a notebook."""
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def kinds(output: nbformat.NotebookNode) -> list[str]:
    """Return the kinds of data of one output; printed text counts as text/plain."""
    return ["text/plain"] if output.output_type == "stream" else list(output.get("data", ["error"]))
