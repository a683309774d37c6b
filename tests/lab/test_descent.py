import numpy as np
import pytest
from scipy.special import logsumexp

from gedig_edu.errors import GedigError
from gedig_edu.lab.descent import OwnSteps, _changes, _Read, own_steps, rests
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.lab.projections import entrances, projections
from gedig_edu.models import load
from gedig_edu.theory.energy import descend
from tests.models import tiny

TEXT = "the river ran past the mill"


@pytest.fixture(scope="module", params=["numpy", "gpt2", "llama", "bert"])
def model(request, tmp_path_factory):
    if request.param == "numpy":
        return load("gpt2-mini")
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


def test_the_energy_of_the_states_as_they_are_is_that_of_the_model_s_own_scores(model):
    """Norm, W_Q and rotation are put together here as the model does it."""
    read, vectors = _Read(model, TEXT), read_vectors(model, TEXT)
    length = vectors.q.shape[-2]
    seen = np.tri(length, dtype=bool) | (not model.causal)
    for layer in range(model.layers):
        states = read.stream.states[layer].astype(np.float64)[None]
        for head in range(model.heads):
            scores = read.scale * vectors.q[layer, head] @ vectors.k[layer, head].T
            expected = logsumexp(np.where(seen, scores, -np.inf), axis=-1)
            found = read.log_sums(states, layer, head)[0]
            np.testing.assert_allclose(found, expected, atol=2e-4)


def test_every_head_meets_its_own_output_and_others_of_the_same_length(model):
    steps = own_steps(model, TEXT, turns=3)
    length = len(model.encode(TEXT))
    tokens = length - 1 if model.causal else length - 2  # [CLS] and [SEP] ask nothing
    shape = (model.layers, model.heads, tokens)
    assert steps.own.shape == shape
    assert steps.turned.shape == (3, *shape)
    assert steps.elsewhere.shape == (3, *shape)
    assert steps.others.shape == (model.heads - 1, *shape)
    for share in (steps.falls, steps.below_turned, steps.below_elsewhere, steps.below_others):
        assert share.shape == shape[:2]
        assert ((share >= 0) & (share <= 1)).all()


def test_an_output_that_goes_down_beats_what_is_turned_at_random():
    """A head that writes along the way in which its energy falls fastest: nearly always below."""
    model, layer, head = load("gpt2-mini"), 2, 1
    read = _Read(model, TEXT)
    state = read.stream.states[layer].astype(np.float64)
    slope, step = np.zeros_like(state), 1e-4
    for at in range(state.shape[1]):  # of log Σ exp, by each number of the stream
        moved = np.stack([state, state])
        moved[0, :, at] += step
        moved[1, :, at] -= step
        sums = read.log_sums(moved, layer, head)
        slope[:, at] = (sums[0] - sums[1]) / (2 * step)
    read.stream.heads[layer, head] = 0.1 * slope / np.linalg.norm(slope, axis=-1, keepdims=True)
    changes = _changes(read, layer, head, 20, np.random.default_rng(0))
    assert (changes[0] < changes[1:21]).mean() > 0.99
    read.stream.heads[layer, head] *= -1
    changes = _changes(read, layer, head, 20, np.random.default_rng(0))
    assert (changes[0] < changes[1:21]).mean() < 0.01


def test_what_changes_nothing_is_even():
    nothing = np.zeros((1, 1, 3))
    steps = OwnSteps(
        own=nothing,
        turned=np.zeros((5, 1, 1, 3)),
        elsewhere=nothing[None],
        others=np.zeros((2, 1, 1, 3)),
    )
    assert steps.below_turned.item() == steps.below_others.item() == 0.5
    assert steps.falls.item() == 0


def test_the_same_seed_draws_the_same_directions():
    model = load("gpt2-mini")
    first, same, other = (own_steps(model, TEXT, turns=2, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.turned, same.turned)
    np.testing.assert_array_equal(first.own, other.own)
    assert (first.turned != other.turned).any()


def test_a_query_rests_after_as_many_steps_as_it_descends(model):
    found, vectors = rests(model, TEXT, max_steps=40), read_vectors(model, TEXT)
    scale = model.queries_keys(TEXT, 0).scale
    assert found.shape == vectors.q.shape[:-1]
    for at in (1, 3):
        keys = vectors.k[1, 0, : at + 1] if model.causal else vectors.k[1, 0]
        alone = descend(vectors.q[1, 0, at], keys, beta=scale, tol=1e-3, max_steps=40)
        assert found[1, 0, at] == alone.steps


def test_what_stands_before_the_queries_is_the_model_s_norm(model):
    enters, W = entrances(model), projections(model).to_q
    states = model.stream(TEXT).states.astype(np.float64)
    for layer in range(model.layers):
        made = enters[layer](states[layer]) @ W[layer][:, :-1] + W[layer][:, -1:]
        np.testing.assert_allclose(made, model.queries_keys(TEXT, layer).q, atol=2e-4)


@pytest.mark.parametrize("text", ["a", " "])
def test_one_token_alone_is_refused(text):
    with pytest.raises(GedigError, match="give two tokens or more"):
        own_steps(load("gpt2-mini"), text)
