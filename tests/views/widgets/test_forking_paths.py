"""The specification curve: what one way to ask says, and how many say the same."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.specifications import RESAMPLED, specifications
from gedig_edu.views.widgets.forking_paths import ForkingPaths

SETTINGS = {
    "texts": {"by_text": True, "by_head": False},
    "heads": {"by_text": False, "by_head": True, "in_layers": False},
    "heads_in_layers": {"by_text": False, "by_head": True, "in_layers": True},
    "texts_heads": {"by_text": True, "by_head": True, "in_layers": False},
    "texts_heads_in_layers": {"by_text": True, "by_head": True, "in_layers": True},
}


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(3)
    return specifications({
        f"prose script quantile {null} matched": mean + 0.1 * rng.normal(size=(6, 2, 3))
        for null, mean in (("random", 0.5), ("diagonal", 0.0), ("twin", -0.5))
    })  # fmt: skip


@pytest.mark.parametrize("way", RESAMPLED)
def test_it_shows_the_interval_of_what_is_drawn_anew(found, way):
    widget = ForkingPaths(found, start="prose script quantile twin", **SETTINGS[way])
    one = found["prose script quantile twin matched"]
    assert [widget.numbers[name] for name in ("delta", "share")] == [one.delta, one.share]
    assert [widget.numbers[name] for name in ("low", "high")] == one.intervals[
        RESAMPLED.index(way)
    ].tolist()


def test_it_counts_what_could_be_printed(found):
    widget = ForkingPaths(found)
    assert {name: widget.numbers[name] for name in ("above", "below", "open", "count")} == {
        "above": 1, "below": 1, "open": 1, "count": 3}  # fmt: skip
    assert [verdicts(widget, place) for place in range(3)] == ["below", "open", "above"]
    widget.by_text = widget.by_head = False
    assert widget.numbers["verdict"] == "none"
    assert widget.numbers["low"] is None
    assert "no interval" in widget.sentence


def verdicts(widget, place):
    widget.place = place
    return widget.numbers["verdict"]


def test_a_start_that_nothing_begins_with_and_an_empty_table_are_refused(found):
    with pytest.raises(GedigError, match="No name begins with 'poem'"):
        ForkingPaths(found, start="poem")
    with pytest.raises(GedigError, match="give at least one, named by texts, formula"):
        ForkingPaths({})
    with pytest.raises(GedigError, match="named by texts, formula"):
        ForkingPaths({"prose": next(iter(found.values()))})
