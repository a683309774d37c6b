"""H1 as a table: the differences are those of the single readings, text by text."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.hypotheses import h1_summary, h1_table
from gedig_edu.lab.live import live
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps


def causal_maps(seed, *, layers=2, heads=3, length=13):
    weights = np.tril(np.random.default_rng(seed).exponential(size=(layers, heads, length, length)))
    weights /= weights.sum(axis=-1, keepdims=True)
    return AttentionMaps(
        tokens=tuple("abcdefghijklm"), weights=weights.astype(np.float32), causal=True,
        special=np.zeros(length, dtype=bool), offsets=np.zeros((length, 2), dtype=int),
        model="made by hand",
    )  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return h1_table([causal_maps(1), causal_maps(2)], seed=5)


def test_every_head_of_every_text_has_a_row(table):
    assert len(table) == 2 * 2 * 3
    assert table.notna().all().all()


def test_the_second_text_is_read_with_its_own_draws(table):
    reading = live(causal_maps(2), gauge=Gauge.released(), seed=6)
    second = table[table["text"] == 1]
    for name in ("random", "uniform", "row_shuffled"):
        assert second[f"delta_{name}"].to_numpy() == pytest.approx(reading.delta(name).ravel())
    matched = reading.delta("diagonal", matched=True).ravel()
    assert second["delta_diagonal_matched"].to_numpy() == pytest.approx(matched)


def test_a_summary_keeps_layers_apart(table):
    whole, by_layer = h1_summary(table), h1_summary(table, by="layer")
    assert whole.loc["random", "count"] == 12
    assert by_layer.loc[(1, "random"), "count"] == 6
    both = by_layer.xs("uniform", level="baseline")["mean"].mean()
    assert whole.loc["uniform", "mean"] == pytest.approx(both)


def test_no_text_is_refused():
    with pytest.raises(GedigError, match="at least one"):
        h1_table([])
