from types import SimpleNamespace

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.three_scales import SCALES, read_at_scale, sentences_of, things_of

TEXT = "Bees store honey. Bears like honey, and bears fear bees. Where bees swarm, bears run."


class Model:
    """Stands for a model: even attention over single letters, vectors by the letters used."""

    def __init__(self, *, causal: bool = True) -> None:
        self.causal = causal

    def attend(self, text: str) -> SimpleNamespace:
        rows = np.tril(np.ones((len(text),) * 2)) if self.causal else np.ones((len(text),) * 2)
        rows /= rows.sum(axis=1, keepdims=True)
        return SimpleNamespace(tokens=tuple(text), weights=np.stack([[rows, rows]] * 3))

    def embed(self, texts: list[str]) -> np.ndarray:
        counts = np.array([[text.count(letter) for letter in "aebrs"] for text in texts], float)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_gives_one_map_that_the_gauge_reads(scale, causal):
    read = read_at_scale(TEXT, Model(causal=causal), scale=scale)
    assert read.weights.shape == (len(read.nodes),) * 2
    np.testing.assert_allclose(read.weights.sum(axis=1), 1.0)
    assert np.isfinite(read.F)
    assert len(read.graph()) == len(read.nodes)
    if causal:
        assert (np.triu(read.weights, 1) == 0).all()


def test_one_character_more_and_the_text_is_read_as_another_kind_of_graph():
    text = (TEXT + " ") * 20
    below, above = (read_at_scale(text[:length], Model()) for length in (999, 1000))
    assert (below.scale, above.scale) == ("token", "document")
    assert len(below.nodes) == 999
    assert len(above.nodes) < 50


def test_knowledge_needs_no_attention_and_no_vectors():
    read = read_at_scale(TEXT, SimpleNamespace(causal=False), scale="knowledge")
    assert read.nodes == tuple(things_of(TEXT)) == ("honey", "bears")
    assert read.weights.tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_sentences_read_the_more_of_each_other_the_more_alike_they_are():
    text = "A bear. A bear bears. Sss sss."
    read = read_at_scale(text, Model(causal=False), scale="document")
    assert read.nodes == sentences_of(text)
    assert read.weights[0, 1] > read.weights[0, 2]
    assert np.diagonal(read.weights).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(("text", "scale"), [("One sentence.", "document"), ("", "knowledge")])
def test_a_text_without_two_nodes_is_refused(text, scale):
    with pytest.raises(GedigError, match="graph needs two"):
        read_at_scale(text, Model(), scale=scale)


def test_an_unknown_scale_is_refused():
    with pytest.raises(GedigError, match="scale='chapter'"):
        read_at_scale(TEXT, Model(), scale="chapter")


@pytest.mark.parametrize("scale", [*SCALES, None])
def test_what_is_no_text_is_refused_at_every_scale(scale):
    with pytest.raises(GedigError, match="text is of type NoneType; give a text"):
        read_at_scale(None, Model(), scale=scale)
