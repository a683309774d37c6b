"""The picture of a floating centre is given a text's own distances."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from gedig_edu.course.lessons.l10.centre import LONGEST, path_of
from gedig_edu.models import load
from gedig_edu.views.widgets.floating_centre import FloatingCentre


@pytest.fixture(scope="module")
def model():
    return load("gpt2-mini", backend="numpy")


def test_a_turn_keeps_every_distance(model):
    text = "The boat came home late"
    x = model.stream(text).states[-1].astype(float)
    x /= np.linalg.norm(x, axis=-1, keepdims=True)
    found = path_of(model, text)["states"]
    np.testing.assert_allclose(pdist(found), pdist(x), atol=1e-9)
    spread = found.var(axis=0)
    assert (np.diff(spread) <= 1e-12).all()


@pytest.mark.parametrize("text", ["The sea", "猫", "word " * 40])
def test_a_short_text_and_a_long_one_can_be_drawn(model, text):
    shown = FloatingCentre(**path_of(model, text))
    assert 2 <= len(shown.tokens) <= LONGEST
    assert max(shown.numbers["tensions"]) < 2
