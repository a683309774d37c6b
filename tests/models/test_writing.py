"""What decoders do beyond attending: logits, loss and text."""

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from gedig_edu import GedigError, models
from gedig_edu.models.attention import Passage
from tests.models import tiny

TEXT = "Eleven boats came down"


@pytest.mark.parametrize("kind", tiny.DECODERS)
def test_logits_are_transformers_own(kind, loaded, folders):
    model = loaded[kind]
    network = AutoModelForCausalLM.from_pretrained(folders[kind], attn_implementation="eager")
    ids = torch.tensor([model.encode(TEXT).ids])
    with torch.inference_mode():
        expected = network.eval()(ids).logits[0].numpy()
    logits = model.logits(TEXT)
    assert logits.shape == (ids.shape[1], tiny.VOCABULARY)
    np.testing.assert_allclose(logits, expected, atol=1e-5)


def test_loss_is_the_mean_surprise_of_the_following_tokens(decoder):
    logits, ids = decoder.logits(TEXT).astype(float), decoder.encode(TEXT).ids
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    expected = -np.mean([log_p[i, token] for i, token in enumerate(ids[1:])])
    assert decoder.next_token_loss(TEXT) == pytest.approx(expected, abs=1e-6)


def test_heat_and_potential_reach_logits_and_loss(decoder):
    plain = decoder.next_token_loss(TEXT)
    U = np.zeros(len(decoder.encode(TEXT)))
    U[2] = 3.0
    assert decoder.next_token_loss(TEXT, temperature=3.0) != plain
    assert decoder.next_token_loss(TEXT, potential=U) != plain
    assert (decoder.logits(TEXT, potential=U)[:2] == decoder.logits(TEXT)[:2]).all()


def test_one_token_has_no_next_token(decoder):
    with pytest.raises(GedigError, match="at least two tokens"):
        decoder.next_token_loss("a")


def test_the_likeliest_tokens_are_written_one_after_another(decoder):
    text = decoder.generate(TEXT, tokens=5)
    ids = list(decoder.encode(TEXT).ids)
    for _ in range(5):
        with torch.inference_mode():
            ids.append(int(decoder.network(torch.tensor([ids])).logits[0, -1].argmax()))
    assert 0 not in ids
    assert text == decoder.tokenizer.decode(ids)


def test_writing_begins_with_the_prompt_and_repeats_with_its_seed(decoder):
    first, again, other = (
        decoder.generate(TEXT, tokens=11, temperature_sampling=1.5, seed=seed) for seed in (3, 3, 4)
    )
    assert first.startswith(TEXT)
    assert first == again
    assert first != other


def test_cold_sampling_is_greedy(decoder):
    cold = decoder.generate(TEXT, tokens=5, temperature_sampling=1e-4)
    assert cold == decoder.generate(TEXT, tokens=5)


def test_writing_leaves_torchs_own_randomness_alone(loaded):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    loaded["gpt2"].generate(TEXT, tokens=3, temperature_sampling=1.0)
    assert (torch.rand(3) == expected).all()


def test_bent_attention_writes_what_bent_logits_say(decoder):
    length = len(decoder.encode(TEXT)) + 3
    U = np.random.default_rng(2).normal(size=(tiny.LAYERS, 1, length, length))
    text = decoder.generate(TEXT, tokens=3, potential=U, temperature=0.7)
    ids = list(decoder.encode(TEXT).ids)
    for _ in range(3):
        seen = torch.tensor(U[..., : len(ids), : len(ids)])
        with torch.inference_mode(), Passage(lengths=(len(ids),), potential=seen, temperature=0.7):
            logits = decoder.network(torch.tensor([ids])).logits
        ids.append(int(logits[0, -1].argmax()))
    assert text == decoder.tokenizer.decode(ids)


def test_writing_stops_at_the_end_of_text(folders):
    model = models.load(folders["gpt2"], device="cpu")
    following = int(model.logits(TEXT)[-1].argmax())
    model.network.generation_config.eos_token_id = [following]
    assert model.generate(TEXT, tokens=9) == TEXT


def test_writing_past_the_context_is_refused(decoder):
    with pytest.raises(GedigError, match=rf"tokens and 99 more .* at most {tiny.CONTEXT}; ask for"):
        decoder.generate(TEXT, tokens=99)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tokens": 0}, "tokens=0"),
        ({"tokens": 3, "temperature_sampling": -1}, "temperature_sampling=-1"),
        ({"tokens": 3, "potential": np.zeros(2)}, "potential has shape"),
        ({"tokens": 1.5}, "tokens=1.5 is not a whole number"),
        ({"tokens": 3, "seed": "a"}, "seed='a'"),
        ({"tokens": 3, "seed": -1}, "seed=-1"),
        ({"tokens": 3, "seed": 10**30}, "seed=10"),
    ],
)
def test_requests_that_make_no_sense_are_refused(loaded, wrong, said):
    with pytest.raises(GedigError, match=said):
        loaded["gpt2"].generate(TEXT, **wrong)


@pytest.mark.parametrize("verb", ["logits", "next_token_loss", "generate"])
def test_encoders_refuse_in_one_sentence(encoder, verb):
    options = {"tokens": 3} if verb == "generate" else {}
    with pytest.raises(
        GedigError, match=rf"^{verb} needs a decoder and .* is an encoder; load one"
    ):
        getattr(encoder, verb)(TEXT, **options)
