"""The landscape: walls remove, constants change nothing, and each part of U is what theory says."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import attend
from gedig_edu.theory.dynamics import barrier, inference_track
from gedig_edu.views.widgets.landscape import CEILING, DEEPEST, SCORES, STEPS, Landscape

COUNT = len(SCORES)


@pytest.mark.parametrize("constant", [DEEPEST, -1.5, 2.0, 5.9])
def test_a_constant_field_changes_nothing_at_any_step(constant):
    lifted, plain = Landscape(field=[constant] * COUNT), Landscape()
    for name in ("shares", "residuals"):
        np.testing.assert_allclose(lifted.numbers[name], plain.numbers[name], atol=1e-12)


@pytest.mark.parametrize("score", [-50.0, 0.0, 50.0])
def test_at_the_ceiling_a_key_is_removed_whatever_its_score(score):
    scores = np.array(SCORES)
    scores[4] = score
    field = np.zeros(COUNT)
    field[4] = CEILING
    behind = Landscape(scores, field=field).numbers["weights"]
    wall = attend(scores[None], np.zeros((COUNT, 1)), potential=barrier(COUNT, [4])).weights[0]
    np.testing.assert_allclose(behind, wall, atol=1e-15)
    assert behind[4] == 0
    field[4] = CEILING - 0.1
    assert Landscape(scores, field=field).numbers["weights"][4] > 0


def test_what_is_switched_off_leaves_the_row_as_it_is():
    off = {"with_field": False, "with_track": False, "with_carry": False}
    shown = Landscape(field=[0, CEILING, *[-3.0] * (COUNT - 2)], time=STEPS, **off).numbers
    assert shown["weights"] == pytest.approx(shown["plain"], abs=1e-15)
    assert shown["residual"] == 0
    assert shown["kept"] == 1


def test_the_track_is_a_well_for_each_visit_before():
    shown = Landscape(time=6, with_carry=False, width=1.5).numbers
    wells = inference_track(
        np.arange(COUNT), np.array(shown["visited"][:5]), weights=-0.3, width=1.5
    )
    np.testing.assert_allclose(shown["wells"], wells, atol=1e-12)


def test_nothing_is_carried_while_attention_gets_where_it_wants():
    assert max(Landscape(track=0.0).numbers["residuals"]) < 1e-12


def test_behind_a_wall_the_residual_grows_until_it_jumps():
    walled = Landscape(field=[0, CEILING, *[0] * (COUNT - 2)])
    read = walled.numbers
    first = read["jumps"].index(True)
    assert first > 1
    assert read["residuals"][first - 1] > walled.critical >= max(read["residuals"][: first - 1])
    assert read["residuals"][first] == 0
    assert read["visited"][first] != read["visited"][first - 1]
    walled.critical = 6.0
    assert not any(walled.numbers["jumps"])
    walled.time = first + 1
    assert "jumps" not in walled.sentence
    walled.critical = 2.0
    assert "jumps to" in walled.sentence


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ([CEILING] * COUNT, "one key below it"),
        ([DEEPEST - 0.1, *[0] * (COUNT - 1)], "give -4 to 6"),
        ([0.0], "shape"),
    ],
)
def test_a_ground_that_cannot_be_drawn_is_refused(field, said):
    with pytest.raises(GedigError, match=said):
        Landscape().field = field


def test_tokens_that_are_not_as_many_as_scores_are_refused():
    with pytest.raises(GedigError, match="2 scores came with 3 tokens"):
        Landscape([1.0, 2.0], ["a", "b", "c"])
