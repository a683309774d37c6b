"""Each lesson on a sentence of one's own: one word, and one sign that the model reads as bytes."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from tests.test_lessons import NOTEBOOKS, code_cells, named, sections_of

# lessons that follow the learner's sentence; goes when all that read a text are in it
OWN = {"00", "01", "02", "03", "04", "05", "06"}
LINE = "text = EXAMPLE"
SENTENCES = {"one word": "The", "one sign": "猫"}
CONVERTED = [path for path in NOTEBOOKS if path.name[:2] in OWN]
NEAR_THE_TOP = 3  # sections


@pytest.mark.parametrize("path", CONVERTED, ids=named)
def test_a_lesson_says_near_its_top_where_the_learner_s_sentence_goes(path):
    cells = [cell for section in sections_of(path)[: NEAR_THE_TOP + 1] for cell in section.cells]
    (place,) = [at for at, cell in enumerate(cells) if cell.source == LINE]
    prose = [cell.source for cell in cells[:place] if cell.cell_type == "markdown"][-1]
    assert re.search(r"your\s+own\s+sentence", prose)
    assert re.search(r"run\s+all", prose, re.IGNORECASE)
    text = path.with_suffix(".py").read_text(encoding="utf-8")
    assert len(re.findall(r"^text = ", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
@pytest.mark.parametrize("path", CONVERTED, ids=named)
def test_a_lesson_runs_on_a_sentence_of_one_s_own(path, sentence, tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    cells = code_cells(path)
    (place,) = [cell for cell in cells if cell.source == LINE]
    place.source = f"text = {sentence!r}"
    notebook = nbformat.v4.new_notebook(cells=cells)
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="python3", timeout=60, resources=where).execute()
    said = [output for cell in cells for output in cell.outputs if output.get("name") == "stderr"]
    assert said == []
