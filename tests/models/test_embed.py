"""A vector for each text: the mean of its last states, of length 1."""

import numpy as np
import pytest

from gedig_edu import GedigError

TEXTS = ["a", "The miller counted the boats.", "stone", "Eleven boats came down.", "The gate"]


@pytest.mark.parametrize("batch_size", [1, 2, 5, 7])
def test_a_texts_vector_is_its_mean_last_state_brought_to_length_one(model, batch_size):
    vectors = model.embed(TEXTS, batch_size=batch_size)
    assert vectors.shape == (len(TEXTS), model.network.config.hidden_size)
    assert vectors.dtype == np.float32
    for text, vector in zip(TEXTS, vectors, strict=True):
        stream = model.stream(text)
        mean = stream.states[-1][~stream.special].mean(axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=2e-6)


def test_special_tokens_of_an_encoder_do_not_count(encoder):
    (vector,) = encoder.embed([TEXTS[1]])
    stream = encoder.stream(TEXTS[1])
    assert stream.special.tolist() == [True, *[False] * (len(stream.special) - 2), True]
    every = stream.states[-1].mean(axis=0)
    assert np.abs(vector - every / np.linalg.norm(every)).max() > 1e-3


def test_texts_may_come_from_an_iterator(model):
    np.testing.assert_array_equal(model.embed(iter(TEXTS)), model.embed(TEXTS))


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "was given no text; give a list of at least one"),
        ("one text", r"several texts, not one str; give a list, or use \[text\]"),
        (None, "several texts, not one NoneType"),
        (5, "several texts, not one int"),
        (b"ab", "several texts, not one bytes"),
        (["a", ""], "The text '' has no token"),
        (["a", 7], "A text is expected, not int"),
    ],
)
def test_texts_that_have_no_vector_are_refused(model, texts, said):
    with pytest.raises(GedigError, match=said):
        model.embed(texts)


@pytest.mark.parametrize("texts", ["one text", None, 5, b"ab"])
def test_what_is_no_collection_of_texts_is_refused_before_the_model_reads(model, texts):
    with pytest.raises(GedigError, match=r"several texts, not one \w+; .*attend\(text\)"):
        model.attend_many(texts)


@pytest.mark.parametrize("size", [0, 1.5, "two"])
def test_a_batch_size_that_is_no_whole_number_is_refused(model, size):
    with pytest.raises(GedigError, match="batch_size"):
        model.embed(TEXTS, batch_size=size)
