"""What is left of ΔF? One thing after another is taken away, and the three parts answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_together
from gedig_edu.shapes import Float
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Tables, same_shaped

TIE = 1e-12  # as in gedig_edu.lab.statistics: differences up to it are rounding, not above
PARTS = ("density", "entropy", "path_gain")
PUBLISHED_GAMMA = 0.5
CONVENTIONS = {"released": Gauge.released(), "paper": Gauge.paper()}
SWITCHES = {
    "prose": ("short", "prose"),
    "matched": ("unmasked", "matched"),
    "shuffled": ("real", "shuffled"),
    "own": ("random", "own"),
    "untrained": ("trained", "untrained"),
    "dropped": ("kept", "dropped"),
    "paper": ("released", "paper"),
}
"""What each switch chooses between, off and on; the tables' keys are made of these names."""
HEAD_KEY = ("paper", "prose", "untrained", "dropped", "shuffled")
RANDOM_KEY = ("paper", "prose", "dropped", "matched")


class WhatIsLeft(Hero):
    """Take away, one at a time, what might carry ΔF, and see what is left of it.

    Every number is a difference of mean terms that were read beforehand, so each switch answers
    in the page. The traits `heads` and `random` (the tables), `weights` (λ of each
    convention), `limits` (range of the bars, then of the dots), `gamma` and the seven switches are
    the only state.

    Parameters
    ----------
    heads : mapping of str to array [3, heads], optional
        Density, entropy and path gain of every head under every setting, as
        ``gedig_edu.lab.carriers.what_is_left`` gives them; a small example where not given.
    random : mapping of str to array [3], optional
        The same of the random maps.
    gamma : float
        What weighs the paths, 0 to 1; 0.5 in the published comparison.
    **switches : bool
        Switches that are on from the start.

    Raises
    ------
    GedigError
        If one table is given without the other, or lacks a setting.

    Examples
    --------
    >>> WhatIsLeft(shuffled=True, own=True).numbers["delta"]
    0.0
    """

    script = "what_is_left.js"
    state = ("heads", "random", "weights", "limits", "gamma", *SWITCHES)
    given = ("heads", "random", "weights", "limits")
    controls = (
        *(Control(name, "toggle", under="bars") for name in SWITCHES),
        Control("gamma", "slider", 0, 1, 0.05, under="bars"),
    )
    readouts = ("delta", "delta_published", "left:percent")

    heads = Tables(len(PARTS), None).tag(sync=True)
    random = Tables(len(PARTS)).tag(sync=True)
    weights = Tables().tag(sync=True)
    limits = Tables(4).tag(sync=True)
    prose = traitlets.Bool(False).tag(sync=True)
    matched = traitlets.Bool(False).tag(sync=True)
    gamma = Finite(0.5, min=0.0, max=1.0).tag(sync=True)
    shuffled = traitlets.Bool(False).tag(sync=True)
    own = traitlets.Bool(False).tag(sync=True)
    untrained = traitlets.Bool(False).tag(sync=True)
    dropped = traitlets.Bool(False).tag(sync=True)
    paper = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        heads: Mapping[str, Float[np.ndarray, "3 heads"]] | None = None,
        random: Mapping[str, Float[np.ndarray, " 3"]] | None = None,
        *,
        gamma: float = 0.5,
        **switches: bool,
    ) -> None:
        check_together(heads=heads, random=random)
        if heads is None or random is None:
            heads, random = _example()
        missing = sorted(_keys(HEAD_KEY) - set(heads)) + sorted(_keys(RANDOM_KEY) - set(random))
        if missing:
            raise GedigError(
                f"The tables lack {missing[0]!r}, and {len(missing) - 1} more; give those that "
                "what_is_left returns."
            )
        heads = same_shaped("heads", heads, (len(PARTS), None))
        random = same_shaped("random", random, (len(PARTS),))
        super().__init__(
            heads=heads,
            random=random,
            weights={name: gauge.lam for name, gauge in CONVENTIONS.items()},
            limits={name: _limits(heads, random, name) for name in CONVENTIONS},
            gamma=gamma,
            **switches,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """Mean ΔF and its parts, now and as published; ΔF of every head, share above 0."""
        on = {name: bool(getattr(self, name)) for name in SWITCHES}
        published = dict.fromkeys(SWITCHES, False) | {"paper": on["paper"]}
        parts = _parts(self.heads, self.random, on, gamma=self.gamma)
        before = _parts(self.heads, self.random, published, gamma=PUBLISHED_GAMMA).mean(axis=1)
        mean, deltas = parts.mean(axis=1), parts.sum(axis=0)
        delta, whole = float(mean.sum()), float(before.sum())
        return plain(
            dict(zip(PARTS, mean, strict=True))
            | {
                "delta": delta,
                "share": float((deltas > TIE).mean()),
                "left": delta / whole if abs(whole) > TIE else None,
                "published": np.append(before, whole),
                "delta_published": whole,
                "deltas": deltas,
                "baseline": "own" if on["own"] else SWITCHES["matched"][on["matched"]],
            }
        )


def _keys(switches: tuple[str, ...]) -> set[str]:
    return {" ".join(key) for key in product(*(SWITCHES[name] for name in switches))}


def _parts(
    heads: Mapping[str, Any], random: Mapping[str, Any], on: Mapping[str, bool], *, gamma: float
) -> Float[np.ndarray, "3 heads"]:
    """Return Δdensity, −λ·Δentropy and −λγ·Δpath gain of every head, as the switches say."""
    name = {switch: pair[on[switch]] for switch, pair in SWITCHES.items()}
    key = " ".join(name[switch] for switch in HEAD_KEY[:-1])
    ours = np.asarray(heads[f"{key} {name['shuffled']}"])
    theirs = (
        np.asarray(heads[f"{key} shuffled"])
        if on["own"]
        else np.asarray(random[" ".join(name[switch] for switch in RANDOM_KEY)])[:, None]
    )
    lam = CONVENTIONS[name["paper"]].lam
    return np.array([[1.0], [-lam], [-lam * gamma]]) * (ours - theirs)


def _limits(heads: Mapping[str, Any], random: Mapping[str, Any], convention: str) -> list[float]:
    """Return least and greatest bar over all settings with γ as published, then those of dots."""
    bars, dots = [np.array([-0.01, 0.01])], [np.array([-0.01, 0.01])]
    for choice in product((False, True), repeat=len(SWITCHES) - 1):
        on = dict(zip(SWITCHES, (*choice, convention == "paper"), strict=True))
        parts = _parts(heads, random, on, gamma=PUBLISHED_GAMMA)
        bars += [parts.mean(axis=1), parts.mean(axis=1).sum(keepdims=True)]
        dots.append(parts.sum(axis=0))
    ends = (end(np.concatenate(values)) for values in (bars, dots) for end in (np.min, np.max))
    return [_outward(float(value)) for value in ends]


def _outward(value: float) -> float:
    """Return a limit with two decimals, away from zero."""
    return math.copysign(math.ceil(100 * abs(value)) / 100, value)


def _example() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return made-up tables of six heads, in which the shuffles keep all but the paths."""
    rng = np.random.default_rng(6)
    low, high = np.array([[0.04], [0.7], [0.1]]), np.array([[0.06], [0.9], [0.5]])
    heads = {key: rng.uniform(low, high, size=(3, 6)) for key in sorted(_keys(HEAD_KEY))}
    for key, terms in heads.items():
        if key.endswith("shuffled"):
            terms[:2] = heads[key.removesuffix("shuffled") + "real"][:2]
    random = {
        key: rng.uniform([0.04, 0.9, 0.2], [0.1, 1.0, 0.4]) for key in sorted(_keys(RANDOM_KEY))
    }
    return heads, random
