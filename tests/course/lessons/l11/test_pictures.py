"""What the pictures of lesson 11 show: a text's layers, and its errors over edges."""

import numpy as np
import pytest

from gedig_edu.course.lessons.l11.edges import edges_of
from gedig_edu.course.lessons.l11.lens import LONGEST, lens_of
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.fewer_edges import on_edges, strongest
from gedig_edu.lab.settling import at_level, settling
from gedig_edu.models import load
from gedig_edu.views.widgets.kept_edges import KeptEdges
from gedig_edu.views.widgets.lens_settling import LensSettling

SHORT = "The boat came home."


@pytest.fixture(scope="module")
def mini():
    return load("gpt2-mini")


def test_the_picture_of_depth_has_the_numbers_of_the_laboratory(mini):
    lens = LensSettling(**lens_of(mini, SHORT))
    for epsilon in (0.1, 1.0):
        lens.epsilon = epsilon
        found = at_level([settling(mini, SHORT)], epsilon)
        shown = [lens.numbers[name] for name in ("depth", "stopped", "random", "fixed", "whole")]
        wanted = [found.depth, *(each.item() for each in found[1:])]
        np.testing.assert_allclose(shown, wanted, atol=1e-5)


def test_a_long_text_is_cut_and_the_last_layer_says_what_the_model_does(mini):
    found = lens_of(mini, EXAMPLE)
    assert len(found["tokens"]) == LONGEST + 1
    likeliest = mini.logits(EXAMPLE)[:LONGEST].argmax(axis=-1)
    assert found["says"][-1] == [mini.tokenizer.decode([int(one)]) for one in likeliest]


def test_the_picture_of_edges_has_the_numbers_of_the_laboratory(mini):
    stream = mini.stream(SHORT)
    kept = KeptEdges(**edges_of(mini, SHORT, 2), more=1, head=3)
    found = on_edges(stream, strongest(stream, keys=2, causal=True), causal=True)
    for name in ("edges", "error", "dropped", "norm_bound", "diameter_bound"):
        assert kept.numbers[name] == pytest.approx(getattr(found, name)[2, 3], rel=1e-4)
