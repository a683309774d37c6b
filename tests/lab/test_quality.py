"""The experiment `quality`: what the model loses without each head, beside the head's F."""

import numpy as np
import pandas as pd
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.experiments import ranks
from gedig_edu.lab.experiments.catalogue import find
from gedig_edu.lab.experiments.quality import chosen_heads, measure, tables
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.models import load
from tests.models import tiny

TEXTS = {3: "a boat came down", 8: "the gate was open", 9: "seven carried grain"}


def setting(**options):
    return Setting(experiment="quality", model="tiny", texts="t", **options)


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch):
    monkeypatch.setattr(ranks, "RESAMPLES", 30)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    return {kind: load(tiny.save(kind, folder / kind)) for kind in ("llama", "bert")}


@pytest.fixture(scope="module")
def rows(models):
    measured = [
        pd.DataFrame(measure(models["llama"], text, setting(heads=2), line)).assign(text=line)
        for line, text in TEXTS.items()
    ]
    return pd.concat(measured, ignore_index=True)


@pytest.mark.parametrize("way", ["zero", "mean"])
def test_each_rise_is_the_loss_without_that_head_less_the_whole_one(models, way):
    model, text = models["llama"], TEXTS[3]
    columns = measure(model, text, setting(), 3)
    whole = model.next_token_loss(text)
    np.testing.assert_allclose(columns["loss"], whole)
    expected = [
        model.next_token_loss(text, ablate={(layer, head): way}) - whole
        for layer, head in zip(columns["layer"], columns["head"], strict=True)
    ]
    np.testing.assert_allclose(columns[f"rise_{way}"], expected, atol=2e-6)
    assert np.abs(expected).max() > 1e-4


def test_of_some_heads_the_rises_are_what_they_are_of_all(models):
    every = measure(models["llama"], TEXTS[3], setting(), 3)
    some = measure(models["llama"], TEXTS[3], setting(heads=2), 3)
    known = np.isfinite(some["rise_zero"])
    assert known.sum() == 2 * 2 * models["llama"].layers  # by both gauges
    np.testing.assert_allclose(some["rise_zero"][known], every["rise_zero"][known], atol=2e-6)
    np.testing.assert_array_equal(known, np.isfinite(some["rise_mean"]))


def test_which_heads_go_hangs_on_line_and_seed_alone_and_over_lines_each_has_its_turn():
    one = chosen_heads(5, 7, setting(heads=3), line=11)
    np.testing.assert_array_equal(one, chosen_heads(5, 7, setting(heads=3), line=11))
    assert all(len(set(layer)) == 3 for layer in one.tolist())
    assert (one != chosen_heads(5, 7, setting(heads=3, seed=1), line=11)).any()
    over = np.stack([chosen_heads(5, 7, setting(heads=3), line=line) for line in range(203)])
    counts = np.stack([(over == head).sum(axis=(0, 2)) for head in range(7)])
    assert counts.min() > 60  # 87 on average, and 7 either way
    assert counts.max() < 115


@pytest.mark.parametrize("heads", [None, 7, 50])
def test_more_heads_than_there_are_is_all_of_them(heads):
    found = chosen_heads(2, 7, setting(heads=heads), line=0)
    np.testing.assert_array_equal(found, np.tile(np.arange(7), (2, 1)))


def test_an_encoder_is_refused_in_one_sentence(models):
    with pytest.raises(GedigError, match=r"needs a decoder and .* is an encoder"):
        measure(models["bert"], TEXTS[3], setting(), 3)


def test_a_single_token_has_nothing_to_predict(models):
    with pytest.raises(GedigError, match="at least two tokens"):
        measure(models["llama"], "a", setting(), 3)


def test_the_tables_hold_both_ways_both_gauges_and_each_head(rows, models):
    found = find("quality").tables(rows)
    assert found.keys() == {"quality", "removal", "heads", "sample"}
    told = found["quality"]
    assert len(told) == 2 * 2 * 3
    assert (told["rho_low"] <= told["rho_high"]).all()
    assert found["sample"]["texts"].tolist() == [len(TEXTS)]
    assert found["removal"]["removals_a_head"].tolist() == pytest.approx([1, 1])  # 3 texts, 2 of 6
    assert len(found["heads"]) == models["llama"].layers * models["llama"].heads


def test_where_a_heads_rise_is_its_f_the_correlation_is_1(rows):
    made = rows.assign(rise_zero=rows["F"], rise_mean=-rows["F"])
    told = tables(made)["quality"].set_index(["way", "gauge", "term"])["rho"]
    assert told["zero", "paper", "F"] == pytest.approx(1)
    assert told["mean", "paper", "F"] == pytest.approx(-1)


def test_a_heads_row_holds_its_means_over_texts(rows):
    one = tables(rows)["heads"].set_index(["layer", "head"]).loc[1, 4]
    own = rows[(rows["layer"] == 1) & (rows["head"] == 4)]
    assert one["rise_zero"] == pytest.approx(own["rise_zero"].mean(), abs=1e-6, nan_ok=True)
    paper = own[own["gauge"] == "paper"]
    assert one["F_paper"] == pytest.approx(paper["F"].mean(), abs=1e-6)
