"""Axes as a picture's bytes: what they hold, and what they do not."""

import io

import pytest
from matplotlib import pyplot as plt
from PIL import Image

from gedig_edu.views.picture import png, subplots


def small_axes():
    _figure, ax = plt.subplots(figsize=(2, 1))
    ax.set_label("Nothing yet.")
    return ax


def test_a_figure_says_what_its_axes_show():
    figure, (left, right) = subplots(1, 2)
    assert repr(figure).startswith("<")  # nothing is drawn, so there is nothing to say
    left.set_label("On the left.")
    right.set_label("On the right.")
    assert repr(figure) == "On the left. On the right."


@pytest.mark.parametrize("dpi", [None, 50])
def test_a_picture_names_no_address(dpi):
    picture = png(small_axes(), dpi=dpi)
    assert b"://" not in picture
    assert "Software" not in Image.open(io.BytesIO(picture)).info
