"""Widgets told in words: what stands in a notebook wherever a widget cannot be drawn."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import ipywidgets
from IPython.core.getipython import get_ipython
from ipywidgets.widgets.widget import _instances

from gedig_edu.errors import GedigError
from gedig_edu.words import inline, word

VIEW = "application/vnd.jupyter.widget-view+json"
AGAIN = "gedig-again"  # class of the line that says how to have the widget alive
_shown: dict[str, tuple[str, list[Any]]] = {}  # of each cell, its last run and what that showed


class Told(ipywidgets.DOMWidget):
    """What every widget of the course has before its own class: words beside the picture.

    A display carries the view, and for wherever that cannot be drawn (an untrusted notebook, a
    page made by nbconvert, a terminal) ``text/plain`` and ``text/html``: what `__repr__` says,
    made from the data, and how to have the widget alive. A subclass answers `__repr__`, the same
    at every run, and `said_in_html` where lines of text are not enough.

    The page learns of the widget when it is first shown. One made for its numbers alone never
    reaches the page, and never the saved notebook; ``ipywidgets.embed`` does not know of it either
    before its `model_id` has been asked for.

    What a cell shows stays until the cell shows something again; then only who else has the widget
    (a variable, another cell that shows it) keeps it, and one that nobody has is closed and freed.

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
            self._open_weakly()
        comm: Any = self.comm
        return comm.comm_id

    def _open_weakly(self) -> None:
        """Let go of by all that ipywidgets has of it, which would keep it to the kernel's end."""
        comm: Any = self.comm
        comm.on_msg(weakly(self._handle_msg))
        _instances[comm.comm_id] = weakref.proxy(self)

    def said_in_html(self) -> str:
        """Return what `__repr__` says as HTML, `backticks` as code."""
        lines = (f"<div>{inline(line)}</div>" for line in repr(self).splitlines() if line)
        return f"<div style='max-width:46em;white-space:pre-wrap'>{''.join(lines)}</div>"

    def _repr_mimebundle_(self, **_kwargs: Any) -> Any:
        _keep(self)
        again = word("widgets.told.again")
        return {
            "text/plain": f"{self!r}\n{again}",
            "text/html": f"{self.said_in_html()}<p class='{AGAIN}'><em>{inline(again)}</em></p>",
            VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id},
        }


def weakly(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return what calls a method of an object as long as the object lives, without keeping it.

    Examples
    --------
    >>> class Bell:
    ...     def ring(self, times):
    ...         return "ding " * times
    >>> bell = Bell()
    >>> ring = weakly(bell.ring)
    >>> ring(2)
    'ding ding '
    >>> del bell
    >>> ring(2)
    """
    known = weakref.WeakMethod(method)

    def call(*given: Any) -> Any:
        alive = known()
        return None if alive is None else alive(*given)

    return call


def _keep(widget: Told) -> None:
    """Keep what the present cell shows, and let go of what its run before this one showed."""
    shell: Any = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:  # no page shows it
        return
    asked = kernel.get_parent()
    run = asked.get("header", {}).get("msg_id", "")
    cell = asked.get("metadata", {}).get("cellId") or run  # a run of no cell has none before it
    before, widgets = _shown.get(cell, (run, []))
    if before != run:
        _forget_results(shell, widgets)
        widgets = []
    _shown[cell] = run, [*widgets, widget]


def _forget_results(shell: Any, widgets: list[Any]) -> None:
    """Take widgets out of what IPython keeps of results: `Out`, and the names that begin with _."""
    ids = set(map(id, widgets))
    results = shell.user_ns.get("_oh", {})
    numbers = [number for number, result in results.items() if id(result) in ids]
    for number in numbers:
        del results[number]
    for names in (shell.user_ns, shell.user_ns_hidden, vars(shell.displayhook)):
        for name in [f"_{number}" for number in numbers]:
            names.pop(name, None)
        for name in ("_", "__", "___"):
            if id(names.get(name)) in ids:
                names[name] = ""


def failure_told(failure: Exception) -> str:
    """Return what a page says of a failure: a refusal as it is, another one under its name.

    Examples
    --------
    >>> failure_told(GedigError("No.")), failure_told(OSError("full"))
    ('No.', 'OSError: full')
    """
    refused = isinstance(failure, GedigError)
    return str(failure) if refused else f"{type(failure).__name__}: {failure}"
