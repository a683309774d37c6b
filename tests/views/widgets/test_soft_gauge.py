"""Soft links: hard ones first and then a large β give shortest paths, the other way round not."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.soft_gauge import SoftGauge


def test_hard_links_first_and_then_beta_lead_to_the_shortest_paths():
    hard_first = SoftGauge(softness=0.01).numbers["hard_curve"]
    soft = SoftGauge(softness=0.3).numbers
    target = soft["hard_length"]
    assert hard_first[-1] == pytest.approx(target, abs=0.02)
    assert np.all(np.diff(soft["curve"]) < 0)
    assert soft["curve"][-1] < 1.2 < target


def test_the_softer_the_links_the_more_scores_the_paths_push():
    def pushed(softness):
        push = np.abs(SoftGauge(softness=softness, paths=True).numbers["push"])
        return (push > 0.05 * push.max()).sum()

    assert pushed(0.01) < pushed(0.3)


def test_pushes_of_a_row_add_up_to_nothing():
    push = np.reshape(SoftGauge().numbers["push"], (8, 8))
    np.testing.assert_allclose(push.sum(axis=1), 0, atol=1e-12)


@pytest.mark.parametrize("count", [1, 13])
def test_a_head_that_cannot_be_named_row_by_row_is_refused(count):
    with pytest.raises(GedigError, match=rf"^{count} tokens came; give 2 to 12\.$"):
        SoftGauge(np.eye(count), ["a"] * count)
