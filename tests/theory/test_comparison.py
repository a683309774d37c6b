"""Baselines of a text's own length: draws, masks and means."""

import numpy as np
import pytest

from gedig_edu import Gauge, GedigError
from gedig_edu.theory.comparison import BASELINES, draws_for, mean_terms, read_baseline, terms_of
from tests.helpers import example_maps

MAPS = example_maps(layers=2, heads=3, length=19)
GAUGE = Gauge.released(quantile=0.8)


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_has_its_draws_first_and_one_value_where_heads_agree(name):
    shape = read_baseline(name, MAPS, GAUGE, matched=True).F.shape
    drawn = draws_for(19) if name in {"random", "row_shuffled"} else 1
    assert shape == ((drawn, 2, 3) if name == "row_shuffled" else (drawn, 1, 1))


@pytest.mark.parametrize("name", ["random", "row_shuffled"])
def test_the_seed_and_the_name_decide_the_draws(name):
    one, same, other = (
        read_baseline(name, MAPS, GAUGE, matched=True, seed=seed).F for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert len(read_baseline(name, MAPS, GAUGE, matched=True, draws=3).F) == 3


def test_a_matched_baseline_sees_what_the_model_sees():
    seen, all_cells = (
        read_baseline("uniform", MAPS, Gauge.paper(), matched=matched).entropy.item()
        for matched in (True, False)
    )
    assert seen < all_cells == pytest.approx(1)


def test_f_of_the_mean_terms_is_the_mean_f():
    read = read_baseline("row_shuffled", MAPS, GAUGE, matched=True)
    density, entropy, path_gain = mean_terms(read, (2, 3))
    assert terms_of(read).shape == (3, *read.F.shape)
    expected = read.F.mean(axis=0)
    np.testing.assert_allclose(
        density - GAUGE.lam * (entropy + GAUGE.gamma * path_gain), expected, atol=1e-14
    )


def test_an_unknown_baseline_is_refused():
    with pytest.raises(GedigError, match="baseline='noise' is not known"):
        read_baseline("noise", MAPS, GAUGE, matched=True)
