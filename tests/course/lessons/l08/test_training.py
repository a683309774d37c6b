"""The small training: it answers while it runs, stops when asked, and judges in pairs."""

import pytest

from gedig_edu.course.lessons.l08.training import SETTING, SmallTraining
from gedig_edu.course.reviews import CLASSES, reviews
from gedig_edu.lab.f_training import TrainingSetting

QUICK = TrainingSetting(
    model="gpt2-mini", examples=10, evaluation=10, epochs=1, rows=5, learning_rate=5e-4
)


def test_every_pair_is_told_and_then_all_together():
    form = SmallTraining(QUICK, pairs=2)
    form.press("0,5")
    assert form.running
    form.wait()
    *_, first, second, gain, alone, moved = repr(form).splitlines()
    assert first.strip().startswith("Seed 1:")
    assert "with α = 0.5" in second
    assert gain.strip().startswith("Together, in pairs:")
    assert alone.strip().startswith("The same runs without pairs:")
    assert moved.strip().startswith("F moved by")


def test_a_second_press_stops_it_and_a_third_starts_anew():
    form = SmallTraining(SETTING)
    form.press("1")
    form.press("1")
    form.wait()
    assert repr(form).splitlines()[-1].strip() == "Stopped."
    assert form.words["button"] == "Train"
    form.press("1")
    assert form.running
    assert form.words["button"] == "Stop"
    form.press("1")
    form.wait()


@pytest.mark.parametrize("alpha", ["much", "0", "-1", "1001", "nan"])
def test_what_is_no_weight_is_refused_where_it_was_asked_for(alpha):
    form = SmallTraining(QUICK)
    form.press(alpha)
    assert f"{alpha}&#x27; is no α; write a number above 0" in form.answer
    assert not form.running


def test_reviews_are_as_many_of_each_kind_and_none_is_on_both_sides():
    train, evaluate = reviews()
    assert not set(train.sentences) & set(evaluate.sentences)
    assert train.classes == evaluate.classes == CLASSES
    labels = [*train.labels, *evaluate.labels]
    assert sum(labels) == len(labels) / 2 == 100
