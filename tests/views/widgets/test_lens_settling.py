"""Depth that stops where a token has settled: the first layer below ε, and fair rivals."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.lens_settling import CHANGE, LEFT, LOSS, SAYS, TOKENS, LensSettling


def test_a_token_stops_at_the_first_layer_below_epsilon_else_at_the_last():
    assert LensSettling(epsilon=0.05).numbers["depths"] == [3, 3, 3, 2, 2]
    assert LensSettling(epsilon=0.005).numbers["depths"] == [3] * 5
    assert LensSettling(epsilon=100.0).numbers["depths"] == [1] * 5


def test_where_all_run_through_all_layers_every_way_costs_the_same():
    shown = LensSettling(epsilon=0.003).numbers
    assert shown["depth"] == shown["layers"] == 3
    costs = [shown[name] for name in ("stopped", "random", "fixed", "whole")]
    assert costs == pytest.approx([np.mean(LOSS[-1])] * 4)


def test_random_deals_out_the_same_depths_and_one_depth_lies_between_two_layers():
    shown = LensSettling(epsilon=0.3).numbers
    depths, each = shown["depths"], np.array(LOSS).mean(axis=1)
    rng = np.random.default_rng(0)
    dealt = [
        np.mean([LOSS[depth][token] for token, depth in enumerate(rng.permutation(depths))])
        for _ in range(4000)
    ]
    assert shown["random"] == pytest.approx(np.mean(dealt), abs=0.03)
    share = shown["depth"] - 2
    assert shown["fixed"] == pytest.approx((1 - share) * each[2] + share * each[3])


def test_the_curve_passes_through_what_is_shown_and_reaches_both_ends():
    shown = LensSettling().numbers
    assert (shown["curve_depth"][0], shown["curve_depth"][-1]) == (3, 1)
    assert np.diff(shown["curve_depth"]).max() <= 0
    at = shown["curve_depth"].index(shown["depth"])
    assert shown["curve_stopped"][at] == pytest.approx(shown["stopped"])


def test_the_sentence_tells_what_is_said_where_it_stops_and_what_follows():
    lens = LensSettling(epsilon=1.0, token=0)
    shown = lens.numbers
    assert (shown["said"], shown["said_at_last"], shown["follows"]) == ("␣a", "␣sea", "␣boat")
    assert shown["still_to_come"] == LEFT[2][0]
    assert "the last layer says" in lens.sentence


@pytest.mark.parametrize(
    "given",
    [
        {"tokens": TOKENS[:-1]},
        {"says": SAYS[:-1]},
        {"left": LEFT[1:]},
        {"loss": np.array(LOSS)[:, 1:]},
        {"change": (*CHANGE, CHANGE[0])},
    ],
)
def test_tables_of_two_texts_are_refused(given):
    with pytest.raises(GedigError, match=r"give \d tokens and tables of"):
        LensSettling(**given)
