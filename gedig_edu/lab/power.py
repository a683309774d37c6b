"""How many runs a question needs: power of a t test and of a test of equivalence, exactly."""

from __future__ import annotations

import math
from collections.abc import Callable

from gedig_edu.errors import GedigError, check_number, check_whole

LEVEL = 0.05
_MOST = 100_000


def power_of_difference(n: int, *, difference: float, sd: float, paired: bool = False) -> float:
    """Return the chance that a two-sided t test at 5 % finds a true difference of two means.

    Parameters
    ----------
    n : int
        Runs in each arm, or pairs; at least 2.
    difference : float
        The true difference, in the unit of the data.
    sd : float
        Spread of one arm; of the differences within pairs if `paired`.
    paired : bool

    Raises
    ------
    GedigError
        If a number is out of range.

    Examples
    --------
    >>> round(power_of_difference(37, difference=0.33, sd=0.5), 4)
    0.7998
    >>> round(power_of_difference(5, difference=0.33, sd=0.2, paired=True), 2)
    0.79
    """
    from scipy.stats import nct, t

    error, freedom = _error(n, sd, paired=paired)
    away = check_number("difference", difference) / error
    limit = t.isf(LEVEL / 2, freedom)
    return float(nct.sf(limit, freedom, away) + nct.cdf(-limit, freedom, away))


def power_of_equivalence(
    n: int, *, margin: float, sd: float, difference: float = 0.0, paired: bool = False
) -> float:
    """Return the chance that two one-sided tests at 5 % show two means to be equivalent.

    The mean difference is normal and the measured spread is a χ; given the spread, equivalence is
    shown where the difference falls within margin − t·(its error), and the chance of that is
    integrated over the spread (Owen 1965; Phillips 1990).

    Parameters
    ----------
    n : int
        Runs in each arm, or pairs; at least 2.
    margin : float
        Largest difference that does not matter, in the unit of the data, above 0.
    sd : float
        Spread of one arm; of the differences within pairs if `paired`.
    difference : float
        The true difference.
    paired : bool

    Raises
    ------
    GedigError
        If a number is out of range.

    Examples
    --------
    >>> round(power_of_equivalence(5, margin=1.0, sd=0.5), 2)
    0.78
    """
    from scipy.integrate import quad
    from scipy.stats import chi, norm, t

    error, freedom = _error(n, sd, paired=paired)
    wide = check_number("margin", margin, above=0) / error
    away = check_number("difference", difference) / error
    limit = t.isf(LEVEL, freedom)

    def shown(spread: float) -> float:
        within = wide - limit * spread  # how far from 0 the difference may fall, in errors
        chance = norm.cdf(within - away) - norm.cdf(-within - away)
        density = chi.pdf(spread * math.sqrt(freedom), freedom) * math.sqrt(freedom)
        return float(chance * density)

    likely = chi.isf(1e-12, freedom) / math.sqrt(freedom)
    chance, _ = quad(shown, 0.0, min(wide / limit, likely), limit=200)
    return float(chance)


def needed(power: Callable[[int], float], *, at_least: float = 0.8) -> int:
    """Return the smallest number of runs, from 2 on, that reaches a power.

    Parameters
    ----------
    power : callable
        Number of runs → power, which rises with it, such as `power_of_difference` with the rest
        given.
    at_least : float
        The power wanted, between 0 and 1.

    Raises
    ------
    GedigError
        If no number up to 100,000 reaches it.

    Examples
    --------
    >>> needed(lambda n: power_of_difference(n, difference=0.33, sd=0.5))
    38
    >>> needed(lambda n: power_of_equivalence(n, margin=1.0, sd=0.5))
    6
    """
    wanted = check_number("at_least", at_least, above=0, below=1)
    low, high = 1, 2
    while power(high) < wanted:
        if high >= _MOST:
            raise GedigError(f"Not even {_MOST:,} runs reach a power of {wanted:g}; ask for less.")
        low, high = high, min(2 * high, _MOST)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= wanted else (middle, high)
    return high


def _error(n: int, sd: float, *, paired: bool) -> tuple[float, int]:
    """Return the standard error of the mean difference and its degrees of freedom."""
    n = check_whole("n", n, at_least=2)
    sd = check_number("sd", sd, above=0)
    return (sd / math.sqrt(n), n - 1) if paired else (sd * math.sqrt(2 / n), 2 * n - 2)
