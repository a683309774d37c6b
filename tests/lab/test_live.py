"""F of every head beside its baselines: what stands in a LiveReading."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.lab.live import live, without_tokens
from gedig_edu.theory import baselines
from gedig_edu.theory.comparison import BASELINES, draws_for
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

LAYERS, HEADS, LENGTH = 3, 5, 13


def make_maps(*, causal: bool, length: int = LENGTH, seed: int = 0) -> AttentionMaps:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(length, 0.3), size=(LAYERS, HEADS, length)) + 1e-6
    weights = np.tril(weights) if causal else weights
    weights /= weights.sum(axis=-1, keepdims=True)
    return AttentionMaps(
        tokens=tuple(f" t{place}" for place in range(length)),
        weights=weights.astype(np.float32),
        causal=causal,
        special=np.arange(length) == 0,
        offsets=np.zeros((length, 2), int),
        model="dirichlet",
    )


class OneModel:
    def attend(self, text: str) -> AttentionMaps:
        return make_maps(causal=True, length=len(text))


@pytest.fixture(scope="module", params=[False, True], ids=["full", "causal"])
def reading(request):
    return live(make_maps(causal=request.param), gauge=Gauge.paper(), seed=7)


def test_the_real_reading_is_the_gauge_on_the_maps(reading):
    expected = reading.gauge.read(reading.maps.weights, causal=reading.maps.causal)
    np.testing.assert_array_equal(reading.real.F, expected.F)
    assert reading.real.F.shape == (LAYERS, HEADS)


def test_delta_of_a_model_that_is_uniform_against_uniform_is_zero():
    weights = np.full((LAYERS, HEADS, 4, 4), 0.25, dtype=np.float32)
    maps = AttentionMaps(
        tokens=tuple("abcd"), weights=weights, causal=False,
        special=np.zeros(4, bool), offsets=np.zeros((4, 2), int), model="uniform",
    )  # fmt: skip
    reading = live(maps, gauge=Gauge.paper())
    np.testing.assert_allclose(reading.delta("uniform"), 0.0, atol=1e-12)
    # F(uniform) = -1 and F(diagonal) = edges 0/16 - log(4)/log(16) = -0.5
    np.testing.assert_allclose(reading.delta("diagonal"), -0.5, atol=1e-12)


@pytest.mark.parametrize("name", ["uniform", "local", "diagonal"])
@pytest.mark.parametrize("matched", [False, True])
def test_matched_baselines_take_the_mask_of_the_model(name, matched):
    reading = live(make_maps(causal=True), gauge=Gauge.paper(), matched=matched)
    weights = getattr(baselines, name)(LENGTH, causal=matched)
    alone = reading.gauge.read(weights, causal=matched)
    np.testing.assert_allclose(reading.baseline_mean(name), float(alone.F), rtol=1e-12)


def test_for_a_model_that_sees_both_ways_matched_and_unmasked_are_one():
    reading = live(make_maps(causal=False), gauge=Gauge.released())
    for name in BASELINES:
        np.testing.assert_array_equal(
            reading.delta(name, matched=True), reading.delta(name, matched=False)
        )


def test_own_row_shuffle_is_read_once_for_both_kinds_of_baseline(reading):
    unmasked = reading.baseline("row_shuffled", matched=False)
    assert reading.baseline("row_shuffled", matched=True) is unmasked


def test_own_row_shuffle_keeps_density_and_entropy_of_each_head(reading):
    density, entropy, _ = reading.baseline_terms("row_shuffled")
    np.testing.assert_allclose(density, reading.real.density, rtol=1e-12)
    np.testing.assert_allclose(entropy, reading.real.entropy, atol=1e-12)


def test_every_draw_is_kept_and_the_mean_of_the_draws_is_taken():
    reading = live(make_maps(causal=True), gauge=Gauge.paper(), draws=3)
    assert reading.baseline("random").F.shape == (3, 1, 1)
    assert reading.baseline("row_shuffled").F.shape == (3, LAYERS, HEADS)
    assert len(np.unique(reading.baseline("random").F)) == 3
    np.testing.assert_allclose(
        reading.baseline_mean("random"), reading.baseline("random").F.mean(), rtol=1e-12
    )


def test_the_same_seed_gives_the_same_reading_whatever_baselines_are_asked_for():
    maps = make_maps(causal=True)
    alone = live(maps, gauge=Gauge.paper(), baselines=["random"], seed=11)
    among = live(maps, gauge=Gauge.paper(), seed=11)
    other = live(maps, gauge=Gauge.paper(), seed=12)
    np.testing.assert_array_equal(alone.delta("random"), among.delta("random"))
    assert not np.array_equal(among.delta("random"), other.delta("random"))


@settings(max_examples=20, deadline=None)
@given(lam=st.floats(0, 3), gamma=st.floats(0, 3))
def test_combining_equals_reading_again_with_that_gauge(lam, gamma):
    maps = make_maps(causal=True)
    combined = live(maps, gauge=Gauge.paper(), draws=2).combine(lam=lam, gamma=gamma)
    again = live(maps, gauge=Gauge.paper(lam=lam, gamma=gamma), draws=2)
    assert combined.gauge == again.gauge
    np.testing.assert_allclose(combined.real.F, again.real.F, atol=1e-12)
    for name in BASELINES:
        np.testing.assert_allclose(combined.delta(name), again.delta(name), atol=1e-12)


def test_f_of_the_mean_terms_is_the_mean_f_of_the_draws(reading):
    gauge = reading.gauge
    for name in BASELINES:
        density, entropy, path_gain = reading.baseline_terms(name)
        mean = density - gauge.lam * (entropy + gauge.gamma * path_gain)
        np.testing.assert_allclose(mean, reading.baseline_mean(name), atol=1e-12)


def test_table_has_one_row_per_head_and_names_it(reading):
    table = reading.table()
    assert len(table) == LAYERS * HEADS
    row = table[(table.layer == 2) & (table["head"] == 3)].iloc[0]
    assert reading.real.F[2, 3] == row.F
    assert row.delta_local == reading.delta("local")[2, 3]
    assert list(table.columns[:2]) == ["layer", "head"]


def test_summary_counts_heads_above_each_baseline(reading):
    summary = reading.summary()
    assert list(summary.index) == list(BASELINES)
    assert summary.loc["random", "share_positive"] == (reading.delta("random") > 0).mean()


def test_edges_are_the_edges_of_the_gauges_graph(reading):
    edges = reading.edges(1, 4)
    graph = reading.gauge.graph(reading.maps.weights[1, 4], causal=reading.maps.causal)
    assert {(i, j) for i, j in np.argwhere(edges).tolist()} == set(graph.edges)


def test_hubs_count_the_other_tokens_joined_to_each(reading):
    hubs = reading.hubs(1, 4)
    edges = reading.edges(1, 4)
    first = hubs.iloc[0]
    joined = {j for j in range(LENGTH) if edges[first.position, j] or edges[j, first.position]}
    assert first.degree == len(joined - {first.position})
    assert hubs.degree.is_monotonic_decreasing
    assert set(hubs.position) == set(range(LENGTH))


def test_json_and_csv_can_be_read_back(reading):
    record = json.loads(reading.to_json())
    assert record["tokens"] == list(reading.maps.tokens)
    assert len(record["heads"]) == LAYERS * HEADS
    assert record["heads"][0]["F"] == pytest.approx(reading.real.F[0, 0])
    assert reading.to_csv().count("\n") == LAYERS * HEADS + 1


def test_one_token_reads_and_its_json_is_valid():
    reading = live(make_maps(causal=True, length=1), gauge=Gauge.paper())
    np.testing.assert_array_equal(reading.real.path_gain, 0.0)
    json.loads(reading.to_json(), parse_constant=pytest.fail)


def test_a_model_is_asked_for_the_maps_of_the_text():
    assert len(live(OneModel(), "seven t", gauge=Gauge.paper()).maps) == 7


def test_a_model_without_a_text_is_refused():
    with pytest.raises(GedigError, match="give the text"):
        live(OneModel(), gauge=Gauge.paper())


def test_an_unknown_baseline_is_refused_by_live_and_by_the_reading(reading):
    with pytest.raises(GedigError, match="baseline='noise' is not known"):
        live(reading.maps, gauge=Gauge.paper(), baselines=["noise"])
    with pytest.raises(GedigError, match="choose one of 'random'"):
        reading.delta("noise")


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"draws": 1.5}, {"seed": "a"}, {"seed": -1}])
def test_draws_and_seeds_that_are_none_are_refused(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(GedigError, match=f"{name}={value!r}"):
        live(make_maps(causal=True), gauge=Gauge.paper(), **wrong)


def test_draws_never_reach_zero():
    assert [draws_for(length) for length in (1, 16, 17, 1024)] == [8, 8, 7, 1]


def test_dropping_a_token_renormalises_the_rows_of_the_others():
    maps = make_maps(causal=True)
    drop = np.arange(LENGTH) == 4
    kept = without_tokens(maps, drop)
    assert len(kept) == LENGTH - 1
    assert kept.tokens[4] == " t5"
    np.testing.assert_allclose(kept.weights.sum(axis=-1), 1.0, atol=1e-6)
    ratio = maps.weights[1, 2, 9, 3] / maps.weights[1, 2, 9, 7]
    assert kept.weights[1, 2, 8, 3] / kept.weights[1, 2, 8, 6] == pytest.approx(ratio, rel=1e-5)


def test_dropping_everything_or_all_that_a_row_looks_at_is_refused():
    maps = make_maps(causal=False)
    with pytest.raises(GedigError, match="keep at least one"):
        without_tokens(maps, np.ones(LENGTH, bool))
    weights = np.zeros_like(maps.weights)
    weights[..., 0] = 1.0
    only_first = AttentionMaps(
        tokens=maps.tokens, weights=weights, causal=True, special=maps.special,
        offsets=maps.offsets, model="sink",
    )  # fmt: skip
    with pytest.raises(GedigError, match=r"Token ' t1' of head 0\.0 looks only at dropped"):
        without_tokens(only_first, maps.special)


@pytest.mark.parametrize("given", [None, "a text", np.eye(3), (np.eye(3),)])
def test_what_is_neither_a_model_nor_maps_is_refused(given):
    with pytest.raises(GedigError, match=r"^maps is of type .*; give AttentionMaps"):
        live(given, gauge=Gauge.paper())
