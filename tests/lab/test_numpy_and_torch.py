"""What is measured inside a GPT-2 is the same whether NumPy or torch computes it."""

import numpy as np
import pytest

from gedig_edu.lab.attribution import logit_parts
from gedig_edu.lab.patching import attend_without_path
from gedig_edu.lab.projections import projection_gradients, projections
from gedig_edu.models import load

TEXT = "When the old captain had gone, nobody spoke of the old captain again."


@pytest.fixture
def both():
    return [load("gpt2-mini", backend=backend, device="cpu") for backend in ("numpy", "torch")]


def libraries(models):
    return [model.backend.library for model in models]


def test_a_logit_is_taken_apart_alike(both):
    ours, torchs = (logit_parts(model, TEXT, word=500, at=7) for model in both)
    for part in ("start", "heads", "feed_forward", "constant"):
        np.testing.assert_allclose(getattr(ours, part), getattr(torchs, part), atol=1e-4)
    assert libraries(both) == ["numpy", "torch"]


@pytest.mark.parametrize("through", ["keys", "queries"])
def test_one_way_is_cut_alike(both, through):
    heads = [(0, 1), (2, 3), (2, 5)]
    ours, torchs = (attend_without_path(model, TEXT, heads, through=through) for model in both)
    np.testing.assert_allclose(ours, torchs, atol=1e-5)
    assert abs(ours - both[0].attend(TEXT).weights).max() > 0.01
    assert libraries(both) == ["numpy", "torch"]


def test_the_projections_of_every_head_are_read_alike(both):
    for ours, torchs in zip(*map(projections, both), strict=True):
        np.testing.assert_array_equal(ours, torchs)
    assert libraries(both) == ["numpy", "torch"]


def test_gradients_are_torchs(both):
    for ours, torchs in zip(*(projection_gradients(m, TEXT) for m in both), strict=True):
        np.testing.assert_array_equal(ours, torchs)
    assert libraries(both) == ["torch", "torch"]
