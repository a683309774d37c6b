"""A message from the page that is refused leaves every widget as it was."""

import math

import pytest
import traitlets

from gedig_edu.course import quiz
from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.attention_explorer import AttentionExplorer
from gedig_edu.views.widgets.traits import Steady
from tests.helpers import example_maps
from tests.heroes import HEROES

NONSENSE = (99, -1, 1.5, 1e300, math.nan, -math.inf, True, None, "", "zzz", [], [99], [[0, 99]],
            [1, 2, 3], {}, {"zzz": 1}, {"random": [[0, 99]]})  # fmt: skip
LIBRARY = ("layout", "tabbable", "tooltip", "comm", "log", "start", "frame")


def asked(widget):
    return [name for name in widget.keys if not name.startswith("_") and name not in LIBRARY]


def held(widget):
    return {name: getattr(widget, name) for name in asked(widget)}


@pytest.mark.parametrize("hero", HEROES)
def test_a_refused_message_is_rolled_back_whole_and_the_sentence_goes_on(hero):
    pushed = next(pair for pair in hero.extremes() if isinstance(pair[1], float | int))
    refused = 0
    for name in asked(hero()):
        for value in NONSENSE:
            widget = hero()
            before = held(widget)
            try:
                widget.set_state({pushed[0]: pushed[1], name: value})
            except (GedigError, traitlets.TraitError, TypeError, ValueError, LookupError):
                refused += 1
                assert held(widget) == before
                assert widget.sentence
    assert refused


@pytest.mark.parametrize(
    ("name", "value"),
    [("layer", 99), ("head", -1), ("query", 99), ("pinned", [99, 0]), ("pinned", [1, 2, 3]),
     ("quantile", 1.0), ("quantity", "induction"), ("quantity", "zzz"), ("lam", math.nan)],
)  # fmt: skip
def test_an_explorer_keeps_its_head_where_the_page_asks_for_one_that_is_not_there(name, value):
    widget = AttentionExplorer(example_maps(layers=2, heads=3, length=9))
    before, said = held(widget), widget.sentence
    with pytest.raises((GedigError, traitlets.TraitError)):
        widget.set_state({"gamma": 0.25, name: value})
    assert held(widget) == before
    assert widget.sentence == said
    widget.set_state({"gamma": 0.25})
    assert widget.gamma == 0.25


class Observed(Steady):
    _esm = "export default {}"
    layer, other = traitlets.Int(0).tag(sync=True), traitlets.Int(0).tag(sync=True)


def test_what_an_observer_refuses_is_rolled_back_and_the_page_is_told_what_holds(monkeypatch):
    def refuse(change):
        if change["new"] == 99:
            raise GedigError("There is no such layer.")

    widget, sent = Observed(), []
    monkeypatch.setattr(widget, "send_state", lambda key=None: sent.append(key))
    widget.observe(refuse, names="layer")
    widget.set_state({"layer": 3, "other": 5})
    with pytest.raises(GedigError, match="no such layer"):
        widget.set_state({"layer": 99, "other": 7})
    assert (widget.layer, widget.other) == (3, 5)
    assert sent[-1] == ["layer", "other"]
    widget.set_state({"other": 8})
    assert (widget.layer, widget.other) == (3, 8)


@pytest.mark.parametrize("answers", [{"01.99": "a"}, {"zzz": "a"}, {"01.1": "a", "99.1": "b"}])
def test_an_answer_to_a_question_that_is_not_there_is_not_kept(answers, monkeypatch, tmp_path):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    form = quiz("01")
    with pytest.raises(GedigError, match="There is no question"):
        form.set_state({"answers": answers})
    assert form.answers == {}
    form.set_state({"answers": {"01.1": "a"}})
    assert form.answers == {"01.1": "a"}


@pytest.mark.parametrize(
    "ask", [{"a": 1}, {"pictures": [99]}, {"pictures": "x"}, {"edges": 7}, {"edges": [None]}]
)
def test_pictures_of_layers_that_are_not_there_are_not_sent(ask):
    widget = AttentionExplorer(example_maps(layers=2, heads=3, length=9))
    before = widget.ask
    if set(ask) & {"pictures", "edges"}:
        with pytest.raises(GedigError):
            widget.set_state({"ask": ask})
        assert widget.ask == before
    else:
        widget.set_state({"ask": ask})
    assert widget.sentence
