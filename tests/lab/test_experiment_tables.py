"""What the tables of experiments say of rows whose answer is known, and of a few real lines."""

import numpy as np
import pandas as pd
import pytest

from gedig_edu.course import intervals
from gedig_edu.course.lessons.l06.published import LENGTHS
from gedig_edu.course.lessons.l06.published import PUBLISHED as COLUMNS
from gedig_edu.lab import runner
from gedig_edu.lab.experiments import compare, fingerprint, layers, table2
from gedig_edu.lab.experiments.length import CUTS
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.experiments.summary import means, read_columns
from gedig_edu.lab.passages import Passage, cut
from gedig_edu.lab.statistics import paired
from gedig_edu.models import load
from gedig_edu.theory.gauge import Gauge

LINES = [
    "= = Early life = =",
    "She was born in a small village by the sea , where her father kept a shop .",
    "The river had risen in the night – – – and the bridge , which nobody had mended , was gone .",
    "No one said a word until the old man , who had seen it before , laughed .",
]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Return a function that runs an experiment on the lines, and gives its rows and tables."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "lines.txt").write_text("\n".join(LINES), encoding="utf-8")
    kept = {}

    def run(experiment, **more):
        if experiment not in kept:
            setting = Setting(
                experiment=experiment, model="gpt2-mini", texts=str(folder / "lines.txt"), **more
            )
            out = runner.run(setting, folder / experiment).out
            tables = {path.stem: pd.read_csv(path) for path in (out / "tables").iterdir()}
            kept[experiment] = pd.read_parquet(out / "rows.parquet"), tables
        return kept[experiment]

    return run


def made(columns, *, texts=11, layers=3, heads=5):
    """Return rows of both gauges, columns given by functions of text, layer and head."""
    text, layer, head = (x.ravel() for x in np.indices((texts, layers, heads)))
    rows = pd.DataFrame({"text": text, "layer": layer, "head": head, "tokens": 20 + text})
    rows = rows.assign(**{name: of(text, layer, head) for name, of in columns.items()})
    return pd.concat([rows.assign(gauge=name) for name in ("paper", "released")])


def test_cohen_s_d_of_table_2_has_the_interval_that_a_draw_by_draw_bootstrap_gives():
    rng = np.random.default_rng(3)
    F = rng.normal(-0.4, 0.05, (11, 3, 5)) + rng.normal(0, 0.05, (3, 5))
    delta = F + rng.normal(0.5, 0.02, F.shape)
    columns = {"F": F} | {
        f"delta_{name}{ending}": delta for name in compare.AGAINST for _, ending in table2.MASKS
    }
    for name in ("delta", "bias", "placebo"):
        columns[f"path_{name}_soft_configuration"] = np.zeros(F.shape)
    rows = made({name: lambda *at, of=of: of[at] for name, of in columns.items()})
    table = table2.tables(rows)["table2"].set_index(["gauge", "against", "mask"])
    told = table.loc["released", "random", "none"]
    effect = paired(F, F - delta)
    for kind in ("d", "d_z"):
        expected = intervals.over_heads(
            lambda *pair, k=kind: getattr(paired(*pair), k), F, F - delta
        )
        assert told[kind] == pytest.approx(getattr(effect, kind), abs=1e-5)
        ends = told[[f"{kind}_low", f"{kind}_high"]].to_numpy()
        width = expected[2] - expected[1]
        np.testing.assert_allclose(ends, expected[1:], atol=0.15 * width)
    assert table.loc["released", "random", "none"].d_low < told.d < told.d_high


def test_the_mean_of_table_2_is_that_of_its_rows(ran):
    rows, tables = ran("table2")
    table = tables["table2"].set_index(["gauge", "against", "mask"])
    for gauge, part in rows.groupby("gauge"):
        for name in compare.AGAINST:
            delta = part[f"delta_{name}_matched"]
            told = table.loc[gauge, name, "matched"]
            assert told["delta"] == pytest.approx(delta.mean(), abs=1e-6)
            assert told["delta_low"] <= told["delta"] <= told["delta_high"]
            assert told["share_positive"] == pytest.approx((delta > 1e-12).mean(), abs=1e-6)
            assert told["d_z"] == pytest.approx(delta.mean() / delta.std(), abs=1e-5)


def test_published_means_stand_beside_those_without_a_mask(ran):
    table = ran("table2")[1]["table2"]
    local = table[(table["against"] == "local") & (table["gauge"] == "released")]
    beside = local.set_index("mask")["published_llama_3"]
    assert beside["none"] == 0.190
    assert np.isnan(beside["matched"])


def test_heads_that_were_not_fitted_do_not_count():
    def at_head_2(value):
        return lambda _text, _layer, head: np.where(head == 2, value, np.nan)

    values = {"delta": 0.25, "bias": 0.0, "placebo": 0.0}
    columns = {f"path_{n}_soft_configuration": at_head_2(value) for n, value in values.items()}
    told = table2._degrees(made(columns)).set_index(["gauge", "path_term"])
    for name in ("plain", "calibrated", "above_placebo"):
        assert told.loc[("paper", name)].tolist() == [0.25] * 3
    assert told.loc[("released", "bias")].tolist() == [0.0] * 3


def test_an_interval_is_as_wide_as_the_spread_of_heads_asks_for():
    rng = np.random.default_rng(0)
    heads = rng.normal(size=(1, 7, 31)) * np.ones((101, 1, 1))
    told = means({"F": heads})["F"]
    assert told.high - told.low == pytest.approx(4 / np.sqrt(7 * 31), rel=0.2)


def test_layers_that_rise_have_rank_correlation_1_and_their_step_is_found():
    flat = dict.fromkeys(
        ("path_gain", "delta_random", "delta_random_matched"), lambda _t, layer, _h: 0.0 * layer
    )
    levels = {"F": lambda _text, layer, _head: -0.5 + 0.01 * layer + 0.1 * (layer > 0)}
    rising = made(levels | flat, layers=7)
    tables = layers.tables(rising)
    F = tables["depth"].query("of == 'F'")
    assert F["rho"].tolist() == [1.0] * 4
    assert sorted(set(F["from_layer"])) == [0, 1]
    step = tables["steps"].query("of == 'F'").iloc[0]
    assert step["first_step"] == pytest.approx(0.11)
    assert step["first_less_later"] == pytest.approx(0.10)
    assert step["change_after"] == 0
    level = tables["layers"].query("gauge == 'paper' and layer == 3").iloc[0]
    assert level[["F", "F_low", "F_high", "median"]].tolist() == pytest.approx([-0.37] * 4)
    assert level["published_bert"] == -0.25


def test_f_without_paths_is_f_with_gamma_0(ran):
    rows, tables = ran("layers")
    released = rows[rows["gauge"] == "released"]
    read = Gauge.released().lam * released["entropy"]
    expected = (released["density"] - read).groupby(released["layer"]).mean()
    told = tables["layers"].query("gauge == 'released'").set_index("layer")["F_without_paths"]
    np.testing.assert_allclose(told, expected, atol=1e-6)


def test_parts_sum_to_delta_and_shares_to_one(ran):
    table = ran("decomposition")[1]["decomposition"]
    parts = table[["density", "entropy", "path"]].sum(axis=1)
    np.testing.assert_allclose(parts, table["delta"], atol=3e-6)
    clear = (table["delta_low"] > 0) | (table["delta_high"] < 0)
    assert set(clear) == {True, False}
    shares = table[clear][["density_share", "entropy_share", "path_share"]].sum(axis=1)
    np.testing.assert_allclose(shares, 1, atol=1e-5)
    assert table.loc[~clear, "entropy_share"].isna().all()


def test_the_columns_at_the_lengths_of_short_lines_are_those_of_table_2():
    names = ("random", "uniform", "local", "diagonal")
    given = {"causal": False, "seed": 0}
    terms = np.array([
        [compare.length_terms(name, length, "released", **given) for name in names]
        for length in LENGTHS
    ])  # fmt: skip
    gaps = (terms[:, :1] - terms[:, 1:]).mean(axis=0)
    script = fingerprint.differences(gaps, 0.5, 0.5)
    np.testing.assert_allclose(script, COLUMNS, atol=0.01)
    np.testing.assert_allclose(fingerprint.PUBLISHED["llama_3"], COLUMNS, atol=1e-12)
    for lam in (0.5, 1.0):
        _, gamma = fingerprint.fit_gamma(gaps, COLUMNS, lam)
        assert 0.2 < lam * gamma < 0.32


def test_the_fingerprint_of_rows_is_that_of_their_lengths(ran):
    rows, tables = ran("fingerprint")
    for gauge in ("paper", "released"):
        reader = getattr(Gauge, gauge)()
        table = tables["columns"].query(f"gauge == '{gauge}' and lam == {reader.lam}")
        part = rows[rows["gauge"] == gauge]
        for row in table.itertuples():
            gap = (part[f"delta_{row.random_less}"] - part["delta_random"]).mean()
            assert row.difference == pytest.approx(gap, abs=2e-6)


def test_the_scan_holds_the_gauges_own_lambda(ran):
    rows, tables = ran("lambda_scan")
    paper = rows[rows["gauge"] == "paper"]
    row = tables["lambda_scan"].query("gauge == 'paper' and lam == 1.0 and gamma == 0.5").iloc[0]
    assert row["F"] == pytest.approx(paper["F"].mean(), abs=1e-6)
    expected = paper["delta_random_matched"].mean()
    assert row["delta_random_matched"] == pytest.approx(expected, abs=1e-6)


def test_a_cut_text_has_the_f_of_the_text_that_ends_there(ran):
    rows, tables = ran("length")
    model = load("gpt2-mini")
    maps = model.attend(LINES[1])
    begun = np.tril(maps.weights[..., :16, :16])
    F = Gauge.released().read(begun, causal=True).F.ravel()
    part = rows[(rows["gauge"] == "released") & (rows["text"] == 1)]
    np.testing.assert_allclose(part["F_16"], F, atol=1e-6)
    assert part[f"F_{CUTS[-1]}"].isna().all()
    table = tables["length"]
    assert table.query("tokens == 16")["texts"].tolist() == [3, 3]
    assert "same_texts" not in tables  # fewer than 30 texts


def test_a_cut_takes_a_character_of_several_tokens_out_as_a_whole():
    tokenizer = load("gpt2-mini").tokenizer
    text = "It rained \u2014 \U0001f327\U0001f327\U0001f327 all day"
    for most in range(1, len(tokenizer.encode(text)) + 1):
        shorter = cut(Passage(0, text), most, tokenizer).text
        assert len(tokenizer.encode(shorter)) <= most
        assert text.startswith(shorter)


@pytest.mark.parametrize(
    "experiment", ["table2", "layers", "decomposition", "fingerprint", "lambda_scan", "length"]
)
def test_one_text_is_enough_for_every_table(tmp_path, experiment):
    (tmp_path / "one.txt").write_text("Nobody came.", encoding="utf-8")
    setting = Setting(experiment=experiment, model="gpt2-mini", texts=str(tmp_path / "one.txt"))
    out = runner.run(setting, tmp_path / "run").out
    rows = pd.read_parquet(out / "rows.parquet")
    assert len(rows) == 6 * 6 * 2
    assert (read_columns(rows[rows["gauge"] == "paper"], ["F"])["F"] < 0).all()
    assert (out / "tables" / "sample.csv").is_file()
