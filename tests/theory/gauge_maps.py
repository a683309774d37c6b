"""Maps that several tests of the gauge read, and how readings are compared."""

import dataclasses

import numpy as np

from gedig_edu.theory.gauge import Reading

FIELDS = [field.name for field in dataclasses.fields(Reading) if field.name != "engine"]


def probe(length, *, causal):
    i, j = np.indices((length, length))
    weights = np.exp(-((i - j) ** 2) / 4) + 0.3 * (j == 0) + 0.01 * ((7 * i + 3 * j) % 11)
    weights = np.tril(weights) if causal else weights
    return weights / weights.sum(axis=1, keepdims=True)


def softmax_maps(rng, shape, *, causal=False, spread=2.0):
    scores = rng.normal(size=shape) * spread
    if causal:
        scores[..., ~np.tri(shape[-1], dtype=bool)] = -np.inf
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def assert_same(reading, other, atol=0.0):
    for name in FIELDS:
        np.testing.assert_allclose(
            getattr(reading, name), getattr(other, name), rtol=0, atol=atol, err_msg=name
        )
