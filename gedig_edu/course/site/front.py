"""The live page at the site's front door: made of the bundled model, once in a process."""

from __future__ import annotations

from functools import cache
from typing import Any

from ipywidgets import Widget

from gedig_edu.course.sentences import EXAMPLE, FAMILIAR
from gedig_edu.lab.live import live
from gedig_edu.models import load
from gedig_edu.models.registry import BUNDLED
from gedig_edu.views.widgets.live_f import LiveF
from gedig_edu.words import language

Model = dict[str, Any]


def front_widgets() -> dict[str, Model]:
    """Return the widgets of the front page by name, each as a notebook would keep it.

    They are made once for each language of their words.

    Returns
    -------
    dict of str to dict
        ``"live"``, the live F page with every head of three sentences.

    Examples
    --------
    >>> front_widgets()["live"]["state"]["standalone"]
    True
    """
    return _made_in(language())


@cache
def _made_in(_language: str) -> dict[str, Model]:
    model = load(BUNDLED)
    page = LiveF(
        lambda text, _name: model.attend(text),
        live,
        models=[model.name],
        text=EXAMPLE,
        examples=(EXAMPLE, *FAMILIAR),
        baseline="uniform",
        alone=True,
    )
    return {"live": _kept(page)}


def _kept(widget: Widget) -> Model:
    """Return a widget's state and buffers as nbclient leaves them in a notebook, and end it."""
    (kept,) = Widget.get_manager_state(widgets=[widget])["state"].values()
    widget.close()
    return kept
