"""The quiz in a real page: arrow keys choose, the explanation is announced, the answer arrives."""

import pytest

from gedig_edu.course import quiz, record
from tests.browser.page_host import Host

pytestmark = pytest.mark.browser


@pytest.fixture
def form(tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    return quiz("01")


def chosen(page):
    return page.evaluate("() => document.querySelector('.gedig-quiz input:checked')?.value")


def test_the_keyboard_alone_answers_a_question(page, form):
    host = Host(page, form).show()
    page.evaluate("() => document.addEventListener('keydown', () => { window.taken = true; })")
    page.focus(".gedig-quiz input")
    page.keyboard.press("ArrowDown")
    assert chosen(page) == "b"
    assert page.evaluate("() => window.taken") is None
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    host.settle()
    assert form.answers == {"01.1": "b"}
    assert "passed" in record.store().read()["quizzes"]["01.1"]
    why = page.inner_text(".gedig-quiz-why >> nth=0")
    assert form.questions[0]["choices"][1]["why"] in why
    assert host.problems == []


def test_choosing_is_not_answering_and_answering_needs_a_choice(page, form):
    host = Host(page, form).show()
    page.click(".gedig-quiz button >> nth=0")
    assert page.inner_text(".gedig-quiz-why >> nth=0") == form.labels["choose"]
    page.click(".gedig-quiz label >> nth=0")
    host.settle()
    assert form.answers == {}


def test_every_choice_of_every_question_is_explained(page, form):
    host = Host(page, form).show()
    fieldsets = page.locator(".gedig-quiz fieldset")
    assert fieldsets.count() == len(form.questions)
    for index, question in enumerate(form.questions):
        fieldset = fieldsets.nth(index)
        assert f"Question {question['id']}" in fieldset.locator("legend").inner_text()
        for choice in question["choices"]:
            fieldset.locator(f"input[value={choice['id']}]").check()
            fieldset.locator("button").click()
            told = fieldset.get_by_role("status").text_content()
            assert choice["why"].replace("`", "") in told
            assert (form.labels["right"] in told) == (choice["id"] == question["right"])
    host.settle()
    assert form.answers == {question["id"]: "d" for question in form.questions}


def test_earlier_answers_stand_there_again_and_follow_python(page, form):
    form.answers = {"01.2": "a"}
    host = Host(page, quiz("01")).show()
    assert page.locator("fieldset >> nth=1").locator("input:checked").input_value() == "a"
    host.push(answers={"01.2": "d"})
    assert page.locator("fieldset >> nth=1").locator("input:checked").input_value() == "d"


INSIDE = """() => [...document.querySelectorAll(".gedig-quiz fieldset")].map((frame) => {
  const [outer, inner, below] = [frame, ...frame.querySelectorAll("legend, label")]
    .map((node) => node.getBoundingClientRect());
  return inner.top > outer.top && inner.left > outer.left && inner.right < outer.right
    && inner.bottom <= below.top;
})"""


@pytest.mark.parametrize("width", [840, 400])
def test_a_question_of_several_lines_stays_in_its_frame_above_its_choices(page, form, width):
    page.set_viewport_size({"width": width, "height": 800})
    Host(page, quiz("05")).show()
    assert set(page.evaluate(INSIDE)) == {True}
    lines = page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('legend')]"
        ".map((one) => one.getBoundingClientRect().height / 21))"
    )
    assert lines > 1.5
