import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.attribution import logit_parts
from gedig_edu.models import load
from tests.models import tiny

TEXT = "the river ran past the mill"


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def model(request, tmp_path_factory):
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


@pytest.mark.parametrize("at", [0, 3])
def test_the_parts_of_a_logit_sum_to_what_the_model_says(model, at):
    logits = model.logits(TEXT)[at].astype(float)
    parts = logit_parts(model, TEXT, word=7, at=at)
    assert parts.total == pytest.approx(logits[7] - logits.mean(), abs=1e-4)
    assert parts.heads.shape == (model.layers, model.heads)
    assert parts.feed_forward.shape == (model.layers,)


def test_over_all_words_each_part_adds_nothing(model):
    count = model.logits(TEXT).shape[-1]
    every = [logit_parts(model, TEXT, word=word, at=2) for word in range(count)]
    assert np.abs(np.mean([one.heads for one in every], axis=0)).max() < 1e-6
    assert abs(np.mean([one.start for one in every])) < 1e-6


def test_a_head_whose_rows_of_the_output_are_zero_adds_nothing(tmp_path):
    model = load(tiny.save("gpt2", tmp_path / "gpt2"))
    matrix = model.network.transformer.h[0].attn.c_proj.weight
    matrix.data[: len(matrix) // model.heads] = 0
    parts = logit_parts(model, TEXT, word=7, at=3)
    assert parts.heads[0, 0] == 0
    assert abs(parts.heads[0, 1]) > 1e-6


def test_what_cannot_be_taken_apart_is_refused_in_one_sentence(model, tmp_path):
    bert = load(tiny.save("bert", tmp_path / "bert"))
    with pytest.raises(GedigError, match="is an encoder and has no logits"):
        logit_parts(bert, TEXT, word=0, at=0)
    with pytest.raises(GedigError, match="at="):
        logit_parts(model, TEXT, word=0, at=99)
    with pytest.raises(GedigError, match="word="):
        logit_parts(model, TEXT, word=10**9, at=0)
