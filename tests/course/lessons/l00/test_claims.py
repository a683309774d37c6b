import numpy as np
import pytest

from gedig_edu.course import context
from gedig_edu.course.claims import run
from gedig_edu.course.evidence import Verdict
from gedig_edu.course.lessons.l00.measures import _others, _readings
from gedig_edu.models import load
from tests.models import tiny


def scores(**values):
    """Return the same score for every list and head, by name."""
    return {name: np.full((5, 2, 3), value) for name, value in values.items()}


def test_what_is_lost_is_a_share_of_the_whole_beyond_each_control():
    read = _readings(scores(whole=0.8, keys=0.2, queries=0.6, others=0.7), writers=2, readers=3)
    numbers = {reading.name: reading.value for reading in read}
    assert numbers["keys"] == pytest.approx(0.75)  # (0.8 - 0.2) / 0.8
    assert numbers["beyond_queries"] == pytest.approx(0.5)  # (0.6 - 0.2) / 0.8
    assert numbers["beyond_others"] == pytest.approx(0.625)
    assert (numbers["writers"], numbers["readers"]) == (2, 3)


def test_a_model_without_such_a_pair_of_heads_is_not_judged():
    read = _readings(scores(whole=0.8, keys=0.2, queries=0.6, others=0.7), writers=0, readers=3)
    assert all(np.isnan(reading.value) for reading in read if reading.judged)


def test_the_control_takes_as_many_other_heads_of_each_layer():
    writers = [(1, 0), (1, 2), (4, 3)]
    others = _others(writers, 6, seed=1)
    assert sorted(layer for layer, _ in others) == [1, 1, 4]
    assert not set(others) & set(writers)
    assert _others([(0, 0), (0, 1)], 3, seed=1) == [(0, 2)]


def test_an_encoder_is_told_why_it_cannot_be_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(context, "FEW_TEXTS", 1)
    (evidence,) = run(["00.induction"], load(tiny.save("bert", tmp_path / "bert")))
    assert evidence.verdict == Verdict.UNTESTABLE
    assert evidence.note
