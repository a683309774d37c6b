"""The two pretrained models that come in wheels, read as they are."""

import numpy as np
import pytest
import torch
from transformers import AutoModel

from gedig_edu import models

PROSE = (
    "The museum was built in 1892 by a wealthy merchant, who wanted to give the city a place "
    "where people could see paintings from all over the world."
)


@pytest.fixture(params=["smollm2", "minilm"])
def real(request):
    """Give each real model in turn."""
    return request.getfixturevalue(request.param)


def test_weights_are_transformers_own_eager_attentions(real):
    folder = next(line.folder for line in models.status() if line.name == real.name)
    network = AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    ids = torch.tensor([real.encode(PROSE).ids], device=real.device)
    with torch.inference_mode():
        attentions = network.eval().to(real.device)(ids, output_attentions=True).attentions
    maps = real.attend(PROSE)
    assert maps.weights.shape[:2] == (real.layers, real.heads)
    for layer, expected in enumerate(attentions):
        np.testing.assert_allclose(maps.weights[layer], expected[0].cpu(), atol=1e-6)


def test_shapes_are_those_of_the_published_models(smollm2, minilm):
    assert (smollm2.layers, smollm2.heads, smollm2.context, smollm2.causal) == (30, 9, 8192, True)
    assert (minilm.layers, minilm.heads, minilm.context, minilm.causal) == (6, 12, 512, False)


def test_smollm2_predicts_english_so_its_weights_lie_in_the_right_order(smollm2):
    loss = smollm2.next_token_loss(PROSE)
    backwards = smollm2.next_token_loss(" ".join(reversed(PROSE.split())))
    assert loss < 3
    assert backwards > loss + 2


def test_smollm2_knows_a_capital_and_forgets_it_when_it_may_not_look(smollm2):
    prompt = "The capital of France is"
    assert smollm2.generate(prompt, tokens=1) == f"{prompt} Paris"
    tokens = smollm2.encode(prompt).tokens
    barrier = np.zeros(len(tokens) + 1)
    barrier[tokens.index(" France")] = np.inf
    barrier = np.where(np.eye(len(barrier)), 0, barrier)
    assert smollm2.generate(prompt, tokens=1, potential=barrier) != f"{prompt} Paris"


def test_smollm2_loses_as_much_without_heads_together_as_one_by_one(smollm2):
    """A sum over 49,152 words in float32 is off by 4e-6, as much as many a head is worth."""
    removals = ({0: "zero"}, {8: "mean"}, {})
    together = smollm2.losses_without(PROSE, 7, removals)
    alone = [
        smollm2.next_token_loss(PROSE, ablate={(7, head): r[head] for head in r}) for r in removals
    ]
    assert together == pytest.approx(alone, abs=1e-6)


def test_heat_costs_smollm2_its_english(smollm2):
    losses = [smollm2.next_token_loss(PROSE, temperature=T) for T in (1.0, 2.0, 3.0)]
    assert losses == sorted(losses)
    assert losses[-1] > losses[0] + 1


def test_smollm2_reads_numbers_digit_by_digit_and_text_whole(smollm2):
    maps = smollm2.attend("In 1892, naïve 😀")
    assert {"1", "8", "9", "2"} <= set(maps.tokens)
    assert any("\\x" in token for token in maps.tokens)
    assert not maps.special.any()


def test_minilm_marks_its_special_tokens_and_reads_past_its_tokenizers_truncation(minilm):
    maps = minilm.attend("word " * 300)
    assert maps.special.nonzero()[0].tolist() == [0, 301]
    assert (maps.tokens[0], maps.tokens[-1]) == ("[CLS]", "[SEP]")


def test_minilm_puts_sentences_of_one_meaning_close(minilm):
    def meaning(text):
        ids = torch.tensor([minilm.encode(text).ids], device=minilm.device)
        with torch.inference_mode():
            states = minilm.network(ids).last_hidden_state[0].mean(dim=0)
        return states / states.norm()

    dog, puppy, bank = map(meaning, ("A dog runs.", "A puppy is running.", "Banks raise rates."))
    assert float(dog @ puppy) > 0.6
    assert float(dog @ bank) < 0.2
