"""Imagined repeats: as often beyond the published gain as theory says."""

import numpy as np
import pytest

from gedig_edu.theory.repeats import Design
from gedig_edu.views.widgets.many_seeds import ManySeeds, normals


def test_normal_numbers_are_normal_and_differ_by_seed():
    drawn = np.array([normals(seed, 5) for seed in range(4000)])
    assert abs(drawn.mean(axis=0)).max() < 4 / np.sqrt(4000)
    assert drawn.std() == pytest.approx(1.0, abs=0.02)
    assert abs(np.corrcoef(drawn.T) - np.eye(5)).max() < 0.07
    assert len(np.unique(drawn)) == drawn.size


@pytest.mark.parametrize(
    "state", [{"seeds": 3}, {"seeds": 6, "effect": 0.33, "shared": 0.9}], ids=str
)
def test_imagined_repeats_are_as_often_beyond_as_theory_says(state):
    widget = ManySeeds(**state)
    counts = []
    for draw in range(150):
        widget.draw = draw
        counts.append((widget.numbers["beyond"], widget.numbers["excluding"]))
    design = Design(**{"effect": 0.0, "spread": 0.5} | state)
    shares = np.sum(counts, axis=0) / (150 * widget.numbers["repeats"])
    assert shares == pytest.approx([design.luck(0.33), design.power], abs=0.03)


def test_repeats_shrink_with_more_seeds_and_stay_where_they_are():
    few, many = (ManySeeds(seeds=n).numbers for n in (3, 40))
    assert np.sign(few["estimates"]).tolist() == np.sign(many["estimates"]).tolist()
    assert np.mean(many["halves"]) < np.mean(few["halves"]) / 3


def test_the_published_bar_is_welch_s_with_equal_arms():
    gap, low, high = ManySeeds().published
    assert (round(gap, 2), round(low, 2), round(high, 2)) == (0.33, -0.79, 1.45)


def test_seeds_that_never_suffice_are_a_dash():
    assert ManySeeds().numbers["needed"] is None
    assert ManySeeds().sentence.endswith("(up to 40): –.")
    assert ManySeeds(effect=0.33).numbers["needed"] == 38
