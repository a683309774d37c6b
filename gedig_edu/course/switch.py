"""Whether worked solutions are shown: a lecturer's switch."""

from __future__ import annotations

import os

from gedig_edu.words import refusal

VARIABLE = "GEDIG_SOLUTIONS"
ON = ("", "on", "1", "true", "yes")
OFF = ("off", "0", "false", "no")


def solutions_shown() -> bool:
    """Return whether worked solutions are shown, as the environment says; so they are by default.

    ``GEDIG_SOLUTIONS`` set to off, 0, false or no switches them off; on, 1, true or yes on; a
    word in capitals counts the same. It is a switch and no lock: who reads the source of the
    package reads the solutions.

    Raises
    ------
    GedigError
        If it holds anything else, so that a slip of the pen does not show them.

    Examples
    --------
    >>> os.environ["GEDIG_SOLUTIONS"] = "off"
    >>> solutions_shown()
    False
    >>> del os.environ["GEDIG_SOLUTIONS"]
    >>> solutions_shown()
    True
    """
    said = os.environ.get(VARIABLE, "")
    if (plain := said.strip().lower()) in ON:
        return True
    if plain in OFF:
        return False
    raise refusal("switch", variable=VARIABLE, said=said)
