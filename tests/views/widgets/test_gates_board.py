"""The board: it grows as the laboratory grows, and a bridge is worth nothing over fixed pairs."""

import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.growing import Gates, grow
from gedig_edu.lab.worlds import generate
from gedig_edu.views.widgets.gates_board import GatesBoard

WHALE, SHARK, DOLPHIN, EEL = 0, 9, 1, 12


@pytest.mark.parametrize("path", ["fixed_pairs", "global_efficiency"])
@pytest.mark.parametrize(("entropy", "theta_dg"), [("choice", 0.4), ("none", 0.2)])
def test_it_grows_as_the_laboratory_does(path, entropy, theta_dg):
    world = generate(2, things=14)
    history = grow(world, Gates(theta_ag=1.5, theta_dg=theta_dg, path=path, entropy=entropy))
    board = GatesBoard(
        world.for_page(), theta_ag=1.5, theta_dg=theta_dg,
        efficiency=path == "global_efficiency", choice=entropy == "choice",
    )  # fmt: skip
    assert board.numbers["outcomes"] == [step.outcome for step in history.steps]
    assert board.numbers["precision"] == history.precision
    assert board.numbers["recall"] == history.recall
    for place in (0, 7, len(history.steps) - 1):
        board.step = place
        assert board.numbers["g_min"] == pytest.approx(history.steps[place].g_min)
        assert board.numbers["path"] == pytest.approx(history.steps[place].path[-1])


def test_a_bridge_gains_exactly_nothing_over_fixed_pairs_and_something_by_efficiency():
    board = GatesBoard(step=0, own=[WHALE, SHARK])
    assert board.numbers["joins"] == "bridge"
    assert board.numbers["path"] == 0.0
    board.efficiency = True
    assert board.numbers["path"] > 0.5


def test_a_pair_is_known_new_a_bridge_or_inside_one_part():
    board = GatesBoard(step=20)
    asked = {"known": [WHALE, DOLPHIN], "new": [WHALE, EEL], "bridge": [WHALE, SHARK]}
    for joins, pair in (asked | {"inside": [DOLPHIN, 4]}).items():
        board.own = pair
        assert board.numbers["joins"] == joins


def test_without_the_entropy_of_what_could_be_meant_the_attention_gate_reads_a_constant():
    board = GatesBoard(choice=False)
    read = {(setattr(board, "step", step), board.numbers["g0"])[1] for step in range(28)}
    assert read == {1.0}


def test_nothing_accepted_has_no_precision():
    board = GatesBoard(theta_dg=-1.0)
    assert board.numbers["precision"] is None
    assert board.numbers["recall"] == 0.0
    assert "nan" not in board.sentence


def test_a_board_of_what_is_no_world_is_refused():
    world = generate(0, things=12).for_page()
    with pytest.raises(GedigError, match=r"0 things .* give two things or more"):
        GatesBoard(world | {"things": []})
    with pytest.raises(GedigError, match="pairs of different nodes from 0 to 1"):
        GatesBoard(world | {"things": ["one", "other"]})
    with pytest.raises(GedigError, match="statements with \\[\\] candidates"):
        GatesBoard(world | {"statements": []})
    with pytest.raises(GedigError, match=r"chosen=99 is no thing"):
        GatesBoard(chosen=99)
