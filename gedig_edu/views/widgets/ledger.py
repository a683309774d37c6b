"""A list of badges with filters by what they are about, in a notebook and on a page alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from gedig_edu.views.badge import STYLE
from gedig_edu.views.widgets.bundle import bundle, styles
from gedig_edu.views.widgets.card_form import Readable
from gedig_edu.views.widgets.told import Told
from gedig_edu.views.widgets.traits import Steady
from gedig_edu.words import section


class Ledger(Told, Steady):
    """Badges one below the other, of which filters leave those that a reader asks for.

    The name to import is ``gedig_edu.views.widgets.ledger.Ledger``.

    Parameters
    ----------
    rows : sequence of mapping
        Each with ``html``, a row drawn as `gedig_edu.views.badge.Badge.row` does, and for each
        filter under its name what the row is.
    filters : sequence of mapping
        Each with ``name``, ``label`` and ``choices``, a list of mappings with ``id`` and ``text``.
    told : Readable
        The same as a table.
    chosen : mapping of str to str, optional
        What is chosen at first, by name of the filter; "" and what is not named leave all.

    Examples
    --------
    >>> class Said(str):
    ...     def _repr_html_(self): return str(self)
    ...     def __repr__(self): return str(self)
    >>> choices = [{"id": "03", "text": "Lesson 03"}]
    >>> lessons = {"name": "lesson", "label": "Lesson", "choices": choices}
    >>> Ledger([{"html": "<p>One.</p>", "lesson": "03"}], [lessons], told=Said("One claim."))
    One claim.
    """

    needs_kernel = False
    _esm = bundle("ledger.js")
    _css = styles(STYLE, "ledger.css")
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    filters = traitlets.List(traitlets.Dict()).tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Dict(key_trait=traitlets.Unicode(), value_trait=traitlets.Unicode()).tag(
        sync=True
    )

    def __init__(
        self,
        rows: Sequence[Mapping[str, str]],
        filters: Sequence[Mapping[str, Any]],
        *,
        told: Readable,
        chosen: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            rows=[dict(row) for row in rows],
            filters=[dict(one) for one in filters],
            words=section("claims.ledger"),
            chosen=dict(chosen or {}),
        )
        self._told = told

    def said_in_html(self) -> str:
        """Return the table."""
        return self._told._repr_html_()

    def __repr__(self) -> str:
        return repr(self._told)
