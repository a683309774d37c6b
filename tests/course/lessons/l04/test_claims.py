from types import SimpleNamespace

import numpy as np
import pytest

from gedig_edu.course.lessons.l04.measures import _walk_entropy
from gedig_edu.theory.baselines import diagonal, uniform


def walked(one, *, causal):
    """Return the numbers of 04.walk_entropy for a model whose heads all have this map."""
    weights = np.broadcast_to(one, (4, 2, *one.shape))
    maps = SimpleNamespace(weights=weights, causal=causal)
    model = SimpleNamespace(attend_many=lambda texts: [maps for _ in texts])
    read = _walk_entropy(SimpleNamespace(model=model, few=["one", "two"]))
    return {reading.name: reading.value for reading in read}


@pytest.mark.parametrize("causal", [True, False])
def test_heads_that_look_evenly_do_what_the_mask_does_alone(causal):
    found = walked(uniform(9, causal=causal), causal=causal)
    for name in ("rollout", "moving", "first"):
        assert found[name] == pytest.approx(found[f"mask_{name}"])


def test_the_mask_gathers_alone_what_heads_that_look_at_themselves_leave_in_place():
    found = walked(diagonal(9, causal=True), causal=True)
    assert found["moving"] == pytest.approx(0)
    assert found["mask_moving"] < 0
    assert found["mask_first"] > found["first"]


def test_without_a_mask_even_looks_gather_nothing():
    assert walked(diagonal(9), causal=False)["mask_moving"] == 0
