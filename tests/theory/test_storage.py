import numpy as np
import pytest
from kinds import one_sentence

from gedig_edu.errors import GedigError
from gedig_edu.theory.storage import Storage, storage


@pytest.fixture(scope="module")
def curves():
    return storage([8, 16, 24], [2**power for power in range(9)], beta=2.0, draws=48)


def test_softmax_holds_exponentially_many_and_the_older_network_a_few(curves):
    softmax, hebbian = curves.largest("softmax"), curves.largest("hebbian")
    assert softmax[-1] >= 8 * softmax[0]  # d grew by a factor of 3
    assert (hebbian <= 0.25 * curves.dimensions).all()


def test_one_pattern_always_comes_back_and_shares_are_shares(curves):
    assert (curves.softmax[:, 0] == 1).all()
    assert curves.softmax.shape == curves.hebbian.shape == (3, 9)
    assert ((curves.softmax >= 0) & (curves.softmax <= 1)).all()


def test_a_warm_memory_gives_back_averages():
    assert storage([16], [16], beta=0.05).softmax[0, 0] == 0


def test_the_same_seed_draws_the_same(curves):
    again = storage([8, 16, 24], [2**power for power in range(9)], beta=2.0, draws=48)
    np.testing.assert_array_equal(again.softmax, curves.softmax)
    np.testing.assert_array_equal(again.hebbian, curves.hebbian)


def test_the_largest_count_is_before_the_first_that_fails():
    half = Storage(
        np.array([8, 9]), np.array([1, 2, 4]), np.array([[1, 0.4, 1], [0.2, 1, 1]]), np.ones((2, 3))
    )
    assert half.largest("softmax").tolist() == [1, 0]
    assert half.largest("hebbian").tolist() == [4, 4]
    with pytest.raises(GedigError, match="memory='hopfield' is not known"):
        half.largest("hopfield")


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        (([], [1]), "dimensions"), (([8], []), "counts"), (([8], [4, 2]), "do not rise"),
        (([8], [2, 2]), "do not rise"), (([0], [1]), "dimensions=0"), (([8], [1.5]), "counts=1.5"),
        ((8, [1]), "no list"), (("8", [1]), "no list"),
        (([10**9], [1]), "dimensions=1000000000"), (([8], [10**9]), "counts=1000000000"),
    ],
)  # fmt: skip
def test_what_are_no_dimensions_and_counts_is_refused(lists, words):
    with pytest.raises(GedigError, match=words) as error:
        storage(*lists, beta=1.0)
    assert one_sentence(error)
