"""Tokens a person can read, with spans that hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from gedig_edu import GedigError
from gedig_edu.models.tokens import encode
from tests.models import tiny


@pytest.fixture(scope="module")
def byte_level():
    return tiny.byte_level_tokenizer()


@pytest.fixture(scope="module")
def word_piece():
    return tiny.word_piece_tokenizer()


def read(tokenizer, text, context=1000):
    return encode(tokenizer, text, context=context, name="tiny")


def test_byte_level_pieces_join_to_the_text_with_leading_spaces(byte_level):
    encoded = read(byte_level, "the old mill,\nand  the boats")
    assert "".join(encoded.tokens) == "the old mill,\nand  the boats"
    assert any(token.startswith(" ") for token in encoded.tokens)
    assert not encoded.special.any()


def test_byte_level_offsets_cut_the_text_into_its_pieces(byte_level):
    text = "the old mill, and the boats"
    encoded = read(byte_level, text)
    assert [text[start:end] for start, end in encoded.offsets] == list(encoded.tokens)


def test_a_character_of_several_tokens_shows_its_bytes_and_shares_its_span(byte_level):
    encoded = read(byte_level, "a😀b")
    assert encoded.tokens == ("a", r"\xf0", r"\x9f", r"\x98", r"\x80", "b")
    assert encoded.offsets.tolist() == [[0, 1], *[[1, 2]] * 4, [2, 3]]


@given(text=st.text(st.characters(codec="utf-8"), min_size=1))
@settings(max_examples=60, deadline=None)
def test_any_text_keeps_its_offsets_in_order_and_in_range(byte_level, text):
    encoded = read(byte_level, text)
    starts, ends = encoded.offsets.T
    assert (np.diff(starts) >= 0).all()
    assert (starts < ends).all()
    assert (starts[0], ends[-1]) == (0, len(text))


def test_special_tokens_are_kept_and_marked(word_piece):
    encoded = read(word_piece, "The old mill")
    assert encoded.tokens == ("[CLS]", "the", " old", " mill", "[SEP]")
    assert encoded.special.tolist() == [True, False, False, False, True]
    assert encoded.offsets.tolist() == [[0, 0], [0, 3], [4, 7], [8, 12], [0, 0]]


def test_a_special_token_written_in_the_text_is_the_texts_own(word_piece):
    encoded = read(word_piece, "mill [SEP] mill")
    assert encoded.tokens == ("[CLS]", "mill", "[SEP]", " mill", "[SEP]")
    assert encoded.special.tolist() == [True, False, False, False, True]


def test_word_pieces_lose_their_marks_and_join_to_the_words(word_piece):
    encoded = read(word_piece, "Boathouses, grainstone")
    assert not any("#" in token for token in encoded.tokens)
    assert "".join(encoded.tokens[1:-1]) == "boathouses, grainstone"
    assert len(encoded) > 5


def test_an_unknown_word_is_shown_as_unknown(word_piece):
    assert read(word_piece, "mill 😀").tokens == ("[CLS]", "mill", "[UNK]", "[SEP]")


def test_a_sentence_piece_mark_is_read_as_a_space():
    tokenizer = Tokenizer(models.BPE(vocab={"▁": 0, "a": 1, "▁a": 2}, merges=[("▁", "a")]))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    assert read(tokenizer, "a a").tokens == (" a", " a")


def test_one_token_works_in_every_architecture(model):
    maps = model.attend("a")
    real = ~maps.special
    assert real.sum() == 1
    assert maps.weights.shape[-1] == len(maps)


def test_a_causal_model_reads_one_token_with_weight_one(decoder):
    np.testing.assert_array_equal(decoder.attend("a").weights, 1)


@pytest.mark.parametrize("text", ["", " \n"])
def test_text_without_a_token_is_refused(encoder, text):
    with pytest.raises(
        GedigError, match=r"has no token that .* could read; give at least one word"
    ):
        encoder.attend(text)


def test_empty_text_is_refused_by_decoders(decoder):
    with pytest.raises(GedigError, match="has no token"):
        decoder.attend("")


def test_a_text_longer_than_the_context_is_refused_with_both_numbers(model):
    with pytest.raises(GedigError, match=rf"has \d\d+ tokens and .* at most {tiny.CONTEXT}; short"):
        model.attend("boats " * 70)


def test_the_context_can_be_filled_to_the_last_token(model):
    added = model.encode("a").special.sum()
    text = ".," * 31
    text = text[: tiny.CONTEXT - added]
    assert len(model.attend(text)) == tiny.CONTEXT


@pytest.mark.parametrize(("text", "said"), [(None, "NoneType"), (b"a", "bytes"), (["a"], "list")])
def test_what_is_no_text_is_refused(loaded, text, said):
    with pytest.raises(GedigError, match=f"not {said}; give one str"):
        loaded["gpt2"].attend(text)


def test_half_a_character_is_refused(loaded):
    with pytest.raises(GedigError, match=r"lone surrogate.* at position 2"):
        loaded["gpt2"].attend("ab\ud83d")
