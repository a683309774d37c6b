"""Where a lecturer switches solutions off, nothing of one is left: in cards, and in a site."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

import gedig_edu
from gedig_edu import cli
from gedig_edu.course import catalogue, check, hint, record, solution, workspace
from gedig_edu.course.site import build
from gedig_edu.course.site.build import build_site
from gedig_edu.course.switch import OFF, ON, VARIABLE, solutions_shown
from gedig_edu.errors import GedigError
from tests.course.small_course import FIRST, SECOND, write_course

ALL = [exercise for lesson in catalogue.NUMBERS for exercise in catalogue.exercises_of(lesson)]
TELLING = 24  # a shorter line of code, or sentence, is anybody's


@pytest.fixture
def off(monkeypatch):
    monkeypatch.setenv(VARIABLE, "off")


@pytest.fixture
def as_they_stand(monkeypatch):
    """Take notebooks without running them."""

    async def read(path, **_):
        return nbformat.read(path, as_version=4)

    monkeypatch.setattr(build, "execute", read)


def plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def telling(exercise) -> set[str]:
    """Return the lines of its code and the sentences of its words that no one else would write."""
    own = [*exercise.code.splitlines(), *re.split(r"(?<=[.;:]) ", exercise.words("solution"))]
    hints = [exercise.words(f"hint_{number}") for number in range(1, exercise.hints + 1)]
    given = plain(" ".join([*hints, *lessons_as_read()]))
    return {line for line in map(plain, own) if len(line) >= TELLING and line not in given}


def lessons_as_read() -> list[str]:
    """Return what the site shows anyhow: the lessons, and the package's own reference."""
    package = Path(gedig_edu.__file__).parent
    rooms = (package / room for room in ("lab", "models", "theory", "views"))
    files = [*workspace.lessons_source().glob("*.py"), *(f for r in rooms for f in r.rglob("*.py"))]
    return [path.read_text(encoding="utf-8") for path in files]


def everything_in(folder: Path) -> str:
    """Return every text of a folder, pages both as written and as read."""
    texts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".png":
            texts.append(path.read_text(encoding="utf-8"))
        if path.suffix == ".html":
            texts.append(BeautifulSoup(texts[-1], "html.parser").get_text())
    return plain(" ".join(texts))


@pytest.mark.parametrize("said", [*OFF, "OFF", " No "])
def test_a_word_for_no_switches_off(monkeypatch, said):
    monkeypatch.setenv(VARIABLE, said)
    assert not solutions_shown()


@pytest.mark.parametrize("said", [*ON, "On", None])
def test_a_word_for_yes_and_none_at_all_leave_them_on(monkeypatch, said):
    monkeypatch.setenv(VARIABLE, said) if said is not None else monkeypatch.delenv(VARIABLE, False)
    assert solutions_shown()


@pytest.mark.parametrize("call", [solution, lambda name: build_site("nowhere")])
def test_any_other_word_is_refused_before_anything_is_shown_or_run(call, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build, "execute", lambda *_, **__: pytest.fail("a lesson ran"))
    monkeypatch.setenv(VARIABLE, "of")
    with pytest.raises(GedigError, match="GEDIG_SOLUTIONS='of' is not known; set it to 'on' or"):
        call("01.1")


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_a_solution_switched_off_is_one_sentence_and_not_counted_as_seen(exercise, off):
    card = solution(exercise.id)
    shown = plain(repr(card) + card._repr_html_() + card.code + str(vars(card)))
    assert telling(exercise)
    assert not {line for line in telling(exercise) if line in shown}
    assert exercise.words("solution") not in shown
    assert "def " not in shown
    assert len(card.paragraphs) == 1
    assert "switched the solutions off" in shown
    assert record.store().read()["exercises"] == {}


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_an_exercise_offers_no_solution_and_holds_nothing_of_it(exercise, off):
    form = check(exercise.id, ...)
    form.press("solution")
    held = json.dumps(form.get_state(), default=str) + repr(form) + form.said_in_html()
    shown = plain(held.replace("\\n", " "))
    assert not {line for line in telling(exercise) if line in shown}
    assert form.frame["solves"] is False
    assert f'solution("{exercise.id}")' not in repr(form)
    assert record.store().read()["exercises"] == {}


def test_a_solution_left_open_is_gone_once_it_is_switched_off(monkeypatch):
    check("01.5", 1).press("solution")
    monkeypatch.setenv(VARIABLE, "off")
    form = check("01.5", 1)
    assert form.solution == {}
    assert not form.unfolded


def test_hints_stay_and_none_of_them_names_a_solution(off):
    shown = [repr(hint("01.2")) for _ in range(4)]
    assert "Hint 3 of 3" in shown[-1]
    assert not [text for text in [*shown, repr(check("01.2", ...))] if "solution" in text]


def test_a_site_of_all_lessons_holds_solutions_only_where_they_are_wanted(tmp_path, as_they_stand):
    build_site(tmp_path / "with")
    build_site(tmp_path / "without", solutions=False)
    wanted, unwanted = everything_in(tmp_path / "with"), everything_in(tmp_path / "without")
    for exercise in ALL:
        assert not {line for line in telling(exercise) if line not in wanted}, exercise.id
        assert not {line for line in telling(exercise) if line in unwanted}, exercise.id
        assert plain(exercise.words("hint_1")) in unwanted
        assert f'check("{exercise.id}"' in unwanted
        assert f'solution("{exercise.id}")' not in unwanted


def test_the_environment_switches_a_site_s_solutions_off_too(tmp_path, as_they_stand, off):
    build_site(tmp_path / "site", lessons=["01"])
    assert "Worked solution" not in everything_in(tmp_path / "site")


def test_a_cell_that_asks_is_answered_in_one_sentence_and_a_quiz_still_answers(tmp_path):
    asking = "from gedig_edu.course import solution\n\nsolution('01.1')"
    course = write_course(tmp_path / "lessons", n00_a=(*FIRST[:3], asking), n01_b=SECOND)
    build_site(tmp_path / "site", source=course, solutions=False)
    shown = everything_in(tmp_path / "site")
    assert "Your lecturer has switched the solutions off" in shown
    assert "def winners" not in shown
    assert '"right":' in shown


def test_the_command_leaves_them_out_when_told(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        build, "build_site", lambda out, *, solutions, **_: asked.append(solutions) or out
    )
    for words in ([], ["--no-solutions"]):
        CliRunner().invoke(cli.app, ["site", "--out", str(tmp_path), *words])
    assert asked == [True, False]
