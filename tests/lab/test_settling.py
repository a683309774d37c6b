import numpy as np
import pytest
from scipy.special import log_softmax

from gedig_edu.errors import GedigError
from gedig_edu.lab.settling import Settling, at_level, level_for, settling
from gedig_edu.models import load
from tests.models import tiny

TEXT = "The ferry left before sunrise, and only the baker noticed that it was nearly empty."
LAYERS, L = 5, 7


def drawn(seed=0, tokens=L):
    rng = np.random.default_rng(seed)
    change, entropy = rng.exponential(size=(2, LAYERS + 1, tokens))
    loss = rng.exponential(size=(LAYERS + 1, tokens - 1))
    return Settling(change=change[1:], left=change, entropy=entropy, loss=loss)


@pytest.fixture(scope="module")
def real():
    return settling(load("gpt2-mini"), TEXT)


def test_what_is_said_after_each_layer_is_the_lens(real):
    model = load("gpt2-mini")
    said = log_softmax(model.lens(TEXT).astype(np.float64), axis=-1)
    p = np.exp(said)
    ids = list(model.encode(TEXT).ids)
    np.testing.assert_allclose(
        real.change, (p[1:] * (said[1:] - said[:-1])).sum(axis=-1), atol=1e-9
    )
    np.testing.assert_allclose(real.left, (p[-1] * (said[-1] - said)).sum(axis=-1), atol=1e-9)
    np.testing.assert_allclose(real.entropy, -(p * said).sum(axis=-1), atol=1e-9)
    assert real.loss[3, 2] == pytest.approx(-said[3, 2, ids[3]])
    assert real.loss[-1].mean() == pytest.approx(model.next_token_loss(TEXT), abs=1e-5)


def test_a_token_stops_after_the_first_layer_that_changes_too_little():
    one = Settling(
        change=np.array([[0.9, 0.1, 0.9], [0.1, 0.9, 0.9], [0.1, 0.9, 0.9]]),
        left=np.zeros((4, 3)), entropy=np.ones((4, 3)), loss=np.zeros((4, 2)),
    )  # fmt: skip
    assert one.depth(0.5).tolist() == [2, 1, 3]
    assert one.depth(0.0).tolist() == [3, 3, 3]
    assert one.depth(2.0).tolist() == [1, 1, 1]
    assert one.depth(0.5, least=2).tolist() == [2, 3, 3]
    assert one.depth(2.0, sign="entropy").tolist() == [1, 1, 1]
    assert one.depth(0.5, sign="entropy").tolist() == [3, 3, 3]


def test_three_ways_to_spend_one_depth_differ_only_in_where():
    """Against the dealt-out depths drawn one by one, and one depth as a mixture of two layers."""
    texts = [drawn(seed, tokens=5 + seed) for seed in range(6)]
    found = at_level(texts, 0.4)
    depths = np.concatenate([one.depth(0.4)[:-1] for one in texts])
    assert found.depth == pytest.approx(depths.mean())
    rng = np.random.default_rng(0)
    dealt = np.zeros(6)
    for _ in range(3000):
        for at, one in enumerate(texts):
            dealt[at] += one.loss[rng.choice(depths, one.loss.shape[1]), np.arange(
                one.loss.shape[1])].mean() / 3000  # fmt: skip
    np.testing.assert_allclose(found.random, dealt, atol=0.03)
    floor = int(found.depth)
    share = found.depth - floor
    fixed = [(1 - share) * one.loss[floor].mean() + share * one.loss[floor + 1].mean()
             for one in texts]  # fmt: skip
    np.testing.assert_allclose(found.fixed, fixed)
    np.testing.assert_allclose(found.whole, [one.loss[-1].mean() for one in texts])


def test_where_nothing_stops_all_ways_are_the_whole_model():
    found = at_level([drawn()], 0.0)
    assert found.depth == LAYERS
    for ways in (found.stopped, found.random, found.fixed):
        np.testing.assert_allclose(ways, found.whole)


@pytest.mark.parametrize("sign", ["change", "entropy"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.75, 1.0])
def test_the_level_for_a_depth_gives_that_depth_or_just_less(sign, share):
    texts = [drawn(seed, tokens=40) for seed in range(5)]
    depth = at_level(texts, level_for(texts, share, sign=sign), sign=sign).depth
    assert share * LAYERS - 0.1 <= depth <= share * LAYERS


def test_what_cannot_be_settled_is_refused(tmp_path):
    with pytest.raises(GedigError, match="single token"):
        settling(load("gpt2-mini"), "a")
    with pytest.raises(GedigError, match="encoder"):
        settling(load(tiny.save("bert", tmp_path / "bert")), TEXT)
    for way in (lambda: at_level([], 0.1), lambda: level_for([], 0.5)):
        with pytest.raises(GedigError, match="no text"):
            way()
    with pytest.raises(GedigError, match="sign='sure' is not known"):
        drawn().depth(0.1, sign="sure")
