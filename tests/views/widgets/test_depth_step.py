"""F by layer with a break: its means, its chances, and the profile that the switches choose."""

from itertools import product

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.depth import depth
from gedig_edu.views.widgets.depth_step import DepthStep


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(4)
    return [depth(rng.normal(size=(5, 5, 3)), resamples=20) for _ in range(8)]


@pytest.mark.parametrize("at", range(8))
def test_switches_choose_formula_texts_and_training(found, at):
    switches = dict(zip(("paper", "long", "untrained"), list(product([False, True], repeat=3))[at],
                        strict=True))  # fmt: skip
    numbers = DepthStep(found, cut=2, **switches).numbers
    one = found[at]
    assert numbers["rank"] == one.ranks[0, 0]
    assert numbers["rise"] == pytest.approx(one.levels[2:].mean() - one.levels[:2].mean())
    assert [numbers["named"], numbers["searched"]] == one.chances[0, :, 2].tolist()


def test_without_layer_0_the_break_needs_a_layer_before_it(found):
    widget = DepthStep(found, cut=1, later=True)
    assert widget.numbers["rise"] is None
    assert "No break is set." in widget.sentence
    widget.cut = 2
    assert widget.numbers["rise"] == pytest.approx(found[0].levels[2:].mean() - found[0].levels[1])
    assert widget.numbers["rank"] == found[0].ranks[1, 0]


@pytest.mark.parametrize(
    ("by_text", "by_head", "way"), [(True, False, 0), (False, True, 1), (True, True, 2)]
)
def test_the_interval_is_of_what_is_drawn_anew(found, by_text, by_head, way):
    numbers = DepthStep(found, by_text=by_text, by_head=by_head).numbers
    assert [numbers["low"], numbers["high"]] == found[0].ranks[
        0, 1 + 2 * way : 3 + 2 * way
    ].tolist()


def test_it_takes_eight_profiles(found):
    with pytest.raises(GedigError, match="give 8"):
        DepthStep(found[:7])
    with pytest.raises(GedigError, match="is no break"):
        DepthStep(found, cut=5)
