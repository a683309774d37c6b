"""A message from the page that is refused leaves every widget as it was."""

import math

import pytest
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.attention_explorer import AttentionExplorer
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
