import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.projections import (
    Projections,
    balanced_bases,
    imbalance_step,
    projection_gradients,
    projections,
)
from gedig_edu.models import load
from gedig_edu.theory.attention import dot_scores
from gedig_edu.theory.basis import change_basis
from tests.models import tiny

TEXT = "the river ran past the mill"


@pytest.fixture(scope="module", params=["gpt2", "llama", "bert"])
def model(request, tmp_path_factory):
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


def test_projections_of_a_state_of_zeros_and_a_one_are_the_biases(model):
    read = projections(model)
    assert read.to_q.shape[:2] == (model.layers, model.heads)
    assert read.to_q.shape[2:] == read.to_k.shape[2:]
    modules = dict(model.network.base_model.named_modules())
    q = next(part for name, part in modules.items() if name.endswith(("c_attn", "q_proj", "query")))
    bias = getattr(q, "bias", None)
    d = read.to_q.shape[-1]
    for head in range(model.heads):
        own = 0.0 if bias is None else bias.detach().numpy()[head * d : (head + 1) * d]
        assert np.abs(read.to_q[0, head, -1] - own).max() < 1e-6


def test_they_make_the_queries_and_keys_of_the_model(model):
    """The columns of q span what x W_Q spans: the products q·k by way of the states."""
    read, at = projections(model), model.queries_keys(TEXT, 0)
    groups = read.to_q.shape[1] // read.to_k.shape[1]
    state = solve(at.q, read.to_q[0])
    keys = state @ np.repeat(read.to_k[0], groups, axis=0)
    assert np.abs(keys - at.k).max() < 1e-3


def solve(q, to_q):
    """Return x [L, D + 1] with x W_Q = q for all heads at once, its last entry 1."""
    every_q, every_W = np.concatenate([*q], axis=-1), np.concatenate([*to_q], axis=-1)
    known = every_q - every_W[-1]
    x = np.linalg.lstsq(every_W[:-1].T, known.T, rcond=None)[0].T
    return np.concatenate([x, np.ones((len(x), 1))], axis=-1)


def test_a_gradient_moves_both_sides_alike_and_its_signs_do_not(tmp_path):
    model = load(tiny.save("gpt2", tmp_path / "gpt2"))
    W, gradient = projections(model), projection_gradients(model, TEXT)
    assert imbalance_step(W, gradient).max() < 1e-4
    assert imbalance_step(W, Projections(*map(np.sign, gradient))).max() > 0.05


def test_in_rotary_heads_the_sum_over_a_pair_and_its_queries_is_kept(tmp_path):
    model = load(tiny.save("llama", tmp_path / "llama"))
    W, gradient = projections(model).grouped, projection_gradients(model, TEXT).grouped
    q, k = (2 * (w * g).sum(axis=-2) for w, g in zip(W, gradient, strict=True))  # of the squares
    pairs = q.shape[-1] // 2
    q, k = (x[..., :pairs] + x[..., pairs:] for x in (q, k))
    assert np.abs(q - k).max() < 1e-4 * np.abs(q).max()


def test_balanced_bases_move_no_score_and_even_the_sides(model):
    A, read = balanced_bases(model), projections(model)
    groups = A.shape[1] // read.to_k.shape[1]
    to_k = np.repeat(read.to_k, groups, axis=1)
    new_q, new_k = change_basis(read.to_q, to_k, A)
    assert np.abs(dot_scores(new_q, new_k) - dot_scores(read.to_q, to_k)).max() < 1e-9
    one, other = (np.square(x).sum(axis=-2) for x in (new_q, new_k[:, ::groups]))
    one = one.reshape(*other.shape[:2], groups, -1).sum(axis=2)
    half = one.shape[-1] // 2
    if model.rotary:
        one, other = (x[..., :half] + x[..., half:] for x in (one, other))
    assert one == pytest.approx(other, rel=1e-6)


def test_heads_that_normalise_queries_and_keys_have_no_basis_to_choose(tmp_path):
    with pytest.raises(GedigError, match="normalises its queries and keys"):
        projections(load(tiny.save("qwen3", tmp_path / "qwen3")))


def test_asking_for_gradients_leaves_the_model_as_it_was(tmp_path):
    model = load(tiny.save("gpt2", tmp_path / "gpt2"))
    before = [parameter.requires_grad for parameter in model.network.parameters()]
    projection_gradients(model, TEXT)
    assert [parameter.requires_grad for parameter in model.network.parameters()] == before
    assert all(parameter.grad is None for parameter in model.network.parameters())


def test_an_encoder_has_no_loss_to_take_a_gradient_of(tmp_path):
    with pytest.raises(GedigError, match="is an encoder"):
        projection_gradients(load(tiny.save("bert", tmp_path / "bert")), TEXT)
