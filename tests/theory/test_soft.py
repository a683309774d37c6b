"""One map read softly: the torch gauge's numbers, and its gradient."""

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab.soft_gauge import soft_read
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.soft import read_soft


def scores(seed, length, *, causal):
    drawn = torch.as_tensor(2 * np.random.default_rng(seed).normal(size=(length, length)))
    if causal:
        drawn = drawn.masked_fill(~torch.ones(length, length, dtype=torch.bool).tril(), -torch.inf)
    return drawn.requires_grad_()


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("softness", "beta"), [(0.3, 5.0), (0.05, 20.0), (1.0, 3.0)])
@pytest.mark.parametrize(("seed", "length"), [(0, 7), (1, 11)])
def test_terms_and_slopes_are_those_of_the_torch_gauge(seed, length, softness, beta, causal):
    given = scores(seed, length, causal=causal)
    weights = given.softmax(-1)
    gauge, how = Gauge.released(), {"causal": causal, "softness": softness, "beta": beta}
    torchs = soft_read(gauge, weights, **how)
    ours = read_soft(gauge, weights.detach().numpy(), **how)
    for name in ("F", "density", "entropy", "path_gain"):
        assert getattr(ours, name) == pytest.approx(float(getattr(torchs, name).detach()), abs=1e-9)
    torchs.F.backward()
    np.testing.assert_allclose(ours.by_entropy + ours.by_paths, -given.grad.numpy(), atol=1e-8)
    assert abs(ours.by_paths).max() > 0


def test_hard_edges_first_and_many_betas_then_give_the_shortest_paths():
    weights = scores(3, 9, causal=True).softmax(-1).detach().numpy()
    hard = float(Gauge.released().read(weights, causal=True).path_length)
    found = [
        read_soft(Gauge.released(), weights, causal=True, softness=s, beta=beta).path_length
        for s, beta in ((1e-3, 5.0), (1e-3, 20.0), (1e-3, 60.0), (0.3, 60.0))
    ]
    assert found[2] == pytest.approx(hard, abs=0.05)
    assert abs(found[1] - hard) < abs(found[0] - hard)
    assert found[3] < hard - 0.3  # at a fixed softness every faint edge is one step


def test_a_beta_at_which_the_longest_path_is_lost_is_refused_with_the_one_that_reads():
    weights = scores(3, 9, causal=True).softmax(-1).detach().numpy()
    with pytest.raises(GedigError, match=r"beta=2000 is too large: .* above (\d+)") as refused:
        read_soft(Gauge.released(), weights, causal=True, softness=1e-3, beta=2000.0)
    largest = float(str(refused.value).split("above ")[1].split(";")[0])
    hard = float(Gauge.released().read(weights, causal=True).path_length)
    read = read_soft(Gauge.released(), weights, causal=True, softness=1e-3, beta=0.99 * largest)
    assert read.path_length == pytest.approx(hard, abs=0.01)
    torchs = soft_read(
        Gauge.released(), torch.as_tensor(weights), causal=True, softness=1e-3, beta=0.99 * largest
    )
    assert torchs.F.item() == pytest.approx(read.F, abs=1e-9)


def test_training_on_f_spreads_attention():
    weights = scores(4, 8, causal=False).softmax(-1).detach().numpy()
    by = read_soft(Gauge.released(), weights, causal=False).by_entropy
    largest = weights.argmax(axis=1)
    assert (by[np.arange(8), largest] < 0).all()


def test_what_it_cannot_read_is_refused():
    even = np.full((5, 5), 0.2)
    with pytest.raises(GedigError, match=r"Gauge\.released"):
        read_soft(Gauge.paper(), even, causal=False)
    with pytest.raises(GedigError, match="after a softmax"):
        read_soft(Gauge.released(), np.eye(5), causal=False)
