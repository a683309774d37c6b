"""What decoders do beyond attending: logits, loss and text."""

import itertools

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from gedig_edu import GedigError, models
from gedig_edu.models.attention import Passage
from gedig_edu.models.backend import Asked
from tests.models import tiny
from tests.models.architectures import encoded

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


def rows_of(U, asked=None):
    """Return a function that gives the rows of a whole text's potential, and notes its calls."""

    def grow(tokens, before):
        start = 0 if before is None else len(before.tokens)
        if asked is not None:
            asked.append((start, len(tokens)))
        return U[..., start : len(tokens), : len(tokens)]

    return grow


@pytest.mark.parametrize("axes", [(), (1,), (tiny.LAYERS, 1), (tiny.LAYERS, tiny.HEADS)])
def test_a_potential_that_grows_with_the_text_writes_what_the_whole_one_writes(decoder, axes):
    start = len(decoder.encode(TEXT))
    U = np.random.default_rng(2).normal(size=(*axes, start + 6, start + 6))
    asked = []
    options = {"tokens": 6, "temperature_sampling": 1.2, "temperature": 0.7}
    whole = decoder.generate(TEXT, potential=U, **options)
    assert decoder.generate(TEXT, potential=rows_of(U, asked), **options) == whole
    expected = [(0, start), *((n, n + 1) for n in range(start, start + 5))]
    assert asked == expected[: len(asked)]  # a text may end early
    assert len(asked) > 1


def test_writing_in_a_potential_is_attention_in_it_step_by_step(decoder):
    start = len(decoder.encode(TEXT))
    U = np.random.default_rng(2).normal(size=(tiny.LAYERS, 1, start + 5, start + 5))
    passes = []
    text = decoder.generate(TEXT, tokens=5, potential=rows_of(U), watch=passes.append)
    assert [one.rows for one in passes] == [start, 1, 1, 1, 1]
    ids = list(decoder.encode(TEXT).ids)
    for one in passes:
        L = len(ids)
        asked = Asked(potential=U[:, :, :L, :L].astype(np.float32))
        maps = decoder.backend.maps([encoded(*ids)], asked)[0]
        np.testing.assert_allclose(one.weights, maps[:, :, L - one.rows :], atol=5e-6)
        logits = decoder.backend.logits(encoded(*ids), asked)[-1]
        np.testing.assert_allclose(one.logits, logits, atol=1e-4)
        np.testing.assert_array_equal(one.potential, asked.potential[:, :, L - one.rows :])
        assert one.ids == tuple(ids)
        assert one.chosen == logits.argmax()
        ids.append(one.chosen)
    assert text == decoder.tokenizer.decode(ids)
    assert passes[-1].tokens[:start] == decoder.encode(TEXT).tokens


def test_no_potential_and_a_constant_one_change_nothing(decoder):
    plain, seen = [], []
    text = decoder.generate(TEXT, tokens=5, watch=plain.append)
    for U in (np.zeros(1), lambda *_: np.zeros(1), lambda *_: np.full((1, 1), 3.0)):
        seen.clear()
        assert decoder.generate(TEXT, tokens=5, potential=U, watch=seen.append) == text
        for one, other in zip(seen, plain, strict=True):
            np.testing.assert_allclose(one.weights, other.weights, atol=3e-6)


def test_a_potential_may_follow_what_attention_did(decoder):
    start = len(decoder.encode(TEXT))

    def away(tokens, before):
        """Put a wall before the key that the last row of the first head liked best."""
        U = np.zeros(len(tokens))
        if before is not None:
            U[before.weights[0, 0, -1].argmax()] = np.inf
        return U

    passes = []
    decoder.generate(TEXT, tokens=4, potential=away, watch=passes.append)
    for before, after in itertools.pairwise(passes):
        assert after.weights[0, 0, -1, before.weights[0, 0, -1].argmax()] == 0
    assert len(passes[-1].tokens) == start + 3


def test_a_growing_potential_of_another_form_is_refused(decoder):
    for grow, said in [
        (lambda tokens, _: np.zeros(len(tokens) + 1), "potential has shape"),
        (lambda _, before: np.zeros((1 if before is None else 3, 1, 1, 1)), "give the same for"),
        (lambda *_: "wall", "no array of real numbers"),
        (lambda *_: np.inf, "leaves query 0 no key"),
    ]:
        with pytest.raises(GedigError, match=said):
            decoder.generate(TEXT, tokens=3, potential=grow)


def test_writing_stops_at_the_end_of_text(folders):
    model = models.load(folders["gpt2"], device="cpu")
    following = int(model.logits(TEXT)[-1].argmax())
    model.network.generation_config.eos_token_id = [following]
    passes = []
    assert model.generate(TEXT, tokens=9, watch=passes.append) == TEXT
    assert [one.chosen for one in passes] == [None]


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
