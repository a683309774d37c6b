"""Depth that stops: after which layer a decoder says what it will say, and what stopping costs.

`model.lens` reads every state of the stream as if it were the last. A detector of convergence stops
at a token once a layer has changed what is said by less than ε, KL(after ‖ before) in nats. It is
held against stopping at random and against one depth for all, at the same mean depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy.special import log_softmax

from gedig_edu.errors import GedigError, check_choice, check_each, check_number, check_whole
from gedig_edu.lab.gradients import need_decoder
from gedig_edu.shapes import Brief, Float, Int

if TYPE_CHECKING:
    from gedig_edu.models import AttentionModel

Sign = Literal["change", "entropy"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Settling(Brief):
    """What a decoder would say after each layer, token by token; nats.

    Attributes
    ----------
    change : array [layers, L]
        KL(p_l ‖ p_{l−1}): how far layer l, from 1 on, changes what is said.
    left : array [layers + 1, L]
        KL(p_last ‖ p_l): how far what is said is from what will be said.
    entropy : array [layers + 1, L]
        Of p_l.
    loss : array [layers + 1, L − 1]
        −log p_l(next token), of every token but the last.
    """

    change: Float[np.ndarray, "layers L"]
    left: Float[np.ndarray, "states L"]
    entropy: Float[np.ndarray, "states L"]
    loss: Float[np.ndarray, "states rest"]

    def depth(
        self, epsilon: float, *, sign: Sign = "change", least: int = 1
    ) -> Int[np.ndarray, " L"]:
        """Return after how many layers each token stops: the first at which a sign is below ε.

        Parameters
        ----------
        epsilon : float
            In nats, at least 0.
        sign : "change" or "entropy"
            The layer's change of what is said, or how open it leaves what is said: a rival that
            asks whether the model is sure and not whether it has settled.
        least : int
            Layers that every token runs through before it may stop.

        Raises
        ------
        GedigError
            If ε is below 0, there is no such sign, or fewer layers than `least`.
        """
        check_choice("sign", sign, ("change", "entropy"))
        level = check_number("epsilon", epsilon, at_least=0)
        layers = len(self.change)
        start = check_whole("least", least, at_least=1, at_most=layers)
        below = (self.change if sign == "change" else self.entropy[1:]) < level
        below = below & (np.arange(1, layers + 1)[:, None] >= start)
        return np.where(below.any(axis=0), below.argmax(axis=0), len(below) - 1) + 1


def settling(model: AttentionModel, text: str) -> Settling:
    """Read what a decoder would say after each layer of a text.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    text : str
        At least two tokens.

    Raises
    ------
    GedigError
        If the model is an encoder, or the text is a single token or cannot be read.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> found = settling(load("gpt2-mini"), "The mill stood still.")
    >>> found.change.shape, found.loss.shape, float(found.left[-1].max())
    ((6, 6), (7, 5), 0.0)
    """
    return settling_of(*lens_and_ids(model, text))


def lens_and_ids(
    model: AttentionModel, text: str
) -> tuple[Float[np.ndarray, "states L vocabulary"], Int[np.ndarray, " L"]]:
    """Return what a decoder would say after each layer, and the tokens that it reads.

    Raises
    ------
    GedigError
        As for `settling`.
    """
    need_decoder("settling", model)
    ids = np.array(model.encode(text).ids)
    if len(ids) < 2:
        raise GedigError("A single token has no next one; give a text of at least two.")
    return model.lens(text), ids


def settling_of(
    lens: Float[np.ndarray, "states L vocabulary"], ids: Int[np.ndarray, " L"]
) -> Settling:
    """Return how what is said settles, from logits after each layer and the tokens read."""
    last = log_softmax(lens[-1].astype(np.float64), axis=-1)
    rows: list[tuple[np.ndarray, ...]] = []
    before = None
    for state in lens:
        now = log_softmax(state.astype(np.float64), axis=-1)  # [L, vocabulary]
        changed = divergence(now, now if before is None else before)
        entropy = -(np.exp(now) * now).sum(axis=-1)
        loss = -np.take_along_axis(now[:-1], ids[1:, None], axis=-1)[:, 0]
        rows.append((changed, divergence(last, now), entropy, loss))
        before = now
    change, left, entropy, loss = (np.array(column) for column in zip(*rows, strict=True))
    return Settling(change=change[1:], left=left, entropy=entropy, loss=loss)


def divergence(
    p: Float[np.ndarray, "*rows n"], q: Float[np.ndarray, "*rows n"]
) -> Float[np.ndarray, "*rows"]:
    """Return KL(p ‖ q) of log-probabilities, nats."""
    return np.maximum((np.exp(p) * (p - q)).sum(axis=-1), 0.0)


class EqualDepth(NamedTuple):
    """What stopping costs at one mean depth: next-token loss, nats, one number a text.

    Attributes
    ----------
    depth : float
        Mean number of layers run.
    stopped : array [texts]
        Each token stops where its sign says.
    random : array [texts]
        The same depths dealt out to the tokens at random: what is expected of it, exactly.
    fixed : array [texts]
        One depth for all, between two layers a mixture of both.
    whole : array [texts]
        No token stops.
    """

    depth: float
    stopped: Float[np.ndarray, " texts"]
    random: Float[np.ndarray, " texts"]
    fixed: Float[np.ndarray, " texts"]
    whole: Float[np.ndarray, " texts"]


def at_level(
    texts: Sequence[Settling], epsilon: float, *, sign: Sign = "change", least: int = 1
) -> EqualDepth:
    """Return what stopping below ε costs, and what the same mean depth costs otherwise.

    Parameters
    ----------
    texts : sequence of Settling
        Of one model.
    epsilon, sign, least
        As in `Settling.depth`.

    Raises
    ------
    GedigError
        If there is no text, or for the reasons of `Settling.depth`.

    Examples
    --------
    >>> one = Settling(
    ...     change=np.array([[0.0, 1.0, 0.0], [0.5, 0.5, 0.5]]), left=np.zeros((3, 3)),
    ...     entropy=np.zeros((3, 3)), loss=np.array([[3.0, 3.0], [1.0, 2.0], [1.0, 0.5]]))
    >>> found = at_level([one], 0.1)  # depths 1 and 2
    >>> found.depth, found.stopped.tolist(), found.random.tolist(), found.fixed.tolist()
    (1.5, [0.75], [1.125], [1.125])
    """
    texts = _read_texts(texts)
    depths = [one.depth(epsilon, sign=sign, least=least)[:-1] for one in texts]
    layers = len(texts[0].change)
    shares = np.bincount(np.concatenate(depths), minlength=layers + 1) / sum(map(len, depths))
    mean = float(shares @ np.arange(layers + 1))
    floor = min(int(mean), layers - 1)
    between = np.zeros(layers + 1)
    between[floor], between[floor + 1] = floor + 1 - mean, mean - floor
    means = np.array([one.loss.mean(axis=1) for one in texts])  # [texts, layers + 1]
    stopped = [
        np.take_along_axis(one.loss, depth[None], axis=0).mean()
        for one, depth in zip(texts, depths, strict=True)
    ]
    return EqualDepth(mean, np.array(stopped), means @ shares, means @ between, means[:, -1])


def level_for(
    texts: Sequence[Settling], share: float, *, sign: Sign = "change", least: int = 1
) -> float:
    """Return the ε at which tokens run through a share of the layers on average, or just less.

    Parameters
    ----------
    texts : sequence of Settling
    share : float
        Of the layers, above 0 and at most 1.
    sign, least
        As in `Settling.depth`.

    Raises
    ------
    GedigError
        If there is no text or the share is out of range.
    """
    wanted = check_number("share", share, above=0, at_most=1)
    texts = _read_texts(texts)
    texts[0].depth(0, sign=sign, least=least)  # refuses what is none
    every = [one.change if sign == "change" else one.entropy[1:] for one in texts]
    levels = np.unique(np.concatenate([one.ravel() for one in every]))
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        found = at_level(texts, float(levels[middle]), sign=sign, least=least)
        deep = found.depth > wanted * len(every[0])
        low, high = (middle + 1, high) if deep else (low, middle)
    return float(levels[low])


def _read_texts(texts: Sequence[Settling]) -> tuple[Settling, ...]:
    each = check_each("texts", texts, Settling, "what settling returns, one a text")
    if not each:
        raise GedigError("There is no text; give at least one.")
    return each
