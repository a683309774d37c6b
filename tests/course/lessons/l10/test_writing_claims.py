"""What the claims of lesson 10 are measured by can come out either way."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import rankdata

from gedig_edu.course.claims import run
from gedig_edu.course.evidence import Verdict
from gedig_edu.course.lessons.l10 import writing
from gedig_edu.models import load


def test_the_area_is_the_chance_that_a_large_one_ranks_above_a_small_one():
    values = np.array([[0.1, 0.4, 0.35, 0.8]])
    large = np.array([[False, False, True, True]])
    assert writing._area(rankdata(values, axis=1), large) == pytest.approx(3 / 4)
    assert writing._area(rankdata(-values, axis=1), large) == pytest.approx(1 / 4)


def test_rows_by_chance_are_foretold_by_their_last_step_and_not_by_what_is_carried():
    """What has left its mean returns to it: shifted in time is no control alone."""
    by_chance = softmax(3 * np.random.default_rng(0).normal(size=(40, 90, 90)), axis=-1)
    whole, shifted, last, place = writing._foretold(by_chance)
    assert whole > shifted + 0.1
    assert whole < last
    assert place == pytest.approx(0.5, abs=0.05)


def test_words_said_again_are_counted_in_the_second_half():
    one = SimpleNamespace(written=("a",) * 20 + ("a", "b") * 10)
    other = SimpleNamespace(written=("b",) * 20)
    assert writing._again(one, one) == 0.5
    assert writing._again(one, other) == 0.5
    assert writing._again(other, one) == 0


def test_known_fields_are_found_on_the_bundled_models_own_maps():
    errors = writing.recovered_from(load("gpt2-mini"))
    assert errors.shape == (6, 3)
    assert errors.max() < 0.1
    assert np.ptp(errors[:, 0]) > 1e-4  # each head has fields of its own


def test_the_carry_over_closes_a_gap_with_its_sign_turned_alone():
    (evidence,) = run(["10.carry"], model="none of these needs a model")
    assert evidence.verdict == Verdict.HOLDS_IF
    turned, source = evidence.readings
    assert turned.low > 0 > source.high


def test_a_representation_is_found_again_where_what_is_written_contracts():
    (evidence,) = run(["10.invert"], model="none of these needs a model")
    assert evidence.verdict == Verdict.HOLDS_IF
