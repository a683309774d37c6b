"""The lessons as files: each notebook equals its reviewed text, and carries no results."""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from jupytext.cli import jupytext

from gedig_edu.course import catalogue
from gedig_edu.course.claims import all_claims
from gedig_edu.views.widgets.told import Told

LESSONS = Path(__file__).parents[1] / "lessons"
NOTEBOOKS = sorted(LESSONS.rglob("[0-9][0-9]_*.ipynb"))
CHECKED = "nbval-check-output"
PLUMBING = re.compile(
    r"#.*\b(nbval\w*|noqa|fmt|pragma|ruff|type: ?ignore|pyright)\b", re.IGNORECASE
)
CELL_LINES = 10
FOLDED = "jp-MarkdownHeadingCollapsed"
OPTIONAL = "Optional: "
OPENING_WORDS = 80
IMPORTS = 6  # lines of nothing but imports and the model, from which on a cell is folded
PLACEHOLDER = "# The first picture: press Shift + Enter"
SHOWN = re.compile(r"^from (gedig_edu\.views\.widgets\.\w+) import ([A-Z]\w+)$", re.MULTILINE)
CORE_MINUTES, CORE_WORDS, CORE_EXERCISES = 45, 1700, 3


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


@pytest.mark.parametrize(
    "place",
    [
        r"https://mybinder\.org/v2/gh/[\w-]+/[\w-]+/main\?urlpath=lab/tree",
        r"https://colab\.research\.google\.com/github/[\w-]+/[\w-]+/blob/main",
    ],
)
def test_readme_links_each_lesson_to_a_place_that_runs_it_and_nothing_else(place):
    readme = (LESSONS.parent / "README.md").read_text(encoding="utf-8")
    linked = re.findall(rf"{place}/lessons/([^\s)]+)\)", readme)
    assert linked == [named(path) for path in NOTEBOOKS if path.parent == LESSONS]


def test_every_lesson_of_the_catalogue_is_there():
    written = [path.stem for path in NOTEBOOKS if path.parent == LESSONS]
    assert written == list(catalogue.FILES)


def test_every_lesson_with_exercises_has_a_notebook_that_asks_them():
    """The site and `progress` lead there; a lesson is found by its exercises alone."""
    asked = {catalogue.file_of(one) for one in catalogue.NUMBERS if catalogue.exercises_of(one)}
    assert asked <= {path.name for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
class TestLesson:
    def test_equals_its_text_source(self, path, capsys):
        assert jupytext(["--to", "py:percent", "--output", "-", str(path)]) == 0
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        said = (
            f"run `jupytext --update --to ipynb lessons/{path.stem}.py` after a change of the text"
        )
        assert capsys.readouterr().out == text, said

    def test_is_a_valid_notebook_for_the_default_kernel(self, path):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert notebook.metadata.kernelspec.name == "python3"
        assert notebook.cells[0].cell_type == "markdown"
        assert re.match(r"# \S", notebook.cells[0].source)

    def test_keeps_output_only_where_it_is_checked(self, path):
        for cell in code_cells(path):
            if CHECKED in cell.metadata.get("tags", ()):
                assert cell.outputs, cell.source
                assert cell.execution_count, cell.source  # without one nbval refuses the output
                assert {kind for output in cell.outputs for kind in kinds(output)} <= {"text/plain"}
            else:
                assert cell.outputs == [], cell.source
                assert cell.execution_count is None, cell.source

    def test_carries_no_state_of_widgets(self, path):
        assert "widgets" not in nbformat.read(path, as_version=4).metadata

    def test_has_short_code_cells(self, path):
        for cell in code_cells(path):
            lines = [line for line in cell.source.splitlines() if line.split("#")[0].strip()]
            assert len(lines) <= CELL_LINES, cell.source

    def test_keeps_the_marks_of_our_tools_out_of_what_a_learner_reads(self, path):
        assert [cell.source for cell in code_cells(path) if PLUMBING.search(cell.source)] == []

    def test_prints_no_alternative_text_above_a_picture(self, path):
        assert [cell.source for cell in code_cells(path) if "get_label(" in cell.source] == []

    def test_numbers_its_exercises_in_the_order_they_come(self, path):
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        asked = re.findall(r'^check\("([\w.]+)"', text, re.MULTILINE)
        assert asked == [exercise.id for exercise in catalogue.exercises_of(path.name[:2])]

    def test_asks_its_questions_in_the_order_they_are_numbered(self, path):
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        asked = [f"{lesson}.{n}" for lesson, n in re.findall(r'^quiz\("(\d+)", (\d+)', text, re.M)]
        assert asked == [question.id for question in catalogue.quiz_of(path.name[:2])]

    def test_asks_each_exercise_in_prose_right_above_the_cell_that_answers(self, path):
        cells = nbformat.read(path, as_version=4).cells
        places = {cell.source: place for place, cell in enumerate(cells)}
        for exercise in catalogue.exercises_of(path.name[:2]):
            asked = cells[places[f'check("{exercise.id}", ...)'] - 1]
            assert asked.cell_type == "markdown"
            heading, task = asked.source.split("** ", maxsplit=1)
            assert heading == f"**Exercise {exercise.id} · {exercise.level}."
            assert task

    def test_leaves_hints_and_solutions_to_the_buttons(self, path):
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        assert re.findall(r"\b(?:hint|solution)\(", text) == []

    def test_has_no_prediction_that_bears_the_name_of_a_claim_in_another_unit(self, path):
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        claims = {claim.id for claim in all_claims()}
        shown = set(re.findall(r'claims\.show\("([\w.]+)"', text))
        compared = dict(re.findall(r'^\w*\(?compare\("([\w.]+)", (.+)\)', text, re.MULTILINE))
        for name in claims & set(re.findall(r'^predict\("([\w.]+)"', text, re.MULTILINE)):
            by_the_claim = name in shown if name not in compared else "].measured" in compared[name]
            assert by_the_claim, f"{name} is measured by its cell; give the prediction another name"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
class TestFrame:
    """What a lesson says before it begins is what it holds; a section is a heading of level 2."""

    def test_begins_with_a_question_and_a_picture_that_moves_its_cell_folded(self, path):
        title, picture, needs = nbformat.read(path, as_version=4).cells[:3]
        asked = r"# .+\n\n\*\*The question\.\*\* [^\n].*\?\n\n\*\*Move\.\*\* [^\n]+"
        assert re.fullmatch(asked, title.source, re.DOTALL)
        assert words_in(title.source) <= OPENING_WORDS
        assert needs.source.startswith("**What you need.** ")
        assert picture.metadata.jupyter.source_hidden
        assert picture.source.startswith(PLACEHOLDER)  # all that JupyterLab shows of it
        ((module, name),) = SHOWN.findall(picture.source)
        assert issubclass(getattr(import_module(module), name), Told)
        last = picture.source.splitlines()[-1]
        assert last.startswith(f"{name}(") or f"{last} = {name}(" in picture.source

    def test_folds_what_teaches_nothing_and_says_in_its_first_line_what_it_is(self, path):
        for cell in code_cells(path):
            folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
            lines = [line for line in cell.source.splitlines() if line.split("#")[0].strip()]
            plain = all(re.match(r"(from|import) |model\b", line) for line in lines)
            assert folded or not plain or len(lines) < IMPORTS, cell.source
            assert not folded or cell.source.startswith("# "), cell.source

    def test_shows_no_widget_a_second_time(self, path):
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        names = [name for _, name in SHOWN.findall(text)]
        assert len(names) >= 2
        assert sorted(set(names)) == sorted(names)

    def test_lists_exactly_its_sections_as_core_or_optional(self, path):
        listed = [
            f"{OPTIONAL * (kind == 'optional')}{name}" for name, _, kind in table_of_sections(path)
        ]
        assert {kind for *_, kind in table_of_sections(path)} <= {"core", "optional"}
        assert listed == [section.heading for section in sections_of(path)[1:]]

    def test_begins_each_section_with_a_markdown_cell_of_its_own(self, path):
        for section in sections_of(path):
            for cell in section.cells:
                if cell.cell_type == "markdown":
                    assert "\n## " not in cell.source, cell.source

    def test_sums_up_the_minutes_of_its_core_and_of_all(self, path):
        minutes = [(int(count), kind) for _, count, kind in table_of_sections(path)]
        core = sum(count for count, kind in minutes if kind == "core")
        assert min(count for count, _ in minutes) >= 1
        assert core <= CORE_MINUTES
        time = f"{core} minutes for the core, {sum(count for count, _ in minutes)} for all."
        assert f"**Time.** {time}" in opening_of(path)

    def test_says_what_it_needs_from_before_and_what_rests_on_it_later(self, path):
        paragraphs = [" ".join(part.split()) for part in opening_of(path).split("\n\n")]
        for label, in_place in (
            ("**What you need.** ", lambda number: number < path.name[:2]),
            ("**What rests on it.** ", lambda number: number > path.name[:2]),
        ):
            (said,) = [part.removeprefix(label) for part in paragraphs if part.startswith(label)]
            named_lessons = re.findall(r"\b([01]\d)\b", said)
            assert said
            assert [number for number in named_lessons if not in_place(number)] == []

    def test_folds_its_optional_sections_and_no_others(self, path):
        for section in sections_of(path):
            folded = [bool(cell.metadata.get(FOLDED)) for cell in section.cells]
            assert folded == [section.optional] + [False] * (len(folded) - 1), section.heading

    def test_has_a_core_that_is_read_and_worked_in_time(self, path):
        core = [cell for section in sections_of(path) if not section.optional
                for cell in section.cells]  # fmt: skip
        words = sum(words_in(cell.source) for cell in core if cell.cell_type == "markdown")
        exercises = [call for cell in core if cell.cell_type == "code"
                     for call in re.findall(r"^check\(.+$", cell.source, re.MULTILINE)]  # fmt: skip
        assert words <= CORE_WORDS
        assert len(exercises) <= CORE_EXERCISES, exercises

    def test_has_a_core_that_needs_nothing_optional(self, path):
        core = "\n".join(
            cell.source for section in sections_of(path) if not section.optional
            for cell in section.cells if cell.cell_type == "code"
        )  # fmt: skip
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821",
                   '--config=builtins=["display"]', "-"]  # fmt: skip
        done = subprocess.run(command, input=core, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout


@dataclass(frozen=True)
class Section:
    """The cells under one heading of level 2; what stands before the first has none."""

    heading: str
    cells: list[nbformat.NotebookNode] = field(default_factory=list)

    @property
    def optional(self) -> bool:
        return self.heading.startswith(OPTIONAL)


def sections_of(path: Path) -> list[Section]:
    """Return the sections of a lesson in order, its opening first."""
    sections = [Section("")]
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append(Section(cell.source.splitlines()[0].removeprefix("## ").strip()))
        sections[-1].cells.append(cell)
    return sections


def opening_of(path: Path) -> str:
    """Return the prose before the first section."""
    cells = sections_of(path)[0].cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def table_of_sections(path: Path) -> list[tuple[str, ...]]:
    """Return name, minutes and kind of each section, as the opening's table says."""
    rows = re.findall(r"^\|(.+)\|(.*)\|(.*)\|$", opening_of(path), re.MULTILINE)
    cells = [tuple(part.strip() for part in row) for row in rows]
    assert cells[0] == ("section", "minutes", "")
    return cells[2:]


def words_in(source: str) -> int:
    """Count the words of a markdown cell, without its paragraph of sources."""
    paragraphs = [part for part in source.split("\n\n") if not part.startswith("**Sources.**")]
    words = " ".join(paragraphs).split()
    return sum(any(letter.isalnum() for letter in word) for word in words)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    """Return the code cells of a notebook."""
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def kinds(output: nbformat.NotebookNode) -> list[str]:
    """Return the kinds of data of one output; printed text counts as text/plain."""
    return ["text/plain"] if output.output_type == "stream" else list(output.get("data", ["error"]))
