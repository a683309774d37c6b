"""The formula of the runs behind Table 3, on arrays and on tensors."""

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab.trained_formula import as_trained, level_as_trained
from gedig_edu.theory.gauge import Gauge
from tests.helpers import example_maps

MASK = torch.arange(11) < torch.tensor([[11], [7], [5]])


def scores_of(length=11):
    return torch.from_numpy(np.random.default_rng(0).normal(size=(3, 2, length, length)))


def maps_of(scores):
    return scores.masked_fill(~MASK[:, None, None, :], -torch.inf).softmax(dim=-1)


def test_cells_far_below_the_threshold_count_too_and_the_longer_the_text_the_more():
    short = as_trained(maps_of(scores_of()), mask=MASK).density.mean()
    long = as_trained(scores_of(50).softmax(dim=-1), mask=torch.ones(3, 50, dtype=torch.bool))
    assert 0.2 < short < 0.35
    assert 0.4 < long.density.mean() < 0.5


def test_density_and_entropy_have_a_gradient_and_the_path_term_has_none():
    scores = scores_of().requires_grad_()
    reading = as_trained(maps_of(scores), mask=MASK)
    assert not reading.path_gain.requires_grad
    for term in (reading.density, reading.entropy):
        (slope,) = torch.autograd.grad(term.mean(), scores, retain_graph=True)
        assert 0 < slope.norm() < np.inf


def test_entropy_is_that_of_the_papers_gauge():
    weights = maps_of(scores_of())
    real = weights * MASK[:, None, :, None]
    gauge = Gauge.paper().read(real, causal=False, mask=MASK.numpy()).entropy
    assert as_trained(weights, mask=MASK).entropy.numpy() == pytest.approx(gauge)


def test_paths_of_a_hard_ring_are_counted_by_hand():
    # Links 0 -> 1 -> 2 -> 3 -> 4 -> 0 with weight 1: a fifth of the cells is linked, and the 0.9
    # quantile of 25 cells is one of the ones, so that each link counts 1/2 and no cell is above it
    # but those of the diagonal, to which 1 is added.
    ring = np.roll(np.eye(5), 1, axis=1)[None, None]
    reading = as_trained(ring, mask=np.ones((1, 5), dtype=bool))
    off = 1 / (1 + np.exp(10))
    assert reading.density.item() == pytest.approx((5 * 0.5 + 20 * off) / 25)
    one = 1 / 5  # the diagonal alone
    steps = np.eye(5) * (1 + off) + off * (1 - np.eye(5)) + np.roll(np.eye(5), 1, 1) * (0.5 - off)
    shares, power = [one], steps
    for _ in range(3):
        power = np.clip(power @ steps, 0, 1)
        shares.append((power > 0.5).mean())
    assert reading.path_gain.item() == pytest.approx(
        sum(share / k for k, share in enumerate(shares, 1)) / 4
    )
    assert shares[1] > one


def test_arrays_and_tensors_give_the_same():
    weights = maps_of(scores_of())
    by_torch = as_trained(weights, mask=MASK)
    by_numpy = as_trained(weights.numpy(), mask=MASK.numpy())
    for one, other in zip(by_torch, by_numpy, strict=True):
        assert one.numpy() == pytest.approx(other, abs=1e-14)


def test_a_batch_of_maps_is_padded_to_its_longest():
    long, short = (example_maps(layers=2, heads=3, length=length) for length in (11, 5))
    both = level_as_trained([long, short])
    assert both.shape == (2, 2, 3)
    assert both[0] == pytest.approx(level_as_trained([long])[0])
    assert (both[1] != level_as_trained([short])[0]).all()


def test_one_token_and_what_is_no_batch():
    one = as_trained(np.ones((1, 1, 1, 1)), mask=np.ones((1, 1), dtype=bool))
    assert np.isfinite(one.F).all()
    with pytest.raises(GedigError, match=r"maps .* of one layer and their mask"):
        as_trained(np.ones((3, 3)), mask=np.ones(3, dtype=bool))
