import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab.head_scales import ARMS, TASKS, Heads, letters, text_rows, train_heads


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(2, 5, 64, generator=torch.Generator().manual_seed(0))


def _matrices(model: torch.nn.Module) -> int:
    return sum(p.numel() for p in model.parameters() if p.ndim == 2)


@pytest.mark.parametrize("task", TASKS)
def test_all_arms_have_the_same_matrices(task):
    make = TASKS[task][0]
    assert len({_matrices(make(arm)) for arm in ARMS.values()}) == 1


def test_heads_of_one_direction_and_one_temperature_are_one_head(x):
    several = Heads(1, "one")
    one = Heads(1, "one", heads=1)
    one.load_state_dict(several.state_dict())
    torch.testing.assert_close(several(x, x), one(x, x))


@pytest.mark.parametrize("arm", ["temperatures", "directions", "both", "tens"])
def test_any_difference_between_heads_makes_them_more_than_one(x, arm):
    weights = Heads(*ARMS[arm]).weights(x, x)
    assert all(not torch.allclose(weights[:, 0], other) for other in weights[:, 1:].unbind(1))


def test_no_query_matrix_can_absorb_a_temperature_where_queries_have_length_one(x):
    heads = Heads(*ARMS["directions"])
    before = heads.weights(x, x)
    with torch.no_grad():
        heads.query.mul_(7.0)
    torch.testing.assert_close(heads.weights(x, x), before)
    with torch.no_grad():
        heads.log_temperature.add_(1.0)
    assert not torch.allclose(heads.weights(x, x), before)


def test_a_colder_head_of_the_same_direction_is_sharper(x):
    weights = Heads(*ARMS["temperatures"]).weights(x, x)
    peaks = weights.amax(dim=-1).mean(dim=(0, 2))
    assert (peaks.diff() > 0).all()


def test_powers_of_ten_are_not_learned():
    assert not Heads(*ARMS["tens"]).log_temperature.requires_grad
    assert Heads(*ARMS["both"]).log_temperature.requires_grad


def test_a_letter_is_foretold_without_being_seen():
    make, draw, _ = TASKS["text"]
    model, rows = make(ARMS["both"]), draw(2, np.random.default_rng(0))
    last = rows.clone()
    last[:, -1] = (last[:, -1] + 1) % 3
    x = model.letter(rows[:, :-1])
    seen = torch.ones(32, 32, dtype=torch.bool).tril()
    weights = model.attention.weights(x, x, seen)
    assert (weights.triu(1) == 0).all()
    assert torch.equal(last[:, :-1], rows[:, :-1])


def test_what_is_kept_aside_is_no_part_of_what_is_trained_on():
    trained, aside = ("".join(map(chr, part.tolist())) for part in letters())
    row = "".join(map(chr, text_rows(1, np.random.default_rng(0), aside=True)[0].tolist()))
    assert row in aside
    assert row not in trained


def test_training_the_same_arm_again_gives_the_same_loss_and_temperatures():
    first, second = (train_heads("both", "circle", seed=3, batches=5) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("arm", "task"), [("three", "text"), ("one", "square")])
def test_what_is_not_known_is_refused(arm, task):
    with pytest.raises(GedigError, match=r"arm=|task="):
        train_heads(arm, task, seed=0, batches=1)
