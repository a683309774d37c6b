"""A decoder heated beforehand: its numbers, its nearest point, and what it wrote."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.heated_model import TEMPERATURES, HeatedModel

WRITTEN = [f"The old clock {place}" for place in range(13)]


@pytest.fixture
def heated():
    losses = np.array([np.arange(13.0), 20 - np.arange(13.0)])
    losses[:, 4] = 1.0
    return HeatedModel(losses, WRITTEN, prompt="The old clock")


def test_numbers_are_the_mean_over_texts(heated):
    numbers = heated.numbers
    assert numbers["loss"] == pytest.approx(10.0)
    assert numbers["extra"] == 0
    assert numbers["best"] == pytest.approx(TEMPERATURES[4])
    heated.chosen = 4
    assert heated.numbers["extra"] == pytest.approx(1.0 - 10.0)


def test_temperatures_span_half_a_decade_on_each_side_of_the_trained_one():
    assert len(TEMPERATURES) == 13
    assert TEMPERATURES[6] == 1.0
    assert TEMPERATURES[-1] == pytest.approx(1 / TEMPERATURES[0]) == pytest.approx(10**0.5)


def test_a_temperature_between_two_points_takes_the_nearer(heated):
    heated.temperature = 2.0
    assert heated.temperature == pytest.approx(10 ** (4 / 12))
    heated.temperature = 1e9
    assert heated.chosen == 12


def test_sentence_holds_what_the_model_wrote(heated):
    heated.chosen = 2
    assert "The model writes: The old clock 2" in heated.sentence
    assert "T = 0.464" in heated.sentence


@pytest.mark.parametrize(
    ("losses", "written"),
    [(np.zeros((2, 12)), WRITTEN), (np.zeros(13), WRITTEN), (np.zeros((1, 13)), WRITTEN[:5])],
)
def test_what_does_not_fit_the_thirteen_temperatures_is_refused(losses, written):
    with pytest.raises(GedigError, match="give"):
        HeatedModel(losses, written)
