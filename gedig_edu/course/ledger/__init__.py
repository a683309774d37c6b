"""The ledger's entries, one module per lesson, loaded on demand.

What lesson 03 tests stands in ``l03.py`` as ``CLAIMS``, a tuple of `Claim`; the words stand in
``words/<language>/claims.toml``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gedig_edu.course.claims import Claim

LESSONS = tuple(f"{number:02d}" for number in range(1, 13))


def claims_of(lesson: str) -> tuple[Claim, ...]:
    """Return the claims that a lesson tests, none for a lesson that is not there.

    Examples
    --------
    >>> claims_of("01")[0].id
    '01.norms'
    """
    if lesson not in LESSONS:
        return ()
    return import_module(f"{__name__}.l{lesson}").CLAIMS
