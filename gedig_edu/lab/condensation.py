"""When a softmax freezes, and what length does to it: random energies, and the rows of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import entr, softmax

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Float, Int, Num

if TYPE_CHECKING:
    from gedig_edu.lab.thermodynamics import Rows
    from gedig_edu.models import AttentionModel

GRID = np.geomspace(0.01, 100, 81)  # spreads at which random rows are drawn
PREFIXES = 6
FEWEST_KEYS = 4


def critical_spread(keys: Num[np.ndarray, "*any"] | int) -> Float[np.ndarray, "*any"]:
    """Return √(2 log n), the spread of logits at which n normal ones condense (Derrida 1981).

    Below it, for large n, no key holds a finite share of the weight; above it a few keys do. The
    largest of n normal numbers lies near √(2 log n) standard deviations out.

    Parameters
    ----------
    keys : array
        n, 2 or more.

    Raises
    ------
    GedigError
        If one is no number, or below 2.

    Examples
    --------
    >>> critical_spread(np.array([16, 65536])).round(2).tolist()
    [2.35, 4.71]
    """
    n = np.asarray(keys)
    if n.dtype.kind not in "iuf" or not (np.isfinite(n) & (n >= 2)).all():
        raise GedigError(f"keys={keys!r} is no number of keys; give at least two keys.")
    return np.sqrt(2 * np.log(n))


def random_condensate(
    keys: int, spreads: Float[np.ndarray, "*any"], *, draws: int = 400, seed: int = 0
) -> Float[np.ndarray, "*any"]:
    """Return the mean Σp² of softmax over n normal logits, for each spread.

    Each drawn row has exactly the spread asked for. For large n the mean is 0 below
    `critical_spread` and 1 − critical/spread above it.

    Parameters
    ----------
    keys : int
        n, 2 or more.
    spreads : array
        Standard deviations of the logits, finite and at least 0; they are read off a grid from
        0.01 to 100, beyond which its ends stand.
    draws, seed : int

    Examples
    --------
    >>> random_condensate(2, np.array([0.0, 1.0, 50.0])).round(2).tolist()
    [0.5, 0.79, 1.0]
    """
    keys = check_whole("keys", keys, at_least=2)
    draws, seed = check_whole("draws", draws, at_least=1), check_whole("seed", seed, at_least=0)
    rows = np.random.default_rng(seed).normal(size=(draws, keys))
    rows = (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
    known = [np.square(softmax(spread * rows, axis=1)).sum(axis=1).mean() for spread in GRID]
    return np.interp(np.log(np.maximum(spreads, GRID[0])), np.log(GRID), known)


class Condensate(NamedTuple):
    """Every row of a text with enough keys: how far its logits spread, and how frozen it is.

    Attributes
    ----------
    keys : int array [rows]
        n of each row.
    spread : array [layers, heads, rows]
        Standard deviation of the logits over √(2 log n): above 1, random energies condense.
    real : array [layers, heads, rows]
        Σp² of the row: 1/n where all keys share alike, 1 where one key has all.
    random : array [layers, heads, rows]
        What normal logits of the same number and spread have on average.
    """

    keys: Int[np.ndarray, " rows"]
    spread: Float[np.ndarray, "layers heads rows"]
    real: Float[np.ndarray, "layers heads rows"]
    random: Float[np.ndarray, "layers heads rows"]


def condensate_of(rows: Rows, *, least: int = 8) -> Condensate:
    """Hold Σp² of the rows of a model against that of random energies of the same spread.

    Parameters
    ----------
    rows : Rows
        As `gedig_edu.lab.thermodynamics.read_rows` gives them.
    least : int
        Rows that see fewer keys are left out, 2 at the least.

    Raises
    ------
    GedigError
        If no row sees so many keys.
    """
    least = check_whole("least", least, at_least=2)
    used = np.flatnonzero(rows.keys >= least)
    if not len(used):
        raise GedigError(f"No row sees {least} keys; give a longer text, or a smaller least.")
    logits = -rows.energies[:, :, used] / rows.temperature
    spread = np.nanstd(np.where(np.isfinite(logits), logits, np.nan), axis=-1)
    keys = rows.keys[used]
    random = np.empty_like(spread)
    for n in np.unique(keys):
        random[..., keys == n] = random_condensate(int(n), spread[..., keys == n])
    real = np.square(softmax(logits, axis=-1)).sum(axis=-1)
    return Condensate(keys, spread / critical_spread(keys), real, random)


class ByLength(NamedTuple):
    """How the entropy of a model's rows goes with the number of keys.

    Attributes
    ----------
    keys : int array [lengths]
    entropy : array [layers, heads, lengths]
        In nats.
    """

    keys: Int[np.ndarray, " lengths"]
    entropy: Float[np.ndarray, "layers heads lengths"]

    @property
    def exponent(self) -> Float[np.ndarray, "layers heads"]:
        """Slope of S over log n: exp S, the effective number of keys, grows as n to this power."""
        x = np.log(self.keys) - np.log(self.keys).mean()
        return self.entropy @ x / (x @ x)


def entropy_by_length(model: AttentionModel, text: str) -> ByLength:
    """Read the entropy of every head at several lengths of one text.

    A decoder's rows are those lengths: its row i sees what it would see if the text ended there.
    An encoder reads beginnings of the text, six of them, and each length is the mean of its rows.

    Raises
    ------
    GedigError
        If there are fewer than two lengths of at least four keys.
    """
    maps = model.attend(text)
    if model.causal:
        keys = np.arange(1, len(maps) + 1)
        entropy = entr(maps.weights.astype(np.float64)).sum(axis=-1)
    else:
        ends = np.linspace(0, len(text), PREFIXES + 1).astype(int)[1:]
        read = [model.attend(text[:end]) for end in ends]
        keys = np.array([len(one) for one in read])
        rows = (entr(one.weights.astype(np.float64)).sum(axis=-1).mean(axis=-1) for one in read)
        entropy = np.stack(list(rows), axis=-1)
    used = keys >= FEWEST_KEYS
    if len(set(keys[used])) < 2:
        raise GedigError(
            f"The text has too few lengths of at least {FEWEST_KEYS} keys to see what length does; "
            "give a longer one."
        )
    return ByLength(keys[used], entropy[..., used])
