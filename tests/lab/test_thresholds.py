"""The experiment `thresholds`: ΔF against random maps wherever an edge begins."""

import numpy as np
import pandas as pd
import pytest

from gedig_edu.lab.experiments import compare
from gedig_edu.lab.experiments.catalogue import find
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.experiments.thresholds import THRESHOLDS, Threshold, measure, random_reading
from gedig_edu.models import load
from gedig_edu.theory import baselines
from gedig_edu.theory.gauge import Gauge
from tests.models import tiny

TEXTS = {3: "a boat came down", 8: "the gate was open , and seven boats came"}
SETTING = Setting(experiment="thresholds", model="tiny", texts="t", seed=5)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    return {kind: load(tiny.save(kind, folder / kind)) for kind in ("gpt2", "bert")}


@pytest.fixture(scope="module")
def rows(models):
    measured = [
        pd.DataFrame(measure(models["gpt2"], text, SETTING, line)).assign(text=line)
        for line, text in TEXTS.items()
    ]
    return pd.concat(measured, ignore_index=True)


@pytest.mark.parametrize("kind", ["gpt2", "bert"])
@pytest.mark.parametrize("masked", ["", "_matched"])
def test_at_quantile_090_the_column_is_that_of_every_experiment(models, kind, masked):
    columns = measure(models[kind], TEXTS[3], SETTING, 3)
    base = compare.measure(models[kind], TEXTS[3], SETTING, 3)
    found = columns[f"delta_random_quantile_0.90{masked}"]
    np.testing.assert_allclose(found, base[f"delta_random{masked}"], atol=1e-12)
    np.testing.assert_allclose(columns["density_quantile_0.90"], base["density"], atol=1e-12)
    assert all((columns[name] == base[name]).all() for name in ("F", "gauge", "layer"))


@pytest.mark.parametrize("gauge", ["paper", "released"])
def test_a_fixed_weight_is_the_same_for_real_and_random_maps(models, rows, gauge):
    model, text = models["gpt2"], TEXTS[8]
    own = getattr(Gauge, gauge)(quantile=None, threshold=0.05)
    maps = model.attend(text)
    drawn = compare.random_maps(len(maps), causal=True, seed=5)
    expected = maps.read(own).F[2, 4] - own.read(drawn, causal=True).F.mean()
    place = {"text": 8, "layer": 2, "head": 4, "gauge": gauge}
    found = rows.set_index(list(place))["delta_random_fixed_0.050_matched"]
    assert found[tuple(place.values())] == pytest.approx(expected, abs=1e-12)


def test_below_every_weight_a_random_map_is_all_edges_and_above_every_one_it_has_none():
    everything = random_reading(Threshold("fixed", 0.0), "paper", 11, causal=False, seed=0)
    nothing = random_reading(Threshold("fixed", 0.999), "paper", 11, causal=False, seed=0)
    assert (everything[1], nothing[1]) == (1, 0)
    gain = (4 - 1) / 4  # of 11 nodes all joined, beside a chain whose mean path is 12/3
    drawn = compare.random_maps(11, causal=False, seed=0)
    entropy = Gauge.paper().read(drawn, causal=False).entropy.mean()
    assert everything[0] == pytest.approx(1 - entropy - 0.5 * gain)
    assert nothing[0] == pytest.approx(-entropy)


def test_the_random_maps_of_one_length_are_the_same_for_every_threshold():
    one, other = (compare.random_maps(7, causal=True, seed=seed) for seed in (0, 0))
    np.testing.assert_array_equal(one, other)
    assert (one[0] != compare.random_maps(7, causal=True, seed=1)[0]).any()
    assert (one[0] != baselines.uniform(7, causal=True)).any()


def test_the_table_has_every_threshold_and_says_what_the_source_says(rows):
    found = find("thresholds").tables(rows)
    told = found["thresholds"].set_index(["gauge", "mask", "kind", "value"])
    assert len(told) == 2 * 2 * len(THRESHOLDS)
    assert told.loc[("released", "none", "fixed", 0.01), "published"] == "-0.147 (BERT)"
    assert told.loc[("released", "matched", "fixed", 0.01), "published"] == ""
    one = told.loc[("paper", "matched", "quantile", 0.5)]
    own = rows[rows["gauge"] == "paper"]
    assert one["delta"] == pytest.approx(own["delta_random_quantile_0.50_matched"].mean(), abs=1e-6)
    assert one["density"] == pytest.approx(own["density_quantile_0.50"].mean(), abs=1e-6)
    assert one["density_random"] == pytest.approx(one["density"], abs=0.02)  # by construction


def test_a_sign_turns_between_two_neighbours(rows):
    made = rows.copy()
    for threshold in THRESHOLDS:
        for masked in ("", "_matched"):
            up = threshold.kind == "quantile" or threshold.value > 0.02
            made[f"delta_random_{threshold.column}{masked}"] = 0.1 if up else -0.2
    flips = find("thresholds").tables(made)["flips"]
    assert len(flips) == 4
    assert set(flips["kind"]) == {"fixed"}
    told = flips[["value", "delta", "next_value", "next_delta"]].drop_duplicates()
    assert told.to_numpy().tolist() == [[0.02, -0.2, 0.05, 0.1]]
    assert flips["clear"].all()


def test_a_sign_that_lies_within_the_interval_is_not_clear(rows):
    made = rows.copy()
    made["delta_random_fixed_0.050"] = np.where(made["head"] == 0, 1.0, -0.199)  # mean 0.0008
    for value in ("0.020", "0.100"):
        made[f"delta_random_fixed_{value}"] = -0.2
    flips = find("thresholds").tables(made)["flips"]
    own = flips[(flips["mask"] == "none") & (flips["kind"] == "fixed")]
    near = own[own["value"].isin([0.02, 0.05])]
    assert len(near) == 4  # in and out again, by both gauges
    assert not near["clear"].any()


def test_texts_are_told_apart_by_length_from_each_power_of_two_on(rows):
    told = find("thresholds").tables(rows)["lengths"]
    lengths = rows.groupby("text")["tokens"].first()
    expected = sorted({1 << (int(length).bit_length() - 1) for length in lengths})
    assert sorted(set(told["tokens_from"])) == expected
    assert len(expected) == 2
    assert (told["tokens_below"] == 2 * told["tokens_from"]).all()
    assert (told["texts"] == 1).all()
