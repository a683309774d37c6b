"""What the live page says of F and the length of a sentence, on the bundled model."""

import numpy as np
import pytest

from gedig_edu.course.sentences import PROSE
from gedig_edu.models import load
from gedig_edu.models.registry import BUNDLED
from gedig_edu.theory.gauge import Gauge


@pytest.fixture(scope="module")
def sentences():
    """Give the maps of each sentence's first seven words, and of all its words."""
    model = load(BUNDLED)
    return [[model.attend(text) for text in (" ".join(one.split()[:7]), one)] for one in PROSE]


def means(sentences, gauge):
    return np.array([
        [gauge.read(maps.weights, causal=maps.causal).F.mean() for maps in both]
        for both in sentences
    ])  # fmt: skip


def test_by_the_papers_formula_f_falls_with_length(sentences):
    mean_F = means(sentences, Gauge.paper())
    lengths = np.array([[len(maps) for maps in both] for both in sentences])
    assert (mean_F[:, 1] < mean_F[:, 0]).all()
    assert np.corrcoef(lengths[:, 1], mean_F[:, 1])[0, 1] < -0.9


def test_by_the_scripts_formula_f_changes_with_length_too(sentences):
    begun, whole = means(sentences, Gauge.released()).T
    assert (whole > begun).all()
