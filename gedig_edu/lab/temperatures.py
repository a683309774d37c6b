"""How hot a real head is, what its temperature goes with, and what heating a model does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import entr

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.shapes import Bool, Brief, Float, Num
from gedig_edu.theory.attention import cosine_scores, dot_scores
from gedig_edu.theory.thermo import EffectiveTemperature, effective_temperature
from gedig_edu.theory.thermo import fitted_head as fitted_head  # where lesson 04 imports it

if TYPE_CHECKING:
    from gedig_edu.models import AttentionModel

QUARTER = 4


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Thermometers(Brief):
    """What several thermometers say of every head, on one text.

    Attributes
    ----------
    own : array [layers, heads]
        T against the head's own q·k; √d for every head, whatever it does.
    inverse_spread : array [layers, heads]
        1/std of the logits q·k/√d within rows, which no change of basis moves.
    cosine : array [layers, heads]
        T against cosine scores; infinite where no positive temperature fits. It depends on the
        basis of queries and keys, on which no weight depends.
    r2 : array [layers, heads]
        How much of the log-weights' variance that temperature explains.
    entropy : array [layers, heads]
        Mean entropy of a row's weights, nats; no change of basis moves it either.
    distance : array [layers, heads]
        Mean distance looked at, tokens.
    beyond_sink : array [layers, heads]
        The same for the attention that does not go to the first token or a special one.
    sink : array [layers, heads]
        Share of the attention that does go there, between 0 and 1.
    """

    own: Float[np.ndarray, "layers heads"]
    inverse_spread: Float[np.ndarray, "layers heads"]
    cosine: Float[np.ndarray, "layers heads"]
    r2: Float[np.ndarray, "layers heads"]
    entropy: Float[np.ndarray, "layers heads"]
    distance: Float[np.ndarray, "layers heads"]
    beyond_sink: Float[np.ndarray, "layers heads"]
    sink: Float[np.ndarray, "layers heads"]


def read_thermometers(model: AttentionModel, text: str) -> Thermometers:
    """Read every head's temperature in three ways, and how far it looks.

    Parameters
    ----------
    model : AttentionModel
    text : str
        At least three tokens.

    Raises
    ------
    GedigError
        If the text cannot be read or is too short.
    """
    maps = model.attend(text)
    length = len(maps.tokens)
    if length < 3:
        raise GedigError(
            f"A text of {length} tokens leaves nothing to compare; give one of at least three."
        )
    q, k = read_vectors(model, text)
    weights = maps.weights.astype(np.float64)
    own, _ = effective_temperature(weights, dot_scores(q, k, scale=False), causal=maps.causal)
    T, r2 = cosine_temperature(weights, q, k, causal=maps.causal)
    content = ~maps.special & (np.arange(length) > 0)
    return Thermometers(
        own=own,
        inverse_spread=1 / spread_within_rows(dot_scores(q, k), causal=maps.causal),
        cosine=T,
        r2=r2,
        entropy=entr(weights).sum(axis=-1).mean(axis=-1),
        distance=mean_distance(weights),
        beyond_sink=mean_distance(weights, keys=content),
        sink=weights[..., ~content].sum(axis=-1).mean(axis=-1),
    )


def cosine_temperature(
    weights: Num[np.ndarray, "*maps L L"],
    q: Num[np.ndarray, "*maps L d"],
    k: Num[np.ndarray, "*maps L d"],
    *,
    causal: bool,
) -> EffectiveTemperature:
    """Fit the temperature of each map against the cosines of its queries and keys.

    Parameters
    ----------
    weights : array [..., L, L]
    q, k : array [..., L, d]
        In the model's own basis, or in another one of the same scores (`change_basis`).
    causal : bool

    Returns
    -------
    EffectiveTemperature
        ``(temperature, r2)``, [...]; infinite where no positive temperature fits.
    """
    T, r2 = effective_temperature(weights, cosine_scores(q, k), causal=causal)
    return EffectiveTemperature(np.where(T > 0, T, np.inf), r2)


def spread_within_rows(
    scores: Num[np.ndarray, "*maps L L"], *, causal: bool
) -> Float[np.ndarray, "*maps"]:
    """Return the standard deviation of scores around the mean of their row, over a whole map.

    Parameters
    ----------
    scores : array [..., L, L]
    causal : bool
        Count only the keys that a query may see, and only queries that see two.

    Examples
    --------
    >>> float(spread_within_rows(np.array([[5.0, 9.0], [1.0, 3.0]]), causal=True))
    1.0
    """
    scores = np.asarray(scores, dtype=np.float64)
    length = scores.shape[-1]
    seen = np.tri(length, dtype=bool) if causal else np.ones((length, length), dtype=bool)
    seen &= seen.sum(axis=-1, keepdims=True) > 1
    means = np.sum(scores * seen, axis=-1, keepdims=True) / np.maximum(
        seen.sum(axis=-1, keepdims=True), 1
    )
    return np.sqrt((((scores - means) * seen) ** 2).sum(axis=(-2, -1)) / seen.sum())


def mean_distance(
    weights: Num[np.ndarray, "*maps L L"], *, keys: Bool[np.ndarray, " L"] | None = None
) -> Float[np.ndarray, "*maps"]:
    """Return Σ w_ij |i − j| / Σ w_ij: how far a head looks, in tokens.

    Parameters
    ----------
    weights : array [..., L, L]
        Attention weights.
    keys : bool array [L], optional
        Count only the attention that goes to these keys; all where not given.

    Examples
    --------
    >>> weights = np.array([[1.0, 0, 0], [0.5, 0.5, 0], [0.5, 0.25, 0.25]])
    >>> float(mean_distance(weights)), float(mean_distance(weights, keys=np.arange(3) > 0))
    (0.5833333333333334, 0.25)
    """
    weights = np.asarray(weights, dtype=np.float64)
    if keys is not None:
        weights = weights * keys
    i, j = np.indices(weights.shape[-2:])
    return (weights * abs(i - j)).sum(axis=(-2, -1)) / weights.sum(axis=(-2, -1))


def rank_correlation(
    x: Num[np.ndarray, "layers heads"],
    y: Num[np.ndarray, "layers heads"],
    *,
    within_layers: bool = False,
) -> float:
    """Return Spearman's rank correlation over heads, NaN where nothing varies.

    Parameters
    ----------
    x, y : array [layers, heads]
        Infinities have ranks like other numbers; a head with a NaN is left out.
    within_layers : bool
        Take each layer's mean rank out first, so that differences between layers do not count.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0], [8.0, 9.0]])
    >>> y = np.array([[4.0, 3.0], [9.0, 8.0]])
    >>> round(rank_correlation(x, y), 9), round(rank_correlation(x, y, within_layers=True), 9)
    (0.6, -1.0)
    """
    from scipy.stats import rankdata

    known = ~(np.isnan(x) | np.isnan(y))
    ranks = []
    for values in (x, y):
        rank = np.zeros(np.shape(values))
        rank[known] = rankdata(np.asarray(values)[known])
        axis = -1 if within_layers else None
        count = np.maximum(known.sum(axis=axis, keepdims=True), 1)
        ranks.append((rank - rank.sum(axis=axis, keepdims=True) / count)[known])
    length = np.linalg.norm(ranks[0]) * np.linalg.norm(ranks[1])
    return float(ranks[0] @ ranks[1] / length) if length > 0 else np.nan


class LowEnergy(NamedTuple):
    """The lowest-energy quarter of the keys each query sees, as shares between 0 and 1.

    Attributes
    ----------
    written : array [layers, heads]
        Its share of what the head writes, Σ w_ij ‖v_j W_O‖.
    weight : array [layers, heads]
        Its share of the attention weight.
    even : array [layers, heads]
        Its share of what the head would write if all weights were even.
    """

    written: Float[np.ndarray, "layers heads"]
    weight: Float[np.ndarray, "layers heads"]
    even: Float[np.ndarray, "layers heads"]


def low_energy_share(
    weights: Num[np.ndarray, "layers heads L L"],
    reach: Num[np.ndarray, "layers heads L"],
    *,
    causal: bool,
) -> LowEnergy:
    """Return how much of each head's writing comes from its lowest energies.

    Within a row the weight falls as the energy −q·k rises, so the lowest energies are the
    largest weights. Of n visible keys the n/4 lowest count, rounded down; queries that see
    fewer than four are left out.

    Parameters
    ----------
    weights : array [layers, heads, L, L]
    reach : array [layers, heads, L]
        ‖v_j W_O‖ of each key.
    causal : bool

    Raises
    ------
    GedigError
        If there are fewer than four tokens.

    Examples
    --------
    >>> weights, reach = np.full((1, 1, 4, 4), [0.7, 0.1, 0.1, 0.1]), np.array([[[1.0, 7, 7, 7]]])
    >>> read = low_energy_share(weights, reach, causal=True)
    >>> [round(float(share[0, 0]), 3) for share in read]
    [0.25, 0.7, 0.045]
    """
    length = weights.shape[-1]
    if length < QUARTER:
        raise GedigError(f"{length} tokens have no quarter; give a text of at least {QUARTER}.")
    lowest, whole = np.zeros((2, 3, *weights.shape[:2]))
    for i in range(QUARTER - 1 if causal else 0, length):
        row = weights[..., i, : i + 1 if causal else length].astype(np.float64)  # [..., keys]
        size = reach[..., : row.shape[-1]]
        low = np.argsort(-row, axis=-1, kind="stable")[..., : row.shape[-1] // QUARTER]
        for place, written in enumerate((row * size, row, size)):
            lowest[place] += np.take_along_axis(written, low, axis=-1).sum(axis=-1)
            whole[place] += written.sum(axis=-1)
    return LowEnergy(*(lowest / whole))


def written_entropy(
    written: Num[np.ndarray, "*layers L D"], *, centred: bool = True
) -> Float[np.ndarray, "*layers"]:
    """Return over how many directions written vectors spread, as an entropy in nats.

    S = −Σ p log p with p_i = σ_i²/Σσ², σ the singular values of the L vectors; exp(S) is the
    effective rank of Roy and Vetterli (2007). Vectors that do not differ have S = 0.

    Parameters
    ----------
    written : array [..., L, D]
    centred : bool
        Take out the mean over tokens: what is the same for all tokens tells nothing of them.

    Examples
    --------
    >>> round(float(written_entropy(np.eye(3), centred=False)), 6)
    1.098612
    >>> float(written_entropy(np.ones((3, 2))))
    0.0
    """
    written = np.asarray(written, dtype=np.float64)
    if centred:
        written = written - written.mean(axis=-2, keepdims=True)
    squares = np.linalg.svd(written, compute_uv=False) ** 2
    total = squares.sum(axis=-1, keepdims=True)
    return entr(squares / np.where(total > 0, total, 1.0)).sum(axis=-1)


@dataclass(frozen=True, eq=False, repr=False)
class Heated(Brief):
    """A decoder at several temperatures of its attention.

    Attributes
    ----------
    temperatures : array [temperatures]
        T, which divides the scores of every head; 1 is the model as it was trained.
    losses : array [texts, temperatures]
        Next-token loss, nats per token.
    written : tuple of str
        What it writes at each temperature, greedily, after one prompt.
    """

    temperatures: Float[np.ndarray, " temperatures"]
    losses: Float[np.ndarray, "texts temperatures"]
    written: tuple[str, ...]

    @property
    def best(self) -> Float[np.ndarray, " texts"]:
        """The temperature of each text's lowest loss, among those measured."""
        return self.temperatures[self.losses.argmin(axis=-1)]


def heat(
    model: AttentionModel,
    texts: Sequence[str],
    *,
    prompt: str,
    temperatures: Sequence[float],
    tokens: int = 24,
) -> Heated:
    """Heat every head of a decoder alike; measure its loss and let it write.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    texts : sequence of str
        What the loss is measured on.
    prompt : str
        What it writes on from, taking the likeliest token each time.
    temperatures : sequence of float
        T > 0.
    tokens : int
        How many tokens it writes.

    Raises
    ------
    GedigError
        If the model is an encoder, which has no next-token loss, or a text cannot be read.
    """
    tokens = check_whole("tokens", tokens, at_least=1)
    losses = [[model.next_token_loss(text, temperature=T) for T in temperatures] for text in texts]
    written = (model.generate(prompt, tokens=tokens, temperature=T) for T in temperatures)
    return Heated(np.array(temperatures, dtype=float), np.array(losses), tuple(written))
