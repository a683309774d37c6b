import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.patching import attend_without_path, repeated_words
from gedig_edu.models import load
from gedig_edu.theory.gpt2 import layer_norm, softmax
from tests.models import tiny

TEXT = "the river ran past the mill"


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def model(request, tmp_path_factory):
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


def off(one, other):
    return np.abs(one - other).max()


@pytest.mark.parametrize("through", ["keys", "queries"])
def test_a_way_cut_is_felt_above_the_writer_and_nowhere_else(model, through):
    whole = model.attend(TEXT).weights
    cut = attend_without_path(model, TEXT, [(0, 1)], through=through)
    assert off(cut[0], whole[0]) < 1e-6
    assert off(cut[1], whole[1]) > 1e-4


def test_no_heads_cut_nothing_and_the_model_is_as_before(model):
    whole = model.attend(TEXT).weights
    assert off(attend_without_path(model, TEXT, [], through="keys"), whole) < 1e-5
    attend_without_path(model, TEXT, [(0, 0)], through="keys")
    assert off(model.attend(TEXT).weights, whole) == 0


def test_keys_and_queries_are_two_ways(model):
    keys, queries = (
        attend_without_path(model, TEXT, [(0, 1)], through=through)
        for through in ("keys", "queries")
    )
    assert off(keys[1], queries[1]) > 1e-4


def test_what_the_keys_read_is_the_state_without_what_the_head_wrote(tmp_path):
    """By hand for GPT-2: LayerNorm of the difference, times the third of the keys."""
    model = load(tiny.save("gpt2", tmp_path / "gpt2"))
    stream = model.stream(TEXT)
    block = {
        name: tensor.numpy() for name, tensor in model.network.transformer.h[1].state_dict().items()
    }
    wrote = stream.heads[0, 1]

    def projected(state):
        seen = layer_norm(state, block["ln_1.weight"], block["ln_1.bias"])
        mixed = seen @ block["attn.c_attn.weight"] + block["attn.c_attn.bias"]
        return mixed.reshape(len(state), 3, model.heads, -1).transpose(1, 2, 0, 3)

    q = projected(stream.states[1])[0]
    k = projected(stream.states[1] - (wrote - wrote.mean(axis=0)))[1]
    scores = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    by_hand = softmax(np.where(np.tri(scores.shape[-1]) > 0, scores, -np.inf))
    assert off(attend_without_path(model, TEXT, [(0, 1)], through="keys")[1], by_hand) < 1e-5


def test_an_encoder_and_a_head_that_is_not_there_are_refused_in_one_sentence(model, tmp_path):
    bert = load(tiny.save("bert", tmp_path / "bert"))
    with pytest.raises(GedigError, match="normalises the sums"):
        attend_without_path(bert, TEXT, [(0, 0)], through="keys")
    with pytest.raises(GedigError, match="layer 99"):
        attend_without_path(model, TEXT, [(99, 0)], through="keys")
    with pytest.raises(GedigError, match="through='values'"):
        attend_without_path(model, TEXT, [(0, 0)], through="values")


def test_words_come_twice_in_one_order_and_each_is_a_token():
    model = load("gpt2-mini")
    text = repeated_words(model, ["the mill and the river by the gate"], count=4, seed=3)
    ids = model.encode(text).ids
    assert len(ids) == 8
    assert ids[:4] == ids[4:]
    assert len(set(ids)) == 4


def test_too_few_words_are_counted():
    with pytest.raises(GedigError, match="hold 1 words"):
        repeated_words(load("gpt2-mini"), ["the"], count=4)
