"""The soft gauge: equal to the gauge in its limits, taken in their order, and with a gradient."""

import networkx as nx
import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab import soft_gauge
from gedig_edu.lab.soft_gauge import soft_read
from gedig_edu.theory.gauge import Gauge

GAUGES = (Gauge.paper(), Gauge.released())
LENGTH = 20  # a tenth of 20² cells, and of 210 visible ones, is a whole number


def maps_of(count=7, length=LENGTH, *, causal, seed=0, spread=2.0):
    scores = spread * torch.from_numpy(
        np.random.default_rng(seed).normal(size=(count, length, length))
    )
    if causal:
        scores = scores.masked_fill(
            ~torch.ones(length, length, dtype=torch.bool).tril(), -torch.inf
        )
    return scores.softmax(dim=-1)


def hard_path_length(gauge, weights, *, causal):
    return gauge.read(weights, causal=causal).path_length


def soft_path_length(gauge, weights, *, causal, **how):
    gain = soft_read(gauge, weights, causal=causal, **how).path_gain
    if gauge.path == "inverse_length":
        return (1 / gain).numpy()
    nodes = gauge.read(weights, causal=causal).nodes
    return ((1 - gain) * (torch.as_tensor(nodes) + 1) / 3).numpy()


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("gauge", GAUGES, ids=["paper", "released"])
class TestLimits:
    def test_hard_edges_first_and_long_walks_then_give_the_gauge(self, gauge, causal):
        weights = maps_of(causal=causal)
        F = gauge.read(weights, causal=causal).F
        off = [
            np.abs(
                soft_read(gauge, weights, causal=causal, softness=1e-8, beta=beta).F.numpy() - F
            ).max()
            for beta in (5.0, 20.0, 80.0)
        ]
        assert off[0] > 2 * off[1] > 4 * off[2]
        assert off[2] < 1e-3

    def test_any_larger_beta_leads_on_to_the_gauge(self, gauge, causal):
        weights = maps_of(causal=causal)
        F = gauge.read(weights, causal=causal).F
        for beta in (800.0, 1e5, 1e12):  # exp(-800 * 1) is no number any more
            soft = soft_read(gauge, weights, causal=causal, softness=1e-8, beta=beta).F.numpy()
            assert soft == pytest.approx(F, abs=1e-3 * 80 / beta + 1e-12)

    def test_long_walks_first_shorten_every_path(self, gauge, causal):
        weights = maps_of(causal=causal)
        hard = hard_path_length(gauge, weights, causal=causal)
        lengths = [
            soft_path_length(gauge, weights, causal=causal, softness=0.3, beta=beta)
            for beta in (5.0, 20.0, 80.0)
        ]
        assert (lengths[0] > lengths[1]).all()
        assert (lengths[1] > lengths[2]).all()
        assert (lengths[2] < hard).all()

    def test_density_is_a_tenth_of_the_pool_and_its_gradient_zero(self, gauge, causal):
        weights = maps_of(causal=causal).requires_grad_()
        density = soft_read(gauge, weights, causal=causal).density
        pool = LENGTH**2 if gauge.pool == "all" or not causal else LENGTH * (LENGTH + 1) / 2
        assert density.detach().numpy() == pytest.approx(0.1 * pool / LENGTH**2, rel=1e-12)
        density.sum().backward()
        assert weights.grad.abs().max() < 1e-12

    def test_entropy_is_the_gauge_own(self, gauge, causal):
        weights = maps_of(causal=causal)
        soft = soft_read(gauge, weights, causal=causal).entropy.numpy()
        assert soft == pytest.approx(gauge.read(weights, causal=causal).entropy, abs=1e-14)

    def test_gradient_is_that_of_small_differences(self, gauge, causal):
        scores = maps_of(2, 7, causal=causal, spread=1.0).clamp_min(1e-300).log()
        scores = scores.requires_grad_()
        assert torch.autograd.gradcheck(
            lambda x: soft_read(gauge, x.softmax(dim=-1), causal=causal).F, scores
        )

    def test_padding_on_either_side_changes_nothing(self, gauge, causal):
        inner = maps_of(5, 11, causal=causal)
        wide = torch.zeros(5, 17, 17, dtype=torch.float64)
        wide[:, 2:13, 2:13] = inner
        mask = torch.zeros(5, 17, dtype=torch.bool)
        mask[:, 2:13] = True
        alone = soft_read(gauge, inner, causal=causal)
        padded = soft_read(gauge, wide, causal=causal, mask=mask)
        for name in ("F", "density", "entropy", "path_gain"):
            assert getattr(padded, name).numpy() == pytest.approx(
                getattr(alone, name).numpy(), abs=1e-12
            )


class TestWalks:
    def test_a_hard_chain_of_three_has_the_free_energy_that_one_counts_by_hand(self):
        # A - B - C: with x = exp(-β), det(I - W) = 1 - 2x², Z_ab = x/det, Z_ac = x²/det,
        # Z_aa = Z_cc = (1 - x²)/det, Z_bb = 1/det.
        beta, x = 3.0, np.exp(-3.0)
        to_middle, to_end, far = x, x / (1 - x**2), x**2 / (1 - x**2)
        mean = -(2 * np.log(to_middle) + 2 * np.log(to_end) + 2 * np.log(far)) / (6 * beta)
        weights = torch.tensor([[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.4, 0.2, 0.4]]).double()
        gauge = Gauge.released(quantile=None, threshold=0.6)
        gain = soft_read(gauge, weights, causal=False, softness=1e-4, beta=beta).path_gain
        assert 1 / gain.item() == pytest.approx(mean, rel=1e-12)

    def test_in_logarithms_they_have_the_same_sum_and_the_same_gradient(self, monkeypatch):
        def read():
            scores = maps_of(3, causal=True).clamp_min(1e-300).log().requires_grad_()
            soft = soft_read(Gauge.paper(), scores.softmax(dim=-1), causal=True)
            soft.path_gain.sum().backward()
            return soft.path_gain.detach().numpy(), scores.grad.numpy()

        value, slope = read()
        monkeypatch.setattr(soft_gauge, "SMALLEST", 2.0)  # so that every sum counts as lost
        in_logs, slope_in_logs = read()
        np.testing.assert_allclose(in_logs, value, rtol=1e-12)
        np.testing.assert_allclose(slope_in_logs, slope, rtol=1e-9, atol=1e-12)
        assert np.abs(slope).max() > 1e-3

    def test_the_mean_path_of_hard_edges_is_that_of_networkx_less_what_many_ways_take_off(self):
        gauge = Gauge.paper()
        weights = maps_of(1, causal=False)[0]
        graph = gauge.graph(weights.numpy(), causal=False).to_undirected()
        largest = max(nx.connected_components(graph), key=len)
        exact = nx.average_shortest_path_length(graph.subgraph(largest))
        soft = soft_path_length(gauge, weights[None], causal=False, softness=1e-6, beta=60.0)[0]
        assert exact - 0.03 < soft < exact

    def test_of_tied_components_the_paper_takes_the_shorter_and_the_script_the_first(self):
        weights = torch.full((6, 6), 0.02, dtype=torch.float64)
        for i, j in ((0, 1), (1, 2), (3, 4), (4, 5), (5, 3)):  # a chain, and then a triangle
            weights[i, j] = 0.9
        weights[2, 2] = 0.02
        weights = weights / weights.sum(dim=-1, keepdim=True)
        for gauge, hard in ((Gauge.paper, 1.0), (Gauge.released, 4 / 3)):
            edges = gauge(quantile=None, threshold=0.5)
            found = soft_path_length(edges, weights[None], causal=False, softness=1e-4, beta=40.0)
            assert found[0] == pytest.approx(hard, abs=0.02)


class TestRareMaps:
    def test_one_token_reads_as_the_gauge_reads_it(self):
        for gauge in GAUGES:
            one = torch.ones(1, 1, 1)
            assert soft_read(gauge, one, causal=True).F.item() == pytest.approx(
                gauge.read(one, causal=True).F.item(), abs=0.1
            )

    @pytest.mark.parametrize("causal", [False, True])
    def test_weights_of_zero_have_a_finite_gradient(self, causal):
        weights = torch.eye(12, dtype=torch.float64).repeat(2, 1, 1).requires_grad_()
        reading = soft_read(Gauge.released(), weights, causal=causal)
        reading.F.sum().backward()
        assert torch.isfinite(weights.grad).all()
        assert torch.isfinite(reading.F).all()

    def test_a_gradient_step_down_lowers_the_gauge_as_it_is_read(self):
        scores = (2 * torch.randn(3, LENGTH, LENGTH, generator=torch.manual_seed(0))).double()
        gauge = Gauge.released()
        before = gauge.read(scores.softmax(-1), causal=False).F
        for _ in range(20):
            scores = scores.detach().requires_grad_()
            F = soft_read(gauge, scores.softmax(-1), causal=False).F.sum()
            F.backward()
            scores = scores - 200 * scores.grad
        after = gauge.read(scores.detach().softmax(-1), causal=False).F
        assert (after < before - 0.01).all()

    def test_float32_and_layers_and_heads_come_back_in_their_shape(self):
        weights = maps_of(6, 11, causal=True).float().reshape(2, 3, 11, 11)
        reading = soft_read(Gauge.paper(), weights, causal=True)
        assert reading.F.shape == (2, 3)
        assert reading.F.dtype == torch.float64

    @pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
    @pytest.mark.parametrize("length", [7, 33])
    def test_half_precision_is_read_as_the_gauge_reads_it(self, dtype, length):
        weights = maps_of(length=length, causal=False).to(dtype)
        assert (weights.double().sum(-1) - 1).abs().max() > 1e-5
        reading = soft_read(Gauge.released(), weights, causal=False)
        hard = Gauge.released().read(weights, causal=False)
        assert reading.entropy.numpy() == pytest.approx(hard.entropy, abs=1e-12)


class TestRefusals:
    def test_rows_that_half_precision_does_not_explain_are_refused(self):
        weights = maps_of(length=7, causal=False).to(torch.bfloat16)
        with pytest.raises(GedigError, match="after the softmax"):
            soft_read(Gauge.released(), 1.5 * weights, causal=False)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"softness": 0.0}, "softness"),
            ({"softness": 1.5}, "softness"),
            ({"beta": -1.0}, "beta"),
            ({"beta": float("nan")}, "beta"),
            ({"causal": None}, "causal"),
        ],
    )
    def test_an_option_out_of_range_is_named(self, change, said):
        with pytest.raises(GedigError, match=said):
            soft_read(Gauge.paper(), maps_of(causal=False), **{"causal": False} | change)

    def test_a_beta_at_which_walks_do_not_add_up_is_refused_with_the_one_that_would(self):
        weights = torch.full((1, LENGTH, LENGTH), 1 / LENGTH, dtype=torch.float64)
        gauge = Gauge.paper(quantile=None, threshold=0.04)
        with pytest.raises(GedigError, match=r"add up for beta above 2\.9"):
            soft_read(gauge, weights, causal=False, softness=1e-3, beta=2.0)
        assert soft_read(gauge, weights, causal=False, softness=1e-3, beta=3.0).F.isfinite()

    @pytest.mark.parametrize(
        ("weights", "causal"),
        [
            (2 * maps_of(causal=False), False),
            (maps_of(causal=False), True),
            (torch.nn.functional.dropout(maps_of(causal=False), 0.5), False),
        ],
        ids=["rows of two", "looks ahead", "dropout"],
    )
    def test_what_is_no_attention_is_refused(self, weights, causal):
        with pytest.raises(GedigError, match="after the softmax, without dropout"):
            soft_read(Gauge.paper(), weights, causal=causal)

    def test_an_array_is_sent_to_the_gauge(self):
        with pytest.raises(GedigError, match=r"torch tensor .* Gauge\.read takes anything"):
            soft_read(Gauge.paper(), np.full((3, 3), 1 / 3), causal=False)
