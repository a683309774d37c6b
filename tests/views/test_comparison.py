"""Baselines of the explorer: the same numbers as the live reading's."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.live import BASELINES as LIVE_BASELINES
from gedig_edu.lab.live import live
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.comparison import BASELINES, baseline_terms
from tests.helpers import example_maps


@pytest.mark.parametrize("matched", [False, True])
@pytest.mark.parametrize("name", BASELINES)
def test_the_terms_are_those_of_the_live_reading(name, matched):
    maps = example_maps(layers=2, heads=3, length=19)
    gauge = Gauge.released(quantile=0.8)
    reading = live(maps, gauge=gauge, seed=5)
    sent = baseline_terms(name, maps, gauge, matched=matched, seed=5)
    np.testing.assert_array_equal(sent, reading.baseline_terms(name, matched=matched))


def test_the_baselines_are_the_live_readings():
    assert BASELINES == LIVE_BASELINES


def test_a_diagonal_of_eight_has_half_the_entropy():
    maps = example_maps(layers=1, heads=1, length=8)
    density, entropy, path_gain = baseline_terms("diagonal", maps, Gauge.paper(), matched=False)
    assert (density.item(), path_gain.item()) == (0, 0)
    assert entropy.item() == pytest.approx(0.5)


def test_an_unknown_baseline_is_refused():
    with pytest.raises(GedigError, match="baseline='noise' is not known"):
        baseline_terms("noise", example_maps(layers=1, heads=1, length=3), Gauge(), matched=True)
