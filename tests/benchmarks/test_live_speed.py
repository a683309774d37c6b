"""How soon the live lesson answers: 64 tokens on the bundled model."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import cycle

import numpy as np
import pytest

from gedig_edu import models
from gedig_edu.lab.live import live
from gedig_edu.theory.comparison import BASELINES
from gedig_edu.theory.gauge import Gauge, warm_up
from gedig_edu.theory.maps import AttentionMaps

pytestmark = pytest.mark.benchmark

TEXT = (
    "When the ship came into the harbour the captain stood on the deck and looked at the town, "
    "and the town looked back at the ship, and nobody said a word until the evening bell had rung "
    "for the second time and the lamps were lit along the quay, one after another to the sea."
)


@pytest.fixture(scope="module")
def maps():
    """The bundled model's maps of 64 tokens: the leading block of a longer text's, being causal."""
    warm_up()
    whole = models.load("gpt2-mini").attend(TEXT)
    kept = slice(64)
    return AttentionMaps(
        tokens=whole.tokens[kept],
        weights=whole.weights[..., kept, kept].copy(),
        causal=whole.causal,
        special=whole.special[kept],
        offsets=whole.offsets[kept],
        model=whole.model,
    )


@pytest.fixture(scope="module")
def reading(maps):
    return live(maps, gauge=Gauge.paper())


def median_ms(answer: Callable[[], object], times: int = 41) -> float:
    """Return the median of the milliseconds that an answer takes."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        answer()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def test_weights_of_the_terms_change_within_5_ms(reading):
    values = cycle(np.linspace(0.1, 2.0, 17))

    def answer():
        changed = reading.combine(lam=next(values), gamma=next(values))
        return changed.table(), changed.summary()

    taken = median_ms(answer)
    assert taken < 5, f"{taken:.2f} ms"


def test_a_change_of_baseline_takes_less_than_5_ms(reading):
    names = cycle(BASELINES)
    matched = cycle([True, False, True])
    taken = median_ms(lambda: reading.delta(next(names), matched=next(matched)))
    assert taken < 5, f"{taken:.2f} ms"


def test_a_change_of_the_quantile_takes_less_than_30_ms(maps):
    quantiles = cycle(np.linspace(0.5, 0.95, 19))
    taken = median_ms(lambda: live(maps, gauge=Gauge.paper(quantile=next(quantiles))))
    assert len(maps) == 64
    assert taken < 30, f"{taken:.1f} ms with every baseline, masked and not"
