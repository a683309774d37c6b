"""What the site's front door shows: made of the bundled model, once in a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from ipywidgets import Widget

from gedig_edu.course.sentences import EXAMPLE, FAMILIAR
from gedig_edu.lab.live import live
from gedig_edu.models import load
from gedig_edu.models.registry import BUNDLED
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.widgets.live_f import LiveF
from gedig_edu.views.widgets.still_map import StillMap, still_map
from gedig_edu.words import language

Model = dict[str, Any]


@dataclass(frozen=True)
class Front:
    """What the front page shows, and what it says about it.

    Attributes
    ----------
    widgets : dict of str to dict
        ``"live"``, the live F page with every head of three sentences, and ``"still"``, a map
        without a model beside the heads of the first; each as a notebook would keep it.
    said : dict of str to int
        ``count`` heads; ``beaten`` of them by the map in which a token keeps ``own`` per cent of
        its attention for itself, and ``script`` of them by the author's script.
    """

    widgets: dict[str, Model]
    said: dict[str, int]


def front() -> Front:
    """Return what the front page shows, made once for each language of its words.

    Examples
    --------
    >>> said = front().said
    >>> said["beaten"] == said["count"] > said["script"]
    True
    """
    return _made_in(language())


@cache
def _made_in(_language: str) -> Front:
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
    maps = page.reading.maps
    still = StillMap(page.reading.real.F, len(maps))
    one = still_map(len(maps), still.own / 100)
    script = Gauge.released()
    below = script.read(maps.weights, causal=True).F < script.read(one, causal=True).F
    said = {name: still.numbers[name] for name in ("count", "beaten")}
    said |= {"own": still.own, "script": int(below.sum())}
    return Front({"live": _kept(page), "still": _kept(still)}, said)


def _kept(widget: Widget) -> Model:
    """Return a widget's state and buffers as nbclient leaves them in a notebook, and end it."""
    (kept,) = Widget.get_manager_state(widgets=[widget])["state"].values()
    widget.close()
    return kept
