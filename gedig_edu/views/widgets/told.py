"""Widgets told in words: what stands in a notebook wherever a widget cannot be drawn."""

from __future__ import annotations

from typing import Any

import ipywidgets

from gedig_edu.errors import GedigError
from gedig_edu.words import inline, word

VIEW = "application/vnd.jupyter.widget-view+json"
AGAIN = "gedig-again"  # class of the line that says how to have the widget alive


class Told(ipywidgets.DOMWidget):
    """What every widget of the course has before its own class: words beside the picture.

    A display carries the view, and for wherever that cannot be drawn (an untrusted notebook, a
    page made by nbconvert, a terminal) ``text/plain`` and ``text/html``: what `__repr__` says,
    made from the data, and how to have the widget alive. A subclass answers `__repr__`, the same
    at every run, and `said_in_html` where lines of text are not enough.

    The page learns of the widget when it is first shown. One made for its numbers alone never
    reaches the page, and never the saved notebook; ``ipywidgets.embed`` does not know of it either
    before its `model_id` has been asked for.

    Examples
    --------
    >>> class Greeting(Told, ipywidgets.HTML):
    ...     def __repr__(self):
    ...         return "Good `morning`"
    >>> shown = Greeting()._repr_mimebundle_()
    >>> shown["text/plain"].splitlines()
    ['Good `morning`', 'To use it here, run the cells above and then this one.']
    >>> "<code>morning</code>" in shown["text/html"]
    True
    """

    needs_kernel = True  # whether a page without one cannot use it

    def open(self) -> None:
        """Wait: a widget is opened when somebody first asks for its id, to show it."""

    @property
    def model_id(self) -> str:
        """The id that the page knows the widget by; asking for it opens the widget."""
        if self.comm is None:
            super().open()
        comm: Any = self.comm
        return comm.comm_id

    def said_in_html(self) -> str:
        """Return what `__repr__` says as HTML, `backticks` as code."""
        lines = (f"<div>{inline(line)}</div>" for line in repr(self).splitlines() if line)
        return f"<div style='max-width:46em;white-space:pre-wrap'>{''.join(lines)}</div>"

    def _repr_mimebundle_(self, **_kwargs: Any) -> Any:
        again = word("widgets.told.again")
        return {
            "text/plain": f"{self!r}\n{again}",
            "text/html": f"{self.said_in_html()}<p class='{AGAIN}'><em>{inline(again)}</em></p>",
            VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id},
        }


def failure_told(failure: Exception) -> str:
    """Return what a page says of a failure: a refusal as it is, another one under its name.

    Examples
    --------
    >>> failure_told(GedigError("No.")), failure_told(OSError("full"))
    ('No.', 'OSError: full')
    """
    refused = isinstance(failure, GedigError)
    return str(failure) if refused else f"{type(failure).__name__}: {failure}"
