"""What the pictures of lesson 11 show: a text's layers, and its errors over edges."""

import numpy as np
import pytest

from gedig_edu.course.lessons.l11.edges import errors_over_edges
from gedig_edu.course.lessons.l11.lens import LONGEST, lens_of
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.settling import at_level, settling
from gedig_edu.models import load
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


def test_errors_fall_with_every_key_and_stay_below_both_bounds(mini):
    found = errors_over_edges(mini, EXAMPLE)
    assert (found.strongest < found.diameter_bound).all()
    assert (found.diameter_bound <= found.norm_bound).all()
    assert (np.diff(found.strongest) < 0).all()
    assert np.isnan(found.nearest[0])
    assert np.isfinite(found.nearest[1:]).all()


def test_a_text_of_two_tokens_has_a_picture(mini):
    found = errors_over_edges(mini, "The boat")
    assert found.keys.tolist() == [1]
    assert list(found.panels())
