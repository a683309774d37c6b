"""In a second language no English word reaches a learner of the course."""

import warnings

import numpy as np
import pytest

from gedig_edu.course import (
    answer,
    catalogue,
    check,
    claims,
    compare,
    evidence,
    hint,
    predict,
    progress,
    quiz,
    record,
    sentences,
    solution,
    sources,
)
from gedig_edu.course.places import place_of
from gedig_edu.course.site import pages, syllabus
from gedig_edu.course.site.results.baselines import PRINTED
from gedig_edu.errors import GedigError
from gedig_edu.models import load
from gedig_edu.views.widgets.card_form import CardForm
from gedig_edu.views.widgets.quiz import QuizForm
from tests.course.small_course import OPENING, notebook
from tests.words.pseudo import told, translated

EXERCISES = [one for lesson in catalogue.NUMBERS for one in catalogue.exercises_of(lesson)]
OF_EACH_LEVEL = list({one.level: one for one in reversed(EXERCISES)}.values())
NONSENSE = ("no number", None, {}, np.nan, [[1], [1, 2]], (1, 2, 3, 4), print, lambda *_: {}["q"])


@pytest.fixture(scope="module")
def mini():
    return load("gpt2-mini")


def refused(call, *arguments, **options) -> str:
    with pytest.raises(GedigError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def card(shown) -> str:
    return " ".join([shown.heading, *shown.paragraphs, shown.fold])


@pytest.mark.parametrize("exercise", OF_EACH_LEVEL, ids=lambda one: one.level)
def test_an_exercise_of_each_level(reader, exercise):
    name = exercise.id
    shown = [check(name, ...), check(name, exercise.right)]
    shown += [check(name, one) for one in (*NONSENSE, *exercise.typical.values())]
    assert [one.feedback["tone"] for one in shown[:2]] == ["note", "right"]
    assert {one.feedback["tone"] for one in shown[2:]} == {"wrong"}
    shown.append(check(name, ...))
    shown[-1].press("hint")
    text = "\n".join([card(hint(name)), card(solution(name)), *map(repr, shown[:-1])])
    text += told(shown[-1].said_in_html())
    text += "\n".join(shown[-1].frame["words"].values())
    assert reader.stumbles(text, names=["str", "dict", "float", "list", "tuple"]) == []


def test_every_lessons_praise_hints_and_solutions(reader):
    names = ("right", "solution")
    texts = [one.words(name) for one in EXERCISES for name in names]
    texts += [one.words(f"hint_{n}") for one in EXERCISES for n in range(1, one.hints + 1)]
    assert reader.stumbles("\n".join(texts)) == []
    assert len(texts) > 100


def test_a_quiz_and_its_answers(reader):
    form = quiz("01")
    assert isinstance(form, QuizForm)
    shown = f"{form!r} {told(form.said_in_html())} {' '.join(form.labels.values())}"
    right, wrong = answer("01.1", catalogue.quiz_of("01")[0].right), answer("01.2", "a")
    shown += f" {quiz('01', 1)!r} {right!r} {wrong!r} {refused(answer, '01.1', 'z')}"
    assert reader.stumbles(shown, names=["choice"]) == []


def test_a_prediction_and_its_measurement(reader):
    name = "01.query_norm"
    shown = [predict(name, ...), compare(name, 5.0), predict(name, 3), predict(name, "xyz")]
    shown += [compare(name, np.nan), compare(name, 4.0), predict(name, 3), predict(name, ...)]
    predict("01.growth", 1e-9)
    text = "\n".join(map(repr, [*shown, compare("01.growth", 4.0)]))
    text += shown[0]._repr_mimebundle_()["text/html"]
    text += refused(predict, name, "1,234") + refused(predict, name, np.inf)
    text += refused(predict, "99.x", 1) + refused(compare, name, [1, 2])
    assert reader.stumbles(told(text), names=["measured"]) == []


@pytest.mark.parametrize("verdict", evidence.Verdict)
def test_every_verdict(reader, verdict):
    claim = claims.find("06.untrained")
    found = claims.Evidence(claim, "gpt2-mini", "", (), verdict)
    assert (
        reader.stumbles(
            f"{verdict} {verdict!s} {found.badge()!r} {told(found.badge()._repr_html_())}"
        )
        == []
    )


def test_every_badge_and_the_table(reader):
    ids = [claim.id for claim in claims.all_claims()]
    found = [*claims.recall(ids, "gpt2-mini"), *claims.recall(ids, "gpt2")]
    assert {one.verdict for one in found} >= {evidence.Verdict.HOLDS, evidence.Verdict.NOT_YET}
    text = "\n".join(f"{one.badge()!r} {told(one.badge()._repr_html_())}" for one in found)
    refusals = [one.note for one in found]  # quoted as they were when it was measured
    text += f" {claims.table()!r} {sources.count_table()!r}"
    assert reader.stumbles(text, names=refusals) == []


def test_a_claim_that_is_measured_and_one_that_waits_for_a_button(reader):
    (measured,) = claims.run(["03.dipole"])
    badge = claims.show("06.untrained", "gpt2-mini")
    assert isinstance(badge, CardForm)
    text = f"{measured.badge()!r} {badge!r} {badge.words} {told(badge.said_in_html())}"
    text += refused(claims.all_claims, ["99"]) + refused(claims.show, "03.x")
    assert reader.stumbles(text, names=["dipole", "lesson"]) == []


def test_progress_and_what_comes_next(reader, tmp_path):
    check("01.1", 1)
    text = f"{progress.show()!r} {told(progress.show()._repr_html_())} {progress.next_step()!r}"
    written = progress.export(tmp_path / "out.json")
    text += refused(progress.export, written)
    headings = [place_of("01", 'check("01.1"').section]  # of the notebook, not of the table
    assert reader.stumbles(text.replace(str(tmp_path), ""), names=headings) == []


def test_a_damaged_record(reader, tmp_path):
    record.keep(lambda record: None)
    (tmp_path / "learner" / "progress.json").write_text("no record")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        progress.show()
    assert len(caught) == 1
    assert reader.stumbles(str(caught[0].message).replace(str(tmp_path), "")) == []


@pytest.mark.parametrize("text", ["x", "", "qx zw " * 900, "日本 qx", "\u200bq"])
def test_a_sentence_of_ones_own(reader, mini, text):
    said = repr(sentences.describe(text, mini))
    assert reader.stumbles(said, names=["zero width space"]) == []  # the name that Unicode gives


def test_the_pages_of_a_site(reader):
    prose = translated(OPENING).format(title="00 · Qx", question="Qx?")
    source = notebook(prose, "check('01.1', ...)", "## Qx")
    lesson = pages.read_lesson(source, "00_qx.ipynb", pages=["00_qx.ipynb"])
    made = [pages.lesson_page(lesson, [lesson])]
    made.append(pages.landing_page([lesson])["index.html"].decode())
    made.append(pages.ledger_page([lesson])["ledger.html"].decode())
    for page in made:
        assert '<html lang="xx">' in page
        assert reader.stumbles(told(page), names=[sentences.EXAMPLE]) == []
    names = ["Python", "numpy", "numba"]  # of the machine on which memory was measured
    assert reader.stumbles(told(pages.teaching_page([lesson])), names=names) == []
    statements = pages.sources_page([lesson])
    names = [f"{text.author} {text.title} {text.id}" for text in sources.texts()]
    assert reader.stumbles(told(statements), names=names) == []
    names = [*(one.name for one in PRINTED), "minilm", "DistilBERT"]
    found = pages.results_page()["results.html"].decode()
    assert reader.stumbles(told(found), names=names) == []
    assert reader.stumbles(refused(syllabus.opening, "", "Qx.", "00_qx.ipynb")) == []
