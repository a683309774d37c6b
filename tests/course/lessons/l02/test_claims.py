"""What lesson 02 says of rotary positions, held to numbers."""

import numpy as np
import pytest

from gedig_edu.course.claims import run
from gedig_edu.course.evidence import Verdict
from gedig_edu.lab.geometry import law_error
from gedig_edu.theory.rope import frequencies


def readings(name):
    (evidence,) = run([name], model="none of these needs a model")
    return evidence, {reading.name: reading for reading in evidence.readings}


def test_random_scores_do_not_change_with_distance_once_their_ratios_are_pooled():
    evidence, read = readings("02.decay")
    assert evidence.verdict is Verdict.HOLDS_IF
    assert read["random"].low < 1.0 < read["random"].high
    assert read["aligned"].high < 0.5


def test_no_mode_around_the_softmax_is_massless_and_a_shift_breaks_nothing():
    evidence, read = readings("02.zero_mode")
    assert evidence.verdict is Verdict.DOES_NOT_HOLD
    assert read["mass"].value == pytest.approx(1.0, abs=1e-5)  # the temperature
    assert read["moved"].value < 1e-9


def test_a_position_is_one_angle_for_each_pair_and_not_one_for_all():
    evidence, read = readings("02.angles")
    assert evidence.verdict is Verdict.HOLDS_IF
    assert read["own"].value < 1e-9 < 1.0 < read["common"].value


def test_in_float32_pair_0_is_exact_and_pair_1_the_worst():
    places = np.arange(990_000, 1_000_001)[:, None]
    single = places.astype(np.float32) * frequencies(64).astype(np.float32)
    off = np.abs(single - places * frequencies(64)).max(axis=0)
    assert off[0] == 0.0
    assert off.argmax() == 1
    assert off[1] == pytest.approx(0.039, abs=1e-3)


def test_bfloat16_angles_lose_the_law_after_about_twenty_tokens():
    read = law_error(np.arange(1, 100), angles="bfloat16", vectors="bfloat16")
    assert 10 < read.first_above(1e-3) < 30
