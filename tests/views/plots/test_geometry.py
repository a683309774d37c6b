"""Plots of geometry, judged by their artists and their words."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from gedig_edu.views.plots import geometry as plots
from tests.views.names import crossed

LAYERS, HEADS, LENGTH = 5, 3, 7


@pytest.fixture
def norms():
    rng = np.random.default_rng(0)
    return 2 + rng.random((LAYERS, HEADS)), 20 + rng.random((LAYERS, HEADS))


def test_every_head_has_a_dot_for_its_queries_and_one_for_its_keys(norms):
    q, k = norms
    ax = plots.head_norms(q, k, d=64)
    dots = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_allclose(dots["‖q‖"], q.ravel())
    np.testing.assert_allclose(dots["‖k‖"], k.ravel())
    assert ax.get_yscale() == "log"


def test_norms_are_held_against_one_and_the_root_of_d(norms):
    ax = plots.head_norms(*norms, d=64)
    levels = {line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == ":"}
    assert levels == {1.0, 8.0}


def test_norms_in_words_give_range_and_median(norms):
    q, k = np.ones((1, 3)), np.array([[2.0, 4.0, 16.0]])
    said = plots.head_norms(q, k, d=4).get_label()
    assert "3 heads" in said
    assert "‖k‖ from 2.00 to 16.0, median 4.00" in said


def test_score_matrix_has_zero_in_the_middle_and_shares_a_scale_if_asked():
    scores = np.array([[1.0, -3.0], [2.0, 1.5]])
    own = plots.score_matrix(scores, title="before").images[0].norm
    shared = plots.score_matrix(scores, title="after", limit=5.0).images[0].norm
    assert (own.vmin, own.vmax) == (-3.0, 3.0)
    assert (shared.vmin, shared.vmax) == (-5.0, 5.0)


def test_score_matrix_in_words_says_how_far_it_is_from_toeplitz():
    said = plots.score_matrix(np.array([[1.0, -3.0], [2.0, 1.5]]), title="before").get_label()
    assert said.startswith("before: 2 queries by 2 keys")
    assert "differ by up to 0.500" in said


def test_law_errors_have_their_names_beside_their_lines_not_on_the_level():
    positions = np.geomspace(1, 1e7, 100)
    errors = {"float32": 1e-8 * positions**0.8, "bfloat16": np.minimum(2e-4 * positions**0.5, 0.1)}
    assert crossed(plots.law_errors(positions, errors, level=1e-3)) == []


def test_law_errors_name_where_each_line_crosses_the_level():
    positions = np.array([1, 10, 100, 1000])
    errors = {"exact": np.zeros(4), "rough": np.array([1e-5, 1e-4, 1e-2, 1e-1])}
    ax = plots.law_errors(positions, errors, level=1e-3)
    assert "exact: 0 at position 1000, never above 0.001" in ax.get_label()
    assert "rough: 0.1 at position 1000, above 0.001 from position 100 on" in ax.get_label()
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.texts] == ["exact", "rough"]


def test_decay_draws_each_curve_and_says_its_ends():
    distances = np.arange(LENGTH)
    ax = plots.decay(distances, {"aligned": np.linspace(1, 0.25, LENGTH)})
    (curve,) = (line for line in ax.lines if line.get_label() == "aligned")
    np.testing.assert_array_equal(curve.get_xdata(), distances)
    assert "aligned: 1.00 at the smallest distance, 0.250 at the largest" in ax.get_label()


def test_strengths_draw_a_line_for_each_kind_of_head_and_say_its_fastest_and_strongest_pair():
    shares = {"back": np.array([0.5, 0.375, 0.125]), "others": np.array([0.25, 0.125, 0.625])}
    ax = plots.strengths(np.array([6.0, 60.0, 600.0]), shares)
    assert [line.get_label() for line in ax.lines] == ["back", "others"]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), shares["others"])
    assert ax.get_xscale() == "log"
    assert "back: 0.500 of the strength in the fastest pair, a turn in 6 tokens" in ax.get_label()
    assert "most, 0.625, in a pair with a turn in 600." in ax.get_label()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plots_draw_into_the_axes_they_are_given(norms, theme):
    draws = (
        lambda ax: plots.head_norms(*norms, d=32, theme=theme, ax=ax),
        lambda ax: plots.score_matrix(np.eye(3), title="I", theme=theme, ax=ax),
        lambda ax: plots.law_errors(
            np.array([1, 2]), {"a": np.ones(2)}, level=1, theme=theme, ax=ax
        ),
        lambda ax: plots.decay(np.array([1, 2]), {"a": np.ones(2)}, theme=theme, ax=ax),
        lambda ax: plots.strengths(np.array([1, 2]), {"a": np.ones(2)}, theme=theme, ax=ax),
    )
    for draw in draws:
        _, ax = plt.subplots()
        before = len(plt.get_fignums())
        assert draw(ax) is ax
        assert ax.get_label()
        assert len(plt.get_fignums()) == before
