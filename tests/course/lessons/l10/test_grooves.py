"""What the picture of two texts is given is what the model wrote."""

import numpy as np
import pytest

from gedig_edu.course.lessons.l10.grooves import LONGEST, grooves, last_part
from gedig_edu.models import load
from gedig_edu.views.widgets.two_texts import HALF, STRENGTHS, TwoTexts


@pytest.fixture(scope="module")
def model():
    return load("gpt2-mini", backend="numpy")


def test_without_a_track_it_is_the_model_s_own_text_both_times(model):
    found = grooves(model, "The boat came home", tokens=3, seed=2)
    plain = found["written"][HALF]
    assert found["written"][len(STRENGTHS) + HALF] == plain
    own = model.generate("The boat came home", tokens=3, seed=2, temperature_sampling=1.0)
    assert "".join(found["prompt"] + plain) == own
    looks = np.array(found["looks"])
    np.testing.assert_allclose(looks.sum(axis=-1), 1, atol=0.01)
    assert TwoTexts(**found).numbers["first"] is None


@pytest.mark.parametrize("text", ["word " * 90, "猫" * 60])
def test_a_long_text_is_written_on_from_its_end(model, text):
    end = last_part(model, text)
    assert text.endswith(end)
    assert LONGEST - 3 <= len(model.encode(end)) <= LONGEST + 3


@pytest.mark.parametrize("text", ["The", "猫"])
def test_a_short_text_is_taken_whole(model, text):
    assert last_part(model, text) == text
