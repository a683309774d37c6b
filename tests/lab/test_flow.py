"""A walk down the layers, on maps whose walks are known."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.flow import apart, entropy_of, walk
from gedig_edu.theory import baselines

LAYERS, HEADS, LENGTH = 5, 3, 7


@pytest.fixture
def causal():
    rng = np.random.default_rng(0)
    drawn = [baselines.random(LENGTH, rng, causal=True) for _ in range(LAYERS * HEADS)]
    return np.reshape(drawn, (LAYERS, HEADS, LENGTH, LENGTH))


def test_the_last_layer_is_walked_first():
    back, stay = np.eye(3, k=-1), np.eye(3)
    back[0, 0] = 1
    to_first = np.zeros((3, 3))
    to_first[:, 0] = 1
    places = walk(np.stack([to_first, back, stay])[:, None], stays=0)
    assert places[:, 2].argmax(axis=-1).tolist() == [2, 2, 1, 0]


def test_a_walker_rests_with_the_share_it_is_given_and_else_follows_the_mean_of_the_heads(causal):
    places = walk(causal, stays=0.25)
    first_step = 0.25 * np.eye(LENGTH) + 0.75 * causal[-1].mean(axis=0)
    np.testing.assert_allclose(places[1], first_step)
    np.testing.assert_allclose(places.sum(axis=-1), 1.0)


def test_walkers_of_a_causal_model_end_on_the_first_token_and_lose_their_entropy(causal):
    places = walk(np.tile(causal, (40, 1, 1, 1)), stays=0.5)
    np.testing.assert_allclose(places[-1, :, 0], 1.0, atol=1e-6)
    np.testing.assert_allclose(entropy_of(places[-1]), 0.0, atol=1e-4)


@pytest.mark.parametrize("stays", [0.0, 0.5])
def test_walkers_never_part(causal, stays):
    distance = apart(walk(causal, stays=stays))
    assert distance[0] == 1.0
    assert (np.diff(distance) <= 1e-12).all()


@pytest.mark.parametrize(("weights", "stays"), [(np.eye(3), 0.5), (np.ones((1, 1, 3, 3)), 1.5)])
def test_maps_of_another_shape_and_a_share_beyond_one_are_refused(weights, stays):
    with pytest.raises(GedigError):
        walk(weights, stays=stays)
