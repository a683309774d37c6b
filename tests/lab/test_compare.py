"""What all experiments measure on one text: F beside baselines and nulls, known and recomputed."""

from dataclasses import replace

import numpy as np
import pytest

from gedig_edu.lab.experiments import compare
from gedig_edu.lab.experiments.lambda_scan import recombined
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.live import live
from gedig_edu.lab.nulls import soft_configuration_excess
from gedig_edu.models import load
from gedig_edu.theory import baselines
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

SETTING = Setting(experiment="table2", model="gpt2-mini", texts="no matter")
TEXT = "The king sat down by the river, and nobody said a word to him."
OTHER = "A dog ran to the old house."


class Even:
    """A model whose heads look everywhere alike, at seven tokens."""

    def attend(self, text):
        shape = 3, 5, 7, 7
        return AttentionMaps(tuple(text), np.full(shape, 1 / 7, dtype=np.float32), False)


@pytest.fixture(scope="module")
def model():
    return load("gpt2-mini")


@pytest.fixture(scope="module")
def columns(model):
    return compare.measure_parts(model, TEXT, SETTING, 2)


def of(columns, gauge):
    return {name: values[columns["gauge"] == gauge] for name, values in columns.items()}


def test_a_head_that_looks_everywhere_alike_has_the_f_of_the_uniform_map():
    columns = compare.measure(Even(), "abcdefg", SETTING, 0)
    assert len(columns["F"]) == 3 * 5 * 2
    paper, released = of(columns, "paper"), of(columns, "released")
    for name in ("uniform", "row_shuffled", "entropy_matched"):
        np.testing.assert_allclose(paper[f"delta_{name}"], 0, atol=1e-6)
        np.testing.assert_allclose(released[f"delta_{name}_matched"], 0, atol=1e-6)
    # 7 ones among 49 cells: the quantile is 1, no cell is above it, entropy is log 7/log 49
    np.testing.assert_allclose(paper["delta_diagonal"], -1 + 0.5, atol=1e-6)
    # by the script its entropy is 1 too
    np.testing.assert_allclose(released["delta_diagonal"], 0, atol=1e-6)
    np.testing.assert_allclose(paper["path_delta_soft_configuration"], 0, atol=1e-12)


def test_what_needs_no_draw_is_what_the_live_reading_says(model, columns):
    maps = model.attend(TEXT)
    for gauge in ("paper", "released"):
        mine = of(columns, gauge)
        reading = live(maps, gauge=getattr(Gauge, gauge)())
        for name in ("uniform", "local", "diagonal"):
            for ending, matched in (("", False), ("_matched", True)):
                expected = reading.delta(name, matched=matched).ravel()
                np.testing.assert_allclose(mine[f"delta_{name}{ending}"], expected, atol=1e-12)
        np.testing.assert_array_equal(mine["F"], reading.real.F.ravel())


@pytest.mark.parametrize("name", compare.AGAINST)
@pytest.mark.parametrize("ending", ["", "_matched"])
def test_the_parts_of_a_difference_sum_to_it(columns, name, ending):
    parts = sum(columns[f"{part}_delta_{name}{ending}"] for part in compare.PARTS)
    np.testing.assert_allclose(parts, columns[f"delta_{name}{ending}"], rtol=0, atol=1e-14)
    assert np.isfinite(parts).all()


def test_a_row_shuffle_changes_the_paths_alone_and_always_has_the_mask(columns):
    np.testing.assert_array_equal(
        columns["delta_row_shuffled"], columns["delta_row_shuffled_matched"]
    )
    for part in ("density", "entropy"):
        np.testing.assert_allclose(columns[f"{part}_delta_row_shuffled"], 0, atol=1e-12)
    assert (columns["path_delta_row_shuffled"] != 0).any()


@pytest.mark.parametrize("gauge", [Gauge.paper(), Gauge.released()])
@pytest.mark.parametrize(("lam", "gamma"), [(0.3, 0.7), (2.0, 0.0)])
def test_another_lambda_is_the_same_as_reading_anew(model, columns, gauge, lam, gamma):
    name = "paper" if gauge == Gauge.paper() else "released"
    told = recombined(of(columns, name), gauge, lam=lam, gamma=gamma)
    maps, anew = model.attend(TEXT), replace(gauge, lam=lam, gamma=gamma)
    F = anew.read(maps.weights, causal=True).F.ravel()
    np.testing.assert_allclose(told["F"], F, rtol=0, atol=1e-13)
    rng = np.random.default_rng([SETTING.seed, len(maps), 0])
    draws = compare._draws(len(maps), 16)
    random = np.stack([baselines.random(len(maps), rng, causal=True) for _ in range(draws)])
    expected = F - anew.read(random, causal=True).F.mean()
    np.testing.assert_allclose(told["delta_random_matched"], expected, rtol=0, atol=1e-12)


def test_rows_do_not_hang_on_which_text_came_first(model):
    def read(*texts):
        compare.length_terms.cache_clear()
        compare.heated_terms.cache_clear()
        return {text: compare.measure(model, text, SETTING, len(text)) for text in texts}

    forth, back = read(TEXT, OTHER), read(OTHER, TEXT)
    for text in (TEXT, OTHER):
        for name, values in forth[text].items():
            np.testing.assert_array_equal(values, back[text][name])
    other = compare.measure(model, TEXT, replace(SETTING, seed=1), len(TEXT))
    for name in ("random", "row_shuffled", "entropy_matched"):
        assert (other[f"delta_{name}"] != forth[TEXT][f"delta_{name}"]).any()


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("gauge", ["paper", "released"])
@pytest.mark.parametrize("entropy", [0.55, 0.7, 0.8])
def test_maps_of_equal_entropy_are_those_of_the_baseline(causal, gauge, entropy):
    reader = getattr(Gauge, gauge)()
    rng = np.random.default_rng(7)
    drawn = np.stack(
        [baselines.entropy_matched(13, entropy, rng, causal=causal) for _ in range(300)]
    )
    F = reader.read(drawn, causal=causal).F
    heated = compare.heated_terms(13, causal=causal, seed=0)[gauge]
    density, spread, path = heated.at(np.array(entropy))
    told = density - reader.lam * (spread + reader.gamma * path)
    error = F.std() * np.sqrt(1 / 300 + 1 / len(heated.entropy))
    assert abs(told - F.mean()) < 4 * error + 1e-3


def test_an_entropy_between_two_temperatures_is_met():
    heated = compare.heated_terms(11, causal=True, seed=3)["paper"]
    wanted = np.linspace(0.501, heated.entropy.max(), 31)
    np.testing.assert_allclose(heated.at(wanted)[1], wanted, atol=1e-5)


def test_some_heads_of_each_layer_are_held_against_equal_degrees_the_others_are_not(model):
    setting = replace(SETTING, fitted=13)
    (paper, _) = compare.compared(model.attend(TEXT), setting, 5)
    told = compare.beyond_degrees(paper, setting, 5)["path_delta_soft_configuration"]
    assert np.isfinite(told).sum(axis=1).tolist() == [2] * 6
    again = compare.beyond_degrees(paper, setting, 6)["path_delta_soft_configuration"]
    assert (np.isfinite(told) != np.isfinite(again)).any()


def test_the_calibrated_excess_is_on_average_that_of_the_null(model):
    maps = model.attend(TEXT)
    gauge = Gauge.released()
    expected = np.mean([
        soft_configuration_excess(maps, gauge=gauge, draws=8, refits=4, seed=seed).calibrated
        for seed in range(3)
    ])  # fmt: skip
    one = compare.compared(maps, SETTING, 0)[1]
    told = np.array([
        compare.beyond_degrees(one, SETTING, line)["path_delta_soft_configuration"].mean()
        for line in range(12)
    ])  # fmt: skip
    assert abs(told.mean() - expected) < 4 * told.std(ddof=1) / np.sqrt(12) + 1e-3


def test_random_maps_that_do_not_fit_at_once_are_read_bit_by_bit(monkeypatch):
    def read():
        compare.heated_terms.cache_clear()
        return compare.heated_terms(11, causal=True, seed=0)["released"]

    whole = read()
    for cells in (7 * 11**2, 3 * len(compare.POWERS) * 11**2):
        monkeypatch.setattr(compare, "_CELLS", cells)
        parts = read()
        np.testing.assert_array_equal(parts.entropy, whole.entropy)
        np.testing.assert_array_equal(parts.terms, whole.terms)


def test_graphs_that_do_not_fit_at_once_are_all_fitted(model, monkeypatch):
    (paper, _) = compare.compared(model.attend(TEXT), SETTING, 5)
    monkeypatch.setattr(compare, "_CELLS", 1)
    told = compare.beyond_degrees(paper, SETTING, 5)["path_bias_soft_configuration"]
    assert np.isfinite(told).all()
