"""Where the spread of F lies: the mixed model against the analysis of variance by hand."""

import sys

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.mixed import mixed_model


def made(texts, layers, heads, spread, seed=0):
    rng = np.random.default_rng(seed)
    parts = [(1, layers, 1), (1, layers, heads), (texts, 1, 1), (texts, layers, heads)]
    return 0.05 + sum(rng.normal(0, s, size=at) for s, at in zip(spread, parts, strict=True))


def analysis_of_variance(values):
    """Return mean, its error, and the spreads of layers, heads, texts and rest, by hand."""
    texts, layers, heads = values.shape
    mean, of_texts = values.mean(), values.mean(axis=(1, 2))
    of_layers, of_heads = values.mean(axis=(0, 2)), values.mean(axis=0)
    rest = values - of_heads - of_texts[:, None, None] + mean
    layer = texts * heads * of_layers.var(ddof=1)
    head = texts * ((of_heads - of_layers[:, None]) ** 2).sum() / (layers * (heads - 1))
    text = layers * heads * of_texts.var(ddof=1)
    least = (rest**2).sum() / ((texts - 1) * (layers * heads - 1))
    spreads = [
        (layer - head) / (texts * heads), (head - least) / texts,
        (text - least) / (layers * heads), least,
    ]  # fmt: skip
    return mean, np.sqrt((layer + text - least) / values.size), np.sqrt(spreads)


def test_components_are_those_of_the_analysis_of_variance():
    values = made(11, 5, 7, (0.03, 0.04, 0.01, 0.02))
    mean, error, spreads = analysis_of_variance(values)
    found = mixed_model(values)
    assert found.mean == pytest.approx(mean, rel=1e-6)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=1e-3)
    assert [found.layer, found.head, found.text, found.rest] == pytest.approx(spreads, rel=5e-3)


def test_a_component_that_is_not_there_is_found_to_be_nothing():
    found = mixed_model(made(11, 5, 7, (0.0, 0.04, 0.0, 0.02), seed=1))
    assert found.shares["layer"] < 0.05
    assert found.shares["text"] < 0.05
    assert sum(found.shares.values()) == pytest.approx(1.0)


def test_its_unit_is_that_of_the_data():
    values = made(7, 3, 5, (0.03, 0.04, 0.01, 0.02))
    small, large = mixed_model(values), mixed_model(1e6 * values)
    assert large.head == pytest.approx(1e6 * small.head, rel=1e-3)
    assert large.low == pytest.approx(1e6 * small.low, rel=1e-3)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (np.zeros((3, 2)), "at least two of each"),
        (np.zeros((3, 2, 1)), "at least two of each"),
        (np.full((3, 2, 5), np.nan), "0 of its numbers"),
        (np.zeros((3, 2, 5)), "a rest that varies"),
        (np.arange(10.0).reshape(2, 5) + np.arange(3.0).reshape(3, 1, 1), "a rest that varies"),
    ],
)
def test_what_has_no_components_is_refused(values, says):
    with pytest.raises(GedigError, match=says):
        mixed_model(values)


def test_without_statsmodels_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.regression.mixed_linear_model", None)
    with pytest.raises(GedigError, match=r"pip install 'gedig-edu\[experiments\]'"):
        mixed_model(made(3, 2, 5, (0.1, 0.1, 0.1, 0.1)))


def test_numbers_too_few_for_a_fit_are_refused_in_one_sentence():
    with pytest.raises(GedigError, match="give more texts"):
        mixed_model(np.random.default_rng(3).normal(size=(2, 2, 2)))
