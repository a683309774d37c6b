"""The lessons as executed: what each displays is said in words, and nothing complains."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from gedig_edu.course.site.widgets import VIEW
from gedig_edu.words import word
from tests.executed import executed
from tests.test_lessons import CHECKED, LESSONS, NOTEBOOKS, named

OF_THE_MACHINE = re.compile(r"0x[0-9a-f]{6,}|\w+\(children=|<Figure size")


PICTURES = re.compile(r"base64,[\w+/=]+")


def outputs_of(path):
    return [output for cell in executed(path).cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
class TestExecuted:
    def test_complains_of_nothing(self, path):
        assert [output for output in outputs_of(path) if output.get("name") == "stderr"] == []

    def test_says_in_words_what_each_output_shows_and_the_same_at_every_run(self, path):
        displayed = [output.data for output in outputs_of(path) if "data" in output]
        assert len(displayed) >= 8
        for data in displayed:
            assert data.get("text/plain"), list(data)
            for kind in ("text/plain", "text/html"):
                said = PICTURES.sub("", data.get(kind, ""))
                assert not OF_THE_MACHINE.search(said), said
            if VIEW in data:
                again = word("widgets.told.again")
                assert again in data["text/plain"]
                assert again in data["text/html"]

    def test_shows_a_picture_that_moves_before_any_other_cell_has_run(self, path):
        first = next(cell for cell in executed(path).cells if cell.cell_type == "code")
        assert [VIEW in output.get("data", {}) for output in first.outputs] == [True]


def test_no_lesson_was_run_by_looking_for_doctests_in_it():
    assert [name for name in sys.modules if re.match(r"lessons\.(\w+\.)?\d\d_", name)] == []


def write(path, *cells):
    """Write a notebook of checked cells, each with the text that it is said to print."""
    made = nbformat.v4.new_notebook()
    for source, text in cells:
        printed = [nbformat.v4.new_output("stream", text=text)] if text else []
        cell = nbformat.v4.new_code_cell(source, execution_count=1, outputs=printed)
        cell.metadata.tags = [CHECKED]
        made.cells.append(cell)
    nbformat.write(made, path)
    return path


def validate(*paths):
    """Return what nbval says of notebooks in a test run of its own that shares our copies."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "no:cacheprovider",
         "-p", "tests.conftest", "-q", "-rA", *paths],
        cwd=LESSONS.parent,
        env=plain,
        capture_output=True,
        text=True,
    )  # fmt: skip
    return done.stdout


def test_nbval_tells_right_from_wrong_by_the_one_execution_that_others_share(tmp_path):
    counted = f"with open({str(tmp_path / 'runs')!r}, 'a') as file: _ = file.write('run ')"
    right_and_wrong = write(
        tmp_path / "mixed.ipynb", ("print(6 * 7)", "42\n"), ("print(6 * 8)", "49\n"), (counted, "")
    )
    broken = write(tmp_path / "broken.ipynb", ("1 / 0", ""))
    said = validate(right_and_wrong, broken)
    verdicts = re.findall(r"^(PASSED|FAILED|ERROR) \S*::Cell (\d)", said, re.MULTILINE)
    assert sorted(verdicts) == [("ERROR", "0"), ("FAILED", "1"), ("PASSED", "0"), ("PASSED", "2")]
    assert "broken.ipynb did not run to its end (ZeroDivisionError" in said
    assert executed(right_and_wrong).cells[1].outputs[0].text == "48\n"
    assert (tmp_path / "runs").read_text() == "run "
