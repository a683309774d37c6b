"""Each lesson on a sentence of one's own: one word, one sign that is read as bytes, none."""

import ast
import re

import nbformat
import pytest
from nbclient import NotebookClient

from tests.test_lessons import NOTEBOOKS, code_cells, named, sections_of

LINE = "text = EXAMPLE"
SENTENCES = ("The", "猫")  # one token, and one sign that is three
NEAR_THE_TOP = 3  # sections


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_lesson_says_near_its_top_where_the_learner_s_sentence_goes(path):
    cells = [cell for section in sections_of(path)[: NEAR_THE_TOP + 1] for cell in section.cells]
    (place,) = [at for at, cell in enumerate(cells) if cell.source == LINE]
    prose = [cell.source for cell in cells[:place] if cell.cell_type == "markdown"][-1]
    assert re.search(r"your\s+own\s+sentence", prose)
    assert re.search(r"run\s+all", prose, re.IGNORECASE)
    text = path.with_suffix(".py").read_text(encoding="utf-8")
    assert len(re.findall(r"^text = ", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_lesson_runs_on_sentences_of_one_s_own(path, tmp_path, monkeypatch):
    """Run all cells for one sentence after the other, in one kernel as a learner does."""
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    runs = [cell for sentence in SENTENCES for cell in cells_with(path, sentence)]
    notebook = nbformat.v4.new_notebook(cells=runs)
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="python3", timeout=60, resources=where).execute()
    said = [output for cell in runs for output in cell.outputs if output.get("name") == "stderr"]
    assert said == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_sentence_is_read_only_after_a_look_whether_it_can_be(path):
    """What a model cannot read, nothing and too much, is described, and the example stands in."""
    seen = [node for cell in code_cells(path) for node in ast.walk(ast.parse(cell.source))]
    own = [node for node in seen if isinstance(node, ast.Lambda)]  # its text is another
    looked = [
        node.args[0]
        for node in seen
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("describe", "enough")
    ]
    given = [node for node in seen if isinstance(node, ast.Assign)]
    shown = [node.value for node in given if isinstance(node.targets[0], ast.Attribute)]
    inside = [child for node in own for child in ast.walk(node)]
    used = [node for node in seen if isinstance(node, ast.Name) and node.id == "text"]
    used = [node for node in used if isinstance(node.ctx, ast.Load)]
    met = {id(node) for node in [*looked, *shown, *inside]}
    assert [node.lineno for node in used if id(node) not in met] == []
    assert len(used) >= 2


@pytest.mark.parametrize("text", ["", "No more. " * 1000], ids=["nothing", "too much"])
def test_the_page_of_lesson_06_says_what_it_cannot_read_and_the_lesson_goes_on(
    text, tmp_path, monkeypatch
):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    (path,) = [path for path in NOTEBOOKS if path.name.startswith("06")]
    where = {"metadata": {"path": str(tmp_path)}}
    notebook = nbformat.v4.new_notebook(cells=cells_with(path, text))
    NotebookClient(notebook, kernel_name="python3", timeout=60, resources=where).execute()


def cells_with(path, sentence):
    """Return the code cells of a lesson, the example replaced by a sentence."""
    sources = [cell.source for cell in code_cells(path)]
    sources[sources.index(LINE)] = f"text = {sentence!r}"
    return [nbformat.v4.new_code_cell(source) for source in sources]
