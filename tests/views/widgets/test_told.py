"""Every widget in words: what stands where it cannot be drawn, and when the page learns of it."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from ipywidgets import VBox
from nbconvert import HTMLExporter

from gedig_edu.views import bertviz_head_view
from gedig_edu.views.widgets.told import VIEW, Told
from gedig_edu.words import word
from tests.browser.widgets import WIDGETS
from tests.helpers import example_maps

MAKERS = WIDGETS | {
    "RemoteView": lambda: bertviz_head_view(example_maps(layers=2, heads=3, length=5)),
}
OF_THE_MACHINE = re.compile(r"0x[0-9a-f]{4,}|\w+\(children=|<gedig_edu\.|IPY_MODEL_")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))


@pytest.mark.parametrize("name", MAKERS)
class TestWidget:
    def test_carries_its_words_beside_its_picture(self, name):
        widget = MAKERS[name]()
        shown = widget._repr_mimebundle_()
        assert set(shown) == {"text/plain", "text/html", VIEW}
        assert shown["text/plain"].startswith(repr(widget))
        for kind in ("text/plain", "text/html"):
            assert word("widgets.told.again") in shown[kind]
            assert not OF_THE_MACHINE.search(shown[kind])
            assert len(shown[kind]) > 60

    def test_a_page_made_of_a_notebook_without_state_shows_its_words(self, name):
        shown = MAKERS[name]()._repr_mimebundle_()
        output = nbformat.v4.new_output("display_data", data=shown)
        cell = nbformat.v4.new_code_cell("shown", outputs=[output])
        page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
        said, read = (BeautifulSoup(text, "html.parser") for text in (shown["text/html"], page))
        assert said.get_text() in read.get_text()
        assert "widget-view" not in page

    def test_says_the_same_at_every_run(self, name):
        first, second = (MAKERS[name]()._repr_mimebundle_() for _ in range(2))
        for kind in ("text/plain", "text/html"):
            assert first[kind] == second[kind]

    def test_reaches_the_page_when_it_is_shown_and_not_before(self, name):
        widget = MAKERS[name]()
        assert widget.comm is None
        shown = widget._repr_mimebundle_()
        assert shown[VIEW]["model_id"] == widget.comm.comm_id == widget.model_id


def test_every_widget_class_of_the_course_is_told():
    shown = {type(make()) for make in MAKERS.values()}
    assert all(issubclass(kind, Told) for kind in shown)


def test_one_inside_another_is_opened_with_it():
    inner = MAKERS["QKPlane"]()
    outer = VBox([inner])
    assert outer.get_state()["children"] == [f"IPY_MODEL_{inner.model_id}"]


def test_words_are_safe_in_html():
    class Shout(Told):
        def __repr__(self):
            return "a < b && `c`"

    assert "a &lt; b &amp;&amp; <code>c</code>" in Shout().said_in_html()
