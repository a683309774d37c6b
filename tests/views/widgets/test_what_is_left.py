"""What is left of ΔF: every switch is one subtraction of the tables."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.what_is_left import HEAD_KEY, RANDOM_KEY, SWITCHES, WhatIsLeft, _keys


@pytest.fixture(scope="module")
def tables():
    rng = np.random.default_rng(5)
    heads = {key: rng.random((3, 7)) for key in sorted(_keys(HEAD_KEY))}
    return heads, {key: rng.random(3) for key in sorted(_keys(RANDOM_KEY))}


def difference(tables, head, other, *, lam, gamma):
    ours = tables[0][head]
    theirs = tables[0][other] if other in tables[0] else tables[1][other][:, None]
    return np.array([1, -lam, -lam * gamma]) * (ours - theirs).mean(axis=1)


def test_it_starts_from_the_published_comparison(tables):
    widget = WhatIsLeft(*tables)
    expected = difference(
        tables, "released short trained kept real", "released short kept unmasked",
        lam=0.5, gamma=0.5,
    )  # fmt: skip
    got = [widget.numbers[name] for name in ("density", "entropy", "path_gain")]
    np.testing.assert_allclose(got, expected, atol=1e-12)
    assert widget.numbers["delta"] == pytest.approx(expected.sum())
    assert widget.numbers["left"] == pytest.approx(1)
    assert "That is 100\u00a0% of what" in widget.sentence
    np.testing.assert_allclose(widget.numbers["published"], [*expected, expected.sum()])


@pytest.mark.parametrize(
    ("switches", "head", "other", "lam"),
    [
        ({"prose": True}, "released prose trained kept real", "released prose kept unmasked", 0.5),
        ({"matched": True}, "released short trained kept real", "released short kept matched", 0.5),
        ({"shuffled": True}, "released short trained kept shuffled",
         "released short kept unmasked", 0.5),
        ({"own": True}, "released short trained kept real",
         "released short trained kept shuffled", 0.5),
        ({"untrained": True}, "released short untrained kept real",
         "released short kept unmasked", 0.5),
        ({"dropped": True}, "released short trained dropped real",
         "released short dropped unmasked", 0.5),
        ({"paper": True}, "paper short trained kept real", "paper short kept unmasked", 1.0),
    ],
)  # fmt: skip
def test_each_switch_changes_one_thing(tables, switches, head, other, lam):
    numbers = WhatIsLeft(*tables, **switches).numbers
    expected = difference(tables, head, other, lam=lam, gamma=0.5)
    np.testing.assert_allclose(
        [numbers[name] for name in ("density", "entropy", "path_gain")], expected, atol=1e-12
    )


def test_gamma_zero_drops_the_paths_and_nothing_else(tables):
    with_paths, without = WhatIsLeft(*tables).numbers, WhatIsLeft(*tables, gamma=0.0).numbers
    assert without["path_gain"] == 0
    assert without["entropy"] == with_paths["entropy"]
    assert without["published"] == with_paths["published"]


def test_a_shuffle_against_itself_is_nothing(tables):
    numbers = WhatIsLeft(*tables, shuffled=True, own=True).numbers
    assert numbers["delta"] == numbers["left"] == numbers["share"] == 0


def test_the_mask_of_random_is_nothing_to_the_own_shuffle(tables):
    one, other = (WhatIsLeft(*tables, own=True, matched=mask) for mask in (False, True))
    assert one.numbers["delta"] == other.numbers["delta"]
    assert one.sentence == other.sentence


def test_every_setting_stays_within_the_range_of_the_bars(tables):
    widget = WhatIsLeft(*tables)
    rng = np.random.default_rng(0)
    for _ in range(40):
        for name in SWITCHES:
            setattr(widget, name, bool(rng.integers(2)))
        low, high, low_dot, high_dot = widget.limits["paper" if widget.paper else "released"]
        numbers = widget.numbers
        shown = [numbers[name] for name in ("delta", "density", "entropy", "path_gain")]
        assert low <= min(shown) <= max(shown) <= high
        assert low_dot <= min(numbers["deltas"]) <= max(numbers["deltas"]) <= high_dot


def test_the_sentence_names_every_choice(tables):
    text = WhatIsLeft(*tables, shuffled=True, dropped=True, matched=True).sentence
    for words in ("every row shuffled", "without the first token", "with the model's mask"):
        assert words in text


@pytest.mark.parametrize("table", [0, 1])
def test_tables_that_lack_a_setting_are_refused(tables, table):
    some = [dict(one) for one in tables]
    some[table].popitem()
    with pytest.raises(GedigError, match="The tables lack"):
        WhatIsLeft(*some)
    with pytest.raises(GedigError, match="heads came without random; give both"):
        WhatIsLeft(some[0])
