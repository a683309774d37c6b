"""What a widget's state refuses: every trait of every hero, and the traits by themselves."""

import math
import re

import numpy as np
import pytest
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.key_growth import KeyGrowth
from gedig_edu.views.widgets.next_token import NextToken
from gedig_edu.views.widgets.shortcut_graph import ShortcutGraph
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Tables, Whole, finite
from gedig_edu.views.widgets.what_is_left import WhatIsLeft
from tests.heroes import HEROES

STATES = [(hero, name) for hero in HEROES for name in hero.state]


def spoiled(numbers, value):
    """Return nested lists with the first number replaced."""
    if not isinstance(numbers, list):
        return value
    return [spoiled(numbers[0], value), *numbers[1:]]


def unfit(trait, held):
    """Yield what this kind of trait has to refuse when it holds `held`."""
    yield from (None, object(), "north")
    if isinstance(trait, Finite | Whole):
        yield from (True, math.nan, math.inf, -math.inf, "1", [1.0], 1e300, -1e300)
    if isinstance(trait, Whole):
        yield 0.5
    if isinstance(trait, Numbers):
        yield from (held[:-1], [held], [*held, held[0]], np.full(np.shape(held), np.nan))
        yield from (spoiled(held, bad) for bad in (math.inf, None, "one", [1.0, 2.0]))
    if isinstance(trait, Kept):
        yield from (held[:-1], [*held, held[0]], [1, *held[1:]])
    if isinstance(trait, Tables):
        first = next(iter(held))
        yield from (
            {},
            held | {"other": held[first]},
            held | {first: spoiled(held[first], math.nan)},
        )
        yield held | {first: [held[first]]}
    if isinstance(trait, traitlets.Bool):
        yield from (0.5, "yes")


FREE = ("prompt", "text")  # what takes any text


@pytest.mark.parametrize(("hero", "name"), STATES, ids=lambda part: getattr(part, "__name__", part))
def test_what_a_picture_cannot_show_is_refused_in_a_sentence_and_the_picture_stays(hero, name):
    trait, widget = hero.class_traits()[name], hero()
    before, numbers = getattr(widget, name), widget.numbers
    for bad in unfit(trait, before):
        if isinstance(trait, traitlets.Unicode) and isinstance(bad, str) and name in FREE:
            continue
        with pytest.raises((GedigError, traitlets.TraitError)) as refusal:
            setattr(widget, name, bad)
        said = str(refusal.value)
        assert name in said
        assert said.endswith(".")
        assert len(said) < 400
        assert "\n" not in said
        assert getattr(widget, name) == before
    assert widget.numbers == numbers


@pytest.mark.parametrize(("hero", "name"), STATES, ids=lambda part: getattr(part, "__name__", part))
def test_the_same_state_again_is_accepted(hero, name):
    widget = hero()
    held = getattr(widget, name)
    setattr(widget, name, held)
    if isinstance(hero.class_traits()[name], Numbers):
        setattr(widget, name, np.array(held))
    assert getattr(widget, name) == held


def test_a_number_out_of_range_is_refused_with_the_range():
    widget = KeyGrowth()
    with pytest.raises(
        GedigError, match=r"^growth=11 is out of range; give .* at least 0.1 and at"
    ):
        widget.growth = 11
    assert widget.growth == 1


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (
            {"q": np.array([1.0, np.nan]), "keys": np.ones((2, 2)), "tokens": ("a", "b")},
            "^q holds nan",
        ),
        ({"q": np.ones(2), "keys": np.ones((2, 3)), "tokens": ("a", "b")}, "^keys "),
        ({"q": np.ones(2), "keys": [[1, 2], [3]], "tokens": ("a", "b")}, "^keys "),
        ({"q": np.ones(2), "keys": np.ones((2, 2)), "tokens": ("a",)}, "give one token per key"),
    ],
)
def test_vectors_that_make_no_row_are_refused(given, refusal):
    with pytest.raises(GedigError, match=refusal):
        KeyGrowth(**given)


@pytest.mark.parametrize(
    ("ids", "logits", "refusal"),
    [((0, 1), [[1.0, np.nan], [1.0, 2.0]], "^logits "), ((0, 2), np.ones((2, 2)), "ids hold 2"),
     ((0, "b"), np.ones((2, 2)), "ids hold 'b'"), ((0, 1), np.ones(2), "^logits ")],
)  # fmt: skip
def test_logits_that_score_no_text_are_refused(ids, logits, refusal):
    with pytest.raises(GedigError, match=refusal):
        NextToken(ids, logits)


def test_a_text_of_one_token_has_nothing_that_follows():
    widget = NextToken((1,), np.ones((1, 2)))
    assert (widget.said, widget.numbers["said"]) == ([], None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("chosen", 20), ("chosen", -2), ("found", [3]), ("found", [3, 3, 1]), ("found", [0, 20, 1]),
     ("found", [0, 2, 0]), ("graphs", {"ring": []}), ("graphs", {"chain": [[0, 20]]}),
     ("graphs", {"chain": 3}), ("edits", [[0.5, 2]])],
)  # fmt: skip
def test_places_that_are_not_in_the_graph_are_refused(name, value):
    widget = ShortcutGraph()
    with pytest.raises(GedigError, match="give"):
        setattr(widget, name, value)


def test_tables_of_unlike_shape_are_refused():
    heads, random = WhatIsLeft().heads, WhatIsLeft().random
    last = list(heads)[-1]
    short = {last: [row[:-1] for row in heads[last]]}
    with pytest.raises(GedigError, match=re.escape("has shape (3, 5); give finite numbers in")):
        WhatIsLeft(heads | short, random)


@pytest.mark.parametrize(
    "values",
    [
        [1.0],
        [1.0, float("nan")],
        [1.0, 41.0],
        "north",
        [[1.0, 2.0]],
        [1.0, None],
        [True, False],
        [],
    ],
)
def test_numbers_that_do_not_fit_are_refused(values):
    with pytest.raises(GedigError, match=r"^q .*; give numbers from -40 to 40 in shape \(2\)"):
        finite("q", values, (2,), limit=40)
