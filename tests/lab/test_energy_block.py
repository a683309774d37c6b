import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab.block_comparison import ARMS, Arm, compare
from gedig_edu.lab.energy_block import (
    COLOURS,
    DEEPEST,
    EnergyBlock,
    Forests,
    draw_forests,
    think,
    train_block,
)
from gedig_edu.theory.attention import attend


@pytest.fixture(scope="module")
def forests() -> Forests:
    torch.manual_seed(0)
    return draw_forests(200, np.random.default_rng(0))


@pytest.fixture(scope="module")
def solver() -> EnergyBlock:
    """A block whose weights were written down: each thing reads the one it points at."""
    block, rng = EnergyBlock(), np.random.default_rng(0)
    half = block.name.shape[1] // 2
    marks = torch.from_numpy(rng.normal(size=(len(block.name), half))).float()
    marks = marks / marks.norm(dim=1, keepdim=True)
    with torch.no_grad():
        for weights in block.parameters():
            weights.zero_()
        block.name[:, :half], block.pointer[:, half:] = marks, marks
        block.offers[:half, :half], block.asks[half:, :half] = (
            torch.eye(half),
            500 * torch.eye(half),
        )
        for colour in range(COLOURS):
            block.shown[1 + colour, colour] = block.says[colour, colour] = 1.0
        block.value.copy_(10 * torch.eye(len(block.value)))
    return block


def test_a_thing_has_the_colour_of_the_root_at_the_end_of_its_chain(forests):
    at = torch.arange(forests.points.shape[1]).expand_as(forests.points)
    steps = torch.zeros_like(at)
    for _ in range(DEEPEST):
        onward = forests.points.gather(1, at)
        steps += onward != at
        at = onward
    assert torch.equal(forests.shown.gather(1, at), forests.colour + 1)
    assert torch.equal(steps, forests.depth)


def test_what_is_far_from_a_root_cannot_be_guessed_since_both_colours_reach_as_deep(forests):
    for colour, depth in zip(forests.colour, forests.depth, strict=True):
        deepest = [depth[colour == one].max() for one in colour.unique()]
        assert len(deepest) == 2
        assert deepest[0] == deepest[1]


def test_shallow_graphs_are_drawn_more_often_than_deep_ones(forests):
    assert (forests.needed == 1).sum() > 2 * (forests.needed == DEEPEST).sum() > 0


@pytest.mark.parametrize("depth", [0, 8, 2.5])
def test_a_depth_out_of_range_is_refused(depth):
    with pytest.raises(GedigError, match="depth="):
        draw_forests(1, np.random.default_rng(0), depth=depth)


def test_attention_is_computed_from_the_potential_low_where_it_fits(forests):
    block = EnergyBlock()
    fit, known = block.encode(forests)
    z, F = block.step(fit, known, known)
    read = torch.from_numpy(attend(-F.detach().numpy(), known.detach().numpy()).output)
    wanted = known + read @ block.value
    length = wanted.pow(2).mean(dim=-1, keepdim=True).sqrt()
    torch.testing.assert_close(z, wanted / length, rtol=1e-3, atol=1e-3)


def test_what_flows_changes_the_potential_and_leaves_the_structure(forests):
    block = EnergyBlock()
    fit, known = block.encode(forests)
    other = torch.randn_like(known)
    assert torch.equal(fit, block.encode(forests)[0])
    assert not torch.allclose(block.potential(fit, known), block.potential(fit, other))
    assert block.encode(forests._replace(shown=0 * forests.shown))[0].equal(fit)


def test_together_has_no_structure_by_itself(forests):
    fit, known = EnergyBlock(apart=False).encode(forests)
    assert fit.shape == ()
    moved = forests._replace(points=forests.points.roll(1, dims=1))
    assert not torch.allclose(EnergyBlock(apart=False).encode(moved)[1], known)


def test_a_block_that_reads_where_it_points_stops_one_step_after_the_deepest_thing(solver, forests):
    thought = think(solver, forests)
    stops = thought.steps(0.5)
    assert np.array_equal(stops, forests.needed.numpy() + 1)
    assert thought.right_at(stops).all()
    assert not thought.right_at(stops - 2)[stops > 2].any()


def test_a_potential_of_structure_alone_stands_still_before_anything_has_arrived(solver, forests):
    thought = think(solver, forests)
    stops = thought.steps(0.5, of="potential_moved")
    assert (stops == 2).all()
    assert not thought.right_at(stops)[forests.needed.numpy() > 2].any()


def test_what_never_rests_takes_all_its_steps(forests):
    assert (think(EnergyBlock(), forests, max_steps=2).steps(1e-9) == 2).all()


def test_training_is_the_same_again_and_lowers_the_loss():
    losses = []
    for _ in range(2):
        torch.manual_seed(0)
        losses.append(train_block(EnergyBlock(), seed=0, batches=20, steps=(1, 2), rate=1e-2))
    assert losses[0] == losses[1]
    assert np.mean(losses[0][-5:]) < 0.9 * losses[0][0]


def test_a_fixed_depth_is_the_mean_of_its_arm_rounded_up_and_never_less():
    arms = (ARMS[0], Arm("fixed", False, 3e-3, True, fixed_as=ARMS[0].name))
    runs, depths = compare([0], arms=arms, batches=3)
    free, fixed = runs.steps
    assert fixed == np.ceil(free)
    assert set(depths.depth) == set(range(1, DEEPEST + 1))
