"""What the site's front door shows: made of the bundled model, once in a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from ipywidgets import Widget

from gedig_edu.course.sentences import EXAMPLE, FAMILIAR, PROSE
from gedig_edu.lab.live import live
from gedig_edu.models import AttentionModel, load
from gedig_edu.models.registry import BUNDLED
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views.widgets.live_f import LiveF
from gedig_edu.views.widgets.still_map import StillMap, still_map
from gedig_edu.words import language

Model = dict[str, Any]
LENGTHS = {"shortest": "A b", "longest": " ".join(PROSE[:12])}


@dataclass(frozen=True)
class Front:
    """What the front page shows, and what it says about it.

    Attributes
    ----------
    widgets : dict of str to dict
        ``"live"``, the live F page with every head of three sentences, and ``"still"``, a map
        without a model beside the heads of the first; each as a notebook would keep it.
    said : dict of str to str, int or float
        ``sentence``, of ``tokens`` tokens, read by ``count`` heads with the ``mean`` F; ``beaten``
        of them by the map in which a token keeps ``own`` per cent of its attention for itself, and
        ``script`` of them by the author's script; this map's ``links`` between tokens, the
        ``largest`` of their shares and the ``path_gain`` that they make; the mean F of a
        ``shortest`` and a ``longest`` text; and what ``model`` is.
    """

    widgets: dict[str, Model]
    said: dict[str, Any]


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
    still = StillMap(page.reading.real.F, len(maps), EXAMPLE)
    said = {name: still.numbers[name] for name in ("count", "beaten", "links", "path_gain")}
    said |= {"own": still.own, "script": _beaten_by_script(maps, still.own / 100)}
    said["largest"] = np.tril(still_map(len(maps), still.own / 100), -1).max()
    said |= {"sentence": EXAMPLE, "tokens": len(maps), "mean": page.reading.real.F.mean()}
    said |= _lengths(model) | {"model": model.name, "layers": model.layers, "heads": model.heads}
    said["millions"] = sum(tensor.size for tensor in model.weights().values()) / 1e6
    return Front({"live": _kept(page), "still": _kept(still)}, said)


def _beaten_by_script(maps: AttentionMaps, own: float) -> int:
    """Return how many heads the still map lies above by the author's script."""
    script = Gauge.released()
    still = script.read(still_map(len(maps), own), causal=True).F
    return int((still > script.read(maps.weights, causal=True).F).sum())


def _lengths(model: AttentionModel) -> dict[str, float]:
    """Return the tokens of a short and of a long text, and the mean F of each."""
    said = {}
    for name, text in LENGTHS.items():
        maps = model.attend(text)
        said[name] = len(maps)
        said[f"{name}_mean"] = Gauge.paper().read(maps.weights, causal=True).F.mean()
    return said


def _kept(widget: Widget) -> Model:
    """Return a widget's state and buffers as nbclient leaves them in a notebook, and end it."""
    (kept,) = Widget.get_manager_state(widgets=[widget])["state"].values()
    widget.close()
    return kept
