"""One text at three scales: tokens, sentences, things. The length alone chooses, says the text.

At each scale the text becomes one map, whose rows sum to 1, and the same gauge reads it. What the
micro-geDIG text leaves open is ours: how each scale makes its map.

- token: the attention of a model, the mean of all its heads;
- document: sentences; each reads the others by how alike the model's vectors of them are;
- knowledge: things, which are words that several sentences name; each reads those that are named
  with it. No model is needed.

Where a model reads only what came before, so do sentences, and things in the order in which they
are first named: then all three maps have the same shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gedig_edu.errors import GAUGE, MODEL, GedigError, check_choice, check_has, check_kind
from gedig_edu.lab.retrieval import likenesses
from gedig_edu.shapes import Brief, Float
from gedig_edu.theory.energy import choose_scale
from gedig_edu.theory.gauge import Gauge

if TYPE_CHECKING:
    import networkx as nx

    from gedig_edu.theory.maps import AttentionMaps
    from gedig_edu.theory.reading import Reading

SCALES = ("token", "document", "knowledge")
READS = {"token": ("attend",), "document": ("embed",), "knowledge": ()}  # what is asked of a model
SHARPNESS = 0.1  # of likeness, as a temperature, as in `lab.worlds`
MOST_THINGS = 200
_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]{5,}")


class Reads(Protocol):
    """What a model must do here."""

    @property
    def causal(self) -> bool:
        """Whether a token sees only what came before."""
        ...

    def attend(self, text: str) -> AttentionMaps:
        """Return the attention maps of a text."""
        ...

    def embed(self, texts: Sequence[str]) -> Float[np.ndarray, "texts dim"]:
        """Return one vector of length 1 for each text."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class AtScale(Brief):
    """A text as one map at one scale, and what the gauge reads of it.

    Attributes
    ----------
    scale : {"token", "document", "knowledge"}
    nodes : tuple of str
        Tokens, sentences or things, in the order of the text.
    weights : float64 array [nodes, nodes]
        Rows sum to 1.
    causal : bool
        Whether each node reads only itself and what came before.
    gauge : Gauge
    reading : Reading
        ``reading.F`` and its terms.
    """

    scale: str
    nodes: tuple[str, ...]
    weights: Float[np.ndarray, "nodes nodes"]
    causal: bool
    gauge: Gauge
    reading: Reading

    @property
    def F(self) -> float:  # noqa: N802
        """F of the map."""
        return float(self.reading.F)

    def graph(self) -> nx.DiGraph:
        """Return the graph that F reads; its nodes are places among `nodes`."""
        return self.gauge.graph(self.weights, causal=self.causal)


def read_at_scale(
    text: str, model: Reads, *, scale: str | None = None, gauge: Gauge | None = None
) -> AtScale:
    """Read a text at the scale that its length chooses, or at another.

    Parameters
    ----------
    text : str
    model : with `causal`, `attend` and `embed`
        Not asked at the scale of knowledge, but for whether it is causal.
    scale : {"token", "document", "knowledge"}, optional
        As `choose_scale` says where not given.
    gauge : Gauge, optional
        `Gauge.paper()` where not given.

    Raises
    ------
    GedigError
        If it is no text, has fewer than two nodes at this scale, or more tokens than the model
        reads.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> text = "Honey keeps for years. Bears steal honey from hives. Hives keep bears busy."
    >>> read = read_at_scale(text, load("gpt2-mini"), scale="document")
    >>> len(read.nodes), read.weights.sum(axis=1).round(6).tolist()
    (3, [1.0, 1.0, 1.0])
    >>> read_at_scale(text, load("gpt2-mini"), scale="knowledge").nodes
    ('honey', 'bears', 'hives')
    """
    check_kind("text", text, str, "a text")
    scale = choose_scale(len(text)) if scale is None else scale
    check_choice("scale", scale, SCALES)
    check_has("model", model, "causal", *READS[scale], wanted=MODEL)
    gauge = Gauge.paper() if gauge is None else gauge
    check_kind("gauge", gauge, Gauge, GAUGE)
    make = {"token": _tokens, "document": _sentences, "knowledge": _things}[scale]
    nodes, weights = make(text, model)
    if len(nodes) < 2:
        raise GedigError(
            f"The text has {len(nodes)} nodes at the scale {scale!r}; a graph needs two or more. "
            "Give a longer text, or another scale."
        )
    reading = gauge.read(weights, causal=model.causal)
    return AtScale(scale, nodes, weights, model.causal, gauge, reading)


def sentences_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a text; a stop, a semicolon or a new line ends one.

    Examples
    --------
    >>> sentences_of("It rains. Does it? Yes")
    ('It rains.', 'Does it?', 'Yes')
    """
    check_kind("text", text, str, "a text")
    return tuple(part.strip() for part in _END.split(text) if part.strip())


def things_of(text: str) -> dict[str, tuple[int, ...]]:
    """Return the things of a text, each with the sentences that name it, first named first.

    Things are words of five letters or more, without regard to capitals, that at least two
    sentences name and at most a tenth of a long text; of more than 200 the most frequent.

    Examples
    --------
    >>> things_of("Mars is a planet. A planet turns. Turns come; a PLANET has a moon.")
    {'planet': (0, 1, 3), 'turns': (1, 2)}
    """
    said = sentences_of(text)
    named: dict[str, list[int]] = {}
    for at, sentence in enumerate(said):
        for word in dict.fromkeys(_WORD.findall(sentence.lower())):
            named.setdefault(word, []).append(at)
    most = max(3, len(said) // 10)
    kept = Counter({word: len(at) for word, at in named.items() if 2 <= len(at) <= most})
    chosen = {word for word, _ in kept.most_common(MOST_THINGS)}
    return {word: tuple(at) for word, at in named.items() if word in chosen}


def _tokens(text: str, model: Reads) -> tuple[tuple[str, ...], np.ndarray]:
    maps = model.attend(text)
    weights = maps.weights.astype(np.float64).mean(axis=(0, 1))
    return tuple(maps.tokens), weights / weights.sum(axis=1, keepdims=True)


def _sentences(text: str, model: Reads) -> tuple[tuple[str, ...], np.ndarray]:
    said = sentences_of(text)
    fit = np.exp(likenesses(model, said) / SHARPNESS) if len(said) > 1 else np.ones((1, 1))
    return said, _rows(fit, causal=model.causal)


def _things(text: str, model: Reads) -> tuple[tuple[str, ...], np.ndarray]:
    things = things_of(text)
    names = np.zeros((len(things), len(sentences_of(text))))
    for row, at in enumerate(things.values()):
        names[row, list(at)] = 1.0
    return tuple(things), _rows(names @ names.T, causal=model.causal)


def _rows(fit: Float[np.ndarray, "n n"], *, causal: bool) -> Float[np.ndarray, "n n"]:
    """Return rows that sum to 1; a node reads itself only where it has nothing else to read."""
    fit = np.tril(fit) if causal else fit.copy()
    np.fill_diagonal(fit, 0.0)
    alone = fit.sum(axis=1) == 0
    fit[alone, alone] = 1.0
    return fit / fit.sum(axis=1, keepdims=True)
