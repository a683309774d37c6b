"""Lessons in JupyterLab: run, solved, moved, saved, opened again."""

import json
import re
from urllib.request import urlopen

import nbformat
import pytest

from gedig_edu.course import catalogue, saved
from gedig_edu.course.site.widgets import STATE
from tests.browser.axe import violations
from tests.browser.driver import OUTPUTS, controls, drive
from tests.browser.jupyter import LESSONS, START, TOKEN, Notebook, serve, write

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    yield from serve("lab", tmp_path_factory)


LOST = re.compile(r"Error displaying widget|model not found|Loading widget")
DRAWN = ".gedig-hero, .gedig-quiz, .gedig-form"


class Answering:
    """One exercise of a lesson that stands open: its cell, and what stands below it."""

    def __init__(self, notebook, name):
        self.notebook, self.name = notebook, name
        self.at = notebook.cell_of(f'check("{name}", ...)')
        form = notebook.page.locator(".jp-Notebook-cell").nth(self.at).locator(".gedig-exercise")
        self.form = form
        self.items = form.locator("li:visible")
        self.solution = form.locator("pre:visible")

    def hand_in(self, answer):
        source = f"from gedig_edu.course.exercises import find\ncheck({self.name!r}, {answer})"
        kinds = self.notebook.run_instead(self.at, source.format(id=self.name))
        assert kinds == ["execute_result"]
        self.notebook.settle()

    def says(self, tone):
        return self.form.locator(f".gedig-exercise-{tone}[role=status]").count() == 1

    def press(self, label):
        self.form.get_by_role("button", name=label).click()
        self.notebook.settle()


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request, chromium, lab):
    """Give a lesson run from top to bottom; the tests below ask this one run, in their order."""
    with chromium.new_page() as page:
        notebook = Notebook(page, lab, request.param)
        notebook.name = request.param
        notebook.run()
        notebook.unfold()
        yield notebook
        notebook.close()


@pytest.fixture(scope="module")
def reopened(chromium, lab, lesson):
    """Give the lesson as it was saved, opened again beside a new kernel that knows none of it."""
    lesson.save()
    lesson.shown = lesson.page.locator(DRAWN).count()
    lesson.said_off = lesson.page.locator(".gedig-off:visible").count()
    lesson.close()
    with chromium.new_page() as page:
        notebook = Notebook(page, lab, lesson.name)
        notebook.unfold()
        notebook.wait_for_widgets()
        yield notebook
        notebook.close()


class TestLesson:
    def test_runs_without_a_word_of_complaint(self, lesson):
        assert lesson.complaints() == []

    def test_axe_finds_nothing_serious(self, lesson, npm_folder):
        assert violations(lesson.page, npm_folder, OUTPUTS) == []

    def test_solves_every_exercise(self, lesson):
        for exercise in catalogue.exercises_of(lesson.name[:2]):
            form = Answering(lesson, exercise.id)
            assert form.says("note")
            form.hand_in("next(iter(find({id!r}).typical.values()))")
            assert form.says("wrong")
            for given in (1, 2):
                form.press("Hint")
                assert form.items.count() == min(given, exercise.hints)
            assert form.solution.count() == 0
            form.press("Solution")
            assert form.solution.inner_text().strip() == exercise.code
            form.hand_in("find({id!r}).right")
            assert form.says("right")
            assert form.items.count() == min(2, exercise.hints)
            assert form.solution.count() == 1
        assert lesson.complaints() == []

    def test_bears_every_control_at_its_extremes(self, lesson):
        found = controls(lesson)
        moved = [drive(lesson, number, kind) for number, kind, _ in found]
        assert len(found) >= 8
        assert sum(moved) > len(found) / 2
        lesson.settle()
        assert lesson.complaints() == []

    def test_opened_again_without_its_kernel_every_widget_is_drawn(self, lesson, reopened):
        texts = reopened.page.locator(OUTPUTS).all_inner_texts()
        assert [text for text in texts if LOST.search(text)] == []
        assert reopened.page.locator(DRAWN).count() == lesson.shown > 0
        assert reopened.faults() == []

    def test_opened_again_it_says_what_needs_the_kernel(self, lesson, reopened):
        assert lesson.said_off == 0
        assert reopened.page.locator(".gedig-quiz").count() >= 4
        assert reopened.page.locator(".gedig-form").count() >= 3
        for kind in (".gedig-quiz", ".gedig-form", ".gedig-heads"):
            for place in reopened.page.locator(kind).all():
                assert place.locator(".gedig-off:visible").count() == 1, kind
        assert reopened.page.locator(".gedig-form button:enabled").count() == 0

    def test_opened_again_a_quiz_still_explains(self, reopened):
        quiz = reopened.page.locator(".gedig-quiz").first
        quiz.locator("input[type=radio]").first.check()
        quiz.locator("button").first.click()
        assert quiz.locator(".gedig-quiz-why p").first.is_visible()
        assert reopened.faults() == []

    def test_is_saved_with_the_hints_that_were_asked_for_and_no_others(self, lesson, lab, reopened):
        saved_text = (lab.folder / lesson.name).read_text(encoding="utf-8")
        for exercise in catalogue.exercises_of(lesson.name[:2]):
            for number in range(1, exercise.hints + 1):
                hint = json.dumps(exercise.words(f"hint_{number}"), ensure_ascii=False)[1:-1]
                assert (hint in saved_text) == (number <= 2), (exercise.id, number)

    def test_is_saved_with_the_widgets_it_shows_and_no_others(self, lesson, lab, reopened):
        notebook = nbformat.read(lab.folder / lesson.name, as_version=4)
        before = set(notebook.metadata["widgets"][STATE]["state"])
        saved.prune({"type": "notebook", "content": notebook})
        assert set(notebook.metadata["widgets"][STATE]["state"]) == before
        assert len(before) > 8


def defaults(lab, plugin):
    with urlopen(f"{lab.address}lab/api/settings/{plugin}?token={TOKEN}", timeout=START) as answer:
        settings = json.load(answer)["schema"]["properties"]
    return {name: setting["default"] for name, setting in settings.items()}


def test_jupyterlab_opens_without_offering_its_news(lab):
    news = defaults(lab, "@jupyterlab/apputils-extension:notification")
    assert news["fetchNews"] == "false"
    assert news["checkForUpdates"] is False


def test_jupyterlab_saves_the_widgets_with_the_notebook(lab):
    assert defaults(lab, "@jupyter-widgets/jupyterlab-manager:plugin") == {"saveState": True}


EXERCISE = """import os
from gedig_edu.course import check
os.environ["GEDIG_HOME"] = "nothing_done_yet"
check("01.1", ...)"""


def test_the_keyboard_alone_answers_an_exercise_and_asks_for_help(page, lab):
    write(lab.folder / "exercise.ipynb", EXERCISE)
    notebook = Notebook(page, lab, "exercise.ipynb")
    notebook.run()
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:enter-command-mode')")
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    form = page.locator(".gedig-exercise")
    items = form.locator("li:visible")

    def answer(parts):
        page.keyboard.press("Enter")  # into the cell
        page.keyboard.press("Control+End")
        page.keyboard.press("Shift+Home")
        page.keyboard.type(f'check("01.1", {parts})')
        page.keyboard.press("Control+Enter")
        notebook.settle()

    answer("1, 2")
    assert form.locator(".gedig-exercise-wrong").count() == 1
    for _ in range(5):
        if page.evaluate("() => document.activeElement.matches('.gedig-exercise button')"):
            break
        page.keyboard.press("Tab")
    for given in (1, 2, 3, 3):
        page.keyboard.press("Enter")
        notebook.settle()
        assert items.count() == given
        assert page.evaluate("() => document.activeElement.matches('.gedig-exercise button')")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    notebook.settle()
    assert form.locator("pre:visible").count() == 1
    page.keyboard.press("Escape")  # back to the cell
    answer("2, 1")
    assert form.locator(".gedig-exercise-right").count() == 1
    assert items.count() == 3
    assert form.locator("pre:visible").count() == 1
    assert notebook.complaints() == []
    notebook.close()


KEYS = """from gedig_edu.course import quiz
from gedig_edu.views.widgets.temperature import Temperature
display(Temperature(), quiz("01", 1))"""
CELLS = """() => {
  const { content, context } = window.jupyterapp.shell.currentWidget;
  return { cells: content.widgets.length, active: content.activeCellIndex,
    runs: content.widgets[0].model.executionCount, dirty: context.model.dirty };
}"""


def test_from_a_widget_a_learner_chooses_by_key_saves_and_runs_the_cell(page, lab):
    write(lab.folder / "keys.ipynb", KEYS)
    notebook = Notebook(page, lab, "keys.ipynb")
    notebook.run()
    before = page.evaluate(CELLS)
    radio = page.locator(".gedig-quiz input[type=radio]")
    radio.first.focus()
    for key in ("ArrowDown", "a", "x"):
        page.keyboard.press(key)
    assert radio.nth(1).is_checked()
    assert page.evaluate(CELLS) == before
    page.locator(".gedig-hero input[type=range]").first.click()
    page.keyboard.press("Control+s")
    page.wait_for_function(f"() => !({CELLS})().dirty")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(f"(runs) => ({CELLS})().runs > runs", arg=before["runs"])
    notebook.settle()
    assert page.evaluate(CELLS)["cells"] == before["cells"] + 1  # running the last cell adds one
    assert notebook.complaints() == []
    notebook.close()


NEXT = """import os
from gedig_edu.course import progress
os.environ["GEDIG_HOME"] = "nothing_done_yet_either"
progress.next_step()"""
OPENED = """() => {
  const { context, sessionContext } = window.jupyterapp.shell.currentWidget;
  return context.path === "00_start_here.ipynb" && context.isReady && sessionContext.session;
}"""
BACK = """() => {
  const { shell } = window.jupyterapp;
  const open = [...shell.widgets("main")];
  shell.activateById(open.find((one) => one.context?.path === "next.ipynb").id);
}"""
IN_VIEW = """() => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets.find((one) =>
    one.model.sharedModel.getSource().startsWith("**Exercise 00.1 "));
  const { top, bottom } = cell?.node.getBoundingClientRect() ?? {};
  return top >= 0 && bottom <= window.innerHeight;
}"""


def test_the_next_step_opens_the_lesson_and_leads_to_its_cell(page, lab):
    """JupyterLab scrolls before it has drawn a lesson that was closed; an open one it finds."""
    write(lab.folder / "next.ipynb", NEXT)
    notebook = Notebook(page, lab, "next.ipynb")
    notebook.run()
    link = page.locator(".jp-OutputArea-output a")
    link.click()
    page.wait_for_function(OPENED, timeout=1000 * START)
    page.evaluate(BACK)
    link.click()
    page.wait_for_function(IN_VIEW, timeout=1000 * START)
    assert notebook.complaints() == []
    notebook.close()
    page.evaluate(BACK)
    notebook.close()


BROKEN = {
    "callback": "import ipywidgets\nbox = ipywidgets.Checkbox(description='break')\n"
    "box.observe(lambda change: 1 / 0, 'value')\nbox",
    "cell": "1 / 0",
    "warning": "import warnings\nwarnings.warn('old')",
    "remote": 'from IPython.display import HTML\nHTML(\'<img alt="" src="https://example.invalid/a">\')',
    "script": "from IPython.display import Javascript\nJavascript('setTimeout(() => broken(), 0)')",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_each_kind_of_failure_would_be_seen(page, lab, kind):
    write(lab.folder / f"{kind}.ipynb", BROKEN[kind])
    notebook = Notebook(page, lab, f"{kind}.ipynb")
    notebook.run()
    for number, what, _ in controls(notebook):
        drive(notebook, number, what)
    notebook.settle()
    assert notebook.complaints()
    notebook.close()
    lab.forget()
