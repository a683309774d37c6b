"""Numbers that name what a head does: where it looks on average, and how it repeats."""

from __future__ import annotations

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Float
from gedig_edu.theory.baselines import local
from gedig_edu.theory.engines.given import as_maps
from gedig_edu.theory.maps import AttentionMaps, check_maps


def previous_token_score(
    weights: Float[np.ndarray, "*batch L L"],
) -> Float[np.ndarray, "*batch"]:
    """Return the mean attention that a token pays to the one before it.

    The mean of w[i, i-1] over the queries i ≥ 1; 0 for a single token.

    Parameters
    ----------
    weights : array or tensor [..., L, L], or a tuple of one a layer
        Attention weights, row = query.

    Returns
    -------
    array [...], in [0, 1]

    Examples
    --------
    >>> import numpy as np
    >>> float(previous_token_score(np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.1, 0.9, 0.0]])))
    0.7
    """
    return _mean_of_diagonal(as_maps(weights), offset=-1)


def induction_score(
    weights: Float[np.ndarray, "*batch L L"], *, period: int
) -> Float[np.ndarray, "*batch"]:
    """Return the mean attention paid to the token after the previous occurrence.

    On a sequence that repeats with `period` tokens, the token after the previous occurrence of
    query i stands at i - period + 1 (Olsson et al. 2022): the mean of w[i, i-period+1] over
    the queries i ≥ period.

    Parameters
    ----------
    weights : array or tensor [..., L, L], or a tuple of one a layer
        Attention weights on a repeated sequence, row = query.
    period : int
        Tokens from one occurrence to the next, at least 2 and below L.

    Returns
    -------
    array [...], in [0, 1]

    Raises
    ------
    GedigError
        If `period` leaves no query to look back from.

    Examples
    --------
    >>> import numpy as np
    >>> float(induction_score(np.full((4, 4), 0.25), period=2))
    0.25
    """
    weights = as_maps(weights)
    period = _check_period(period, weights.shape[-1])
    return _mean_of_diagonal(weights[..., period:, :], offset=1)


def duplicate_score(
    weights: Float[np.ndarray, "*batch L L"], *, period: int
) -> Float[np.ndarray, "*batch"]:
    """Return the mean attention paid to the previous occurrence of the token itself.

    On a sequence that repeats with `period` tokens: the mean of w[i, i-period] over the queries
    i ≥ period.

    Parameters
    ----------
    weights : array or tensor [..., L, L], or a tuple of one a layer
        Attention weights on a repeated sequence, row = query.
    period : int
        Tokens from one occurrence to the next, at least 2 and below L.

    Returns
    -------
    array [...], in [0, 1]

    Raises
    ------
    GedigError
        If `period` leaves no query to look back from.

    Examples
    --------
    >>> import numpy as np
    >>> float(duplicate_score(np.eye(4, k=-2), period=2))
    1.0
    """
    weights = as_maps(weights)
    period = _check_period(period, weights.shape[-1])
    return _mean_of_diagonal(weights[..., period:, :], offset=0)


def local_score(
    weights: Float[np.ndarray, "*batch L L"], *, causal: bool, window: int = 5
) -> Float[np.ndarray, "*batch"]:
    """Return the mean attention that a token pays to itself and those near it.

    Near is what `gedig_edu.theory.baselines.local` looks at: |i - j| ≤ (window - 1)/2. A token
    that sees no other is left out, as in `head_scores`.

    Parameters
    ----------
    weights : array or tensor [..., L, L], or a tuple of one a layer
        Attention weights, row = query.
    causal : bool
        Whether later tokens are out of sight.
    window : int
        Odd width.

    Returns
    -------
    array [...], in [0, 1]

    Examples
    --------
    >>> import numpy as np
    >>> round(float(local_score(np.full((1, 7, 7), 1 / 7), causal=False)[0]), 4)
    0.5918
    """
    weights = as_maps(weights)
    near = local(weights.shape[-1], window, causal=causal) > 0
    return _mean_of_choosers(np.where(near, weights, 0).sum(axis=-1), causal=causal)


def head_scores(
    maps: AttentionMaps, *, period: int | None = None
) -> dict[str, Float[np.ndarray, "layers heads"]]:
    """Return where each head of a text looks on average, by name.

    The mean weight on the token before ("previous"), on the token itself ("own") and on the first
    ("first"); with a period also "induction". A token that sees no other (the first, of a causal
    model) is left out of the means: it has no choice.

    Raises
    ------
    GedigError
        If `period` does not fit the text.

    Examples
    --------
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=np.full((1, 2, 2, 2), 0.5, dtype=np.float32),
    ...     causal=False, special=np.zeros(2, bool), offsets=np.zeros((2, 2), int), model="m")
    >>> head_scores(maps)["previous"].tolist()
    [[0.5, 0.5]]
    """
    check_maps(maps)
    weights = maps.weights
    own = np.diagonal(weights, axis1=-2, axis2=-1)
    scores = {
        "previous": previous_token_score(weights),
        "own": _mean_of_choosers(own, causal=maps.causal),
        "first": _mean_of_choosers(weights[..., 0], causal=maps.causal),
    }
    if period is not None:
        scores["induction"] = induction_score(weights, period=period)
    return scores


def telling_query(weights: Float[np.ndarray, "L L"]) -> int:
    """Return the token that looks at two others at once the most, the first of the text left out.

    A head with nothing to do looks at the first token or at the asking token itself, so neither
    counts. Of the weights on the rest, the second largest decides; where no token has one, the
    largest on another token; of equals, the first token.

    Examples
    --------
    >>> telling_query(np.array([[1.0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0.5, 0.4, 0.1]]))
    3
    """
    others = np.where(np.eye(len(weights), dtype=bool), 0, weights)
    if len(weights) > 2 and (second := np.sort(others[:, 1:], axis=-1)[:, -2]).any():
        return int(second.argmax())
    return int(others.max(axis=-1).argmax())


def _check_period(period: int, length: int) -> int:
    whole = check_whole("period", period)
    if whole not in range(2, length):
        raise GedigError(
            f"period={period} does not fit {length} tokens; give a whole number from 2 to "
            f"{length - 1}, the tokens from one occurrence to the next."
        )
    return whole


def _mean_of_choosers(
    shares: Float[np.ndarray, "*batch L"], *, causal: bool
) -> Float[np.ndarray, "*batch"]:
    """Return the mean of a share over the tokens that see another one; 0 for a single token."""
    alone = 1 if causal or shares.shape[-1] == 1 else 0
    chosen = shares[..., alone:].astype(np.float64)
    return chosen.sum(axis=-1) / max(chosen.shape[-1], 1)


def _mean_of_diagonal(
    weights: Float[np.ndarray, "*batch queries keys"], *, offset: int
) -> Float[np.ndarray, "*batch"]:
    cells = np.diagonal(weights, offset=offset, axis1=-2, axis2=-1).astype(np.float64)
    return cells.mean(axis=-1) if cells.shape[-1] else np.zeros(weights.shape[:-2])
