"""Attention in a potential that remembers: a landscape over positions, step by step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets
from scipy.special import entr, softmax

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.theory.dynamics import CoupledAttention, Run
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place, Whole

STEPS = 24
DEEPEST, CEILING = -4.0, 6.0
LIMIT = 50.0
TOKENS = ("The", " boat", " came", " home", " late", ",", " and", " the", " sea", " was", " still")
TOKENS = (*TOKENS, ".")
SCORES = (0.8, 2.85, -0.12, 0.91, -0.89, 0.39, -1.26, -1.91, 2.32, -0.18, -3.32, 0.49)
"""Of gpt2-mini, layer 4, head 2, query '.': q·k/√d with each key."""


class Ground(Numbers):
    """P at each key, from −4 on; at the ceiling of 6 it is infinite, but not at every key."""

    def validate(self, obj: traitlets.HasTraits, value: Any) -> list[Any]:
        """Return the field if it leaves attention a key."""
        field = super().validate(obj, value)
        if min(field) < DEEPEST or min(field) >= CEILING or max(field) > CEILING:
            raise GedigError(
                f"{self.name} goes from {min(field):g} to {max(field):g}; give {DEEPEST:g} to "
                f"{CEILING:g}, which is infinite, and one key below it."
            )
        return field


class Landscape(Hero):
    """Raise walls and dig wells under one row of scores, and let attention step through it.

    Each step asks the same query once more, in U = P + Σ w K(z, z_i) + M, and visits the likeliest
    key. M adds up what attention misses of the row's own softmax, its target.

    Parameters
    ----------
    scores : array [n], optional
        q·k/√d of one query with its keys, within ±50; a row of gpt2-mini where not given.
    tokens : sequence of n str, optional
        The keys.
    **traits
        `field`, P at each key, −4 to 6, where 6 is infinite; `track`, w, −1 to 1; `width`, in
        positions, 0.3 to 4; `rho`, 0 to 1; `turned`, whether M draws attention to what was missed;
        `critical`, 0.1 to 6; `with_field`, `with_track`, `with_carry`; `time`, the step shown, 1
        to 24; `key`, the place whose P and E are told.

    Raises
    ------
    GedigError
        If there are fewer than two scores or not as many tokens, or P is infinite everywhere.

    Examples
    --------
    >>> flat = Landscape(np.zeros(3), ["a", "b", "c"], field=[0, 6, 0])
    >>> flat.numbers["weights"], flat.numbers["field"]
    ([0.5, 0.0, 0.5], [0.0, None, 0.0])
    """

    _css = styles("kit/frame.css", "landscape.css")
    script = "landscape.js"
    state = (
        "scores",
        "tokens",
        "field",
        "track",
        "width",
        "rho",
        "turned",
        "critical",
        "time",
        "key",
        "with_field",
        "with_track",
        "with_carry",
    )
    given = ("scores", "tokens")
    controls = (
        Control("track", "slider", -1, 1, 0.05, under="steps"),
        Control("width", "slider", 0.3, 4, 0.1, under="steps"),
        Control("rho", "slider", 0, 1, 0.05, under="steps"),
        Control("turned", "toggle", under="steps"),
        Control("critical", "slider", 0.1, 6, 0.1, under="steps"),
        Control("time", "whole", 1, STEPS, under="steps"),
    )
    readouts = ("P:signed", "share:percent", "states", "residual")

    scores = Numbers(None, limit=LIMIT, least=2).tag(sync=True)
    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    field = Ground(None).tag(sync=True)
    track = Finite(-0.3, min=-1.0, max=1.0).tag(sync=True)
    width = Finite(1.0, min=0.3, max=4.0).tag(sync=True)
    rho = Finite(0.8, min=0.0, max=1.0).tag(sync=True)
    turned = traitlets.Bool(default_value=False).tag(sync=True)
    critical = Finite(2.0, min=0.1, max=6.0).tag(sync=True)
    time = Whole(1, min=1, max=STEPS).tag(sync=True)
    key = Place(of="scores", kind="key").tag(sync=True)
    with_field = traitlets.Bool(default_value=True).tag(sync=True)
    with_track = traitlets.Bool(default_value=True).tag(sync=True)
    with_carry = traitlets.Bool(default_value=True).tag(sync=True)

    def __init__(
        self,
        scores: Float[np.ndarray, " n"] | Sequence[float] = SCORES,
        tokens: Sequence[str] | None = None,
        **traits: Any,
    ) -> None:
        count = np.size(scores)
        if tokens is None:
            tokens = TOKENS if scores is SCORES else [f"k{place}" for place in range(count)]
        if len(tokens) != count:
            raise GedigError(f"{count} scores came with {len(tokens)} tokens; give one each.")
        given = {"field": [0.0] * count, "key": int(np.argmax(scores))} | traits
        super().__init__(scores=scores, tokens=token_labels(tokens), **given)

    @property
    def numbers(self) -> dict[str, Any]:
        """The parts of U and the attention at this step, and what all steps came to."""
        run, now = self._run, self.time - 1
        weights = run.weights[now]
        visited = int(run.visited[now])
        parts = {"field": run.prosody, "wells": run.track, "carried": run.carry}
        shown = {name: [_seen(part) for part in parts[name][now].tolist()] for name in parts}
        jumped = bool(run.jumped[now])
        heights = [_seen(one) for one in (run.potential[now] - self.scores).tolist()]
        return shown | {
            "P": shown["field"][self.key],
            "E": heights[self.key],
            "held": self.tokens[self.key],
            "heights": heights,
            "lowest": float((run.potential - self.scores).min()),
            "weights": weights.tolist(),
            "plain": self._plain.tolist(),
            "shares": run.weights.ravel().tolist(),
            "visited": run.visited.tolist(),
            "residuals": run.residual.tolist(),
            "jumps": run.jumped.tolist(),
            "token": self.tokens[visited],
            "share": float(weights[visited]),
            "states": math.exp(entr(weights).sum()),
            "kept": len(set(run.visited[: self.time].tolist())),
            "residual": float(run.residual[now]),
            "message": "sentence_jumped" if jumped else "sentence",
        }

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield grounds with each control's ends, some of them late in the run."""
        count = len(SCORES)
        wall, wells = [0.0] * count, [DEEPEST] * count
        wall[1] = CEILING
        for field in (wall, wells, [*[CEILING] * (count - 1), 0.0], [0.0, 3.0] * (count // 2)):
            yield "field", field
            yield from super().extremes()
        for part in ("with_field", "with_track", "with_carry"):
            yield part, False
        yield from (("with_carry", True), ("critical", 0.5), ("rho", 0.9))

    @property
    def _plain(self) -> Float[np.ndarray, " n"]:
        return softmax(np.array(self.scores))

    @property
    def _run(self) -> Run:
        """Return all steps, each with the settings of now."""
        field = np.array(self.field)
        coupled = CoupledAttention(
            places=np.arange(len(field)),
            prosody=np.where(field >= CEILING, np.inf, field) if self.with_field else None,
            track=self.track if self.with_track else 0.0,
            width=self.width,
            rho=self.rho if self.with_carry else None,
            gain=-1.0 if self.turned else 1.0,
            critical=self.critical,
        )
        return coupled.run(np.tile(self.scores, (STEPS, 1)), target=self._plain)


def _seen(height: float) -> float | None:
    """Return a height, None where it is infinite: the page knows no such number."""
    return height if math.isfinite(height) else None
