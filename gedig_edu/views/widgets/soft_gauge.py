"""A gauge with a gradient: the links of a map made soft, their paths, and where F pushes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_together
from gedig_edu.shapes import Float
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.soft import largest_component, read_soft, walks
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, finite

EXAMPLE_TOKENS = ("A", " good", " bridge", " bends", " a", " little", " and", " stands")
LONGEST = 12  # tokens, so that every row has room for its name
LOWEST, HIGHEST = 2.5, 30.0
PLACES = 41
BETAS = np.geomspace(LOWEST, HIGHEST, PLACES)
GAUGE = Gauge.released()


class SoftGauge(Hero):
    """Soften the links of one causal map: what happens to its paths, and where F would push.

    Parameters
    ----------
    weights : array [L, L], optional
        One causal head, its visible weights above 0; an example of eight tokens where not given.
    tokens : sequence of str, optional
        Up to 12.
    softness, beta : float
        s, 0.01 to 1, and β, 2.5 to 30.
    paths : bool
        Whether the arrows are those of the paths alone.

    Raises
    ------
    GedigError
        If one of weights and tokens is given alone, they do not fit together, or are too many.

    Examples
    --------
    >>> soft = SoftGauge(softness=0.01, beta=30.0).numbers
    >>> abs(soft["length"] - soft["hard_length"]) < 0.3
    True
    """

    _css = styles("kit/frame.css", "soft_gauge.css")
    script = "soft_gauge.js"
    state = ("tokens", "weights", "hard", "softness", "beta", "paths")
    given = ("tokens", "weights", "hard")
    controls = (
        Control("softness", "log", 0.01, 1, 0.05, under="links"),
        Control("paths", "toggle", under="push"),
        Control("beta", "log", LOWEST, HIGHEST, 0.02, under="lengths"),
    )
    readouts = ("length", "hard_length", "F:fixed", "hard_F:fixed")

    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    weights = Numbers(None, None, limit=1).tag(sync=True)
    hard = Numbers(None, None, limit=1).tag(sync=True)
    softness = Finite(0.3, min=0.01, max=1.0).tag(sync=True)
    beta = Finite(5.0, min=LOWEST, max=HIGHEST).tag(sync=True)
    paths = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        weights: Float[np.ndarray, "L L"] | None = None,
        tokens: Sequence[str] | None = None,
        **traits: Any,
    ) -> None:
        check_together(weights=weights, tokens=tokens)
        if weights is None or tokens is None:
            tokens, weights = EXAMPLE_TOKENS, _example(len(EXAMPLE_TOKENS))
        if not 2 <= len(tokens) <= LONGEST:
            raise GedigError(f"{len(tokens)} tokens came; give 2 to {LONGEST}.")
        weights = finite("weights", weights, (len(tokens), len(tokens)), limit=1)
        threshold = GAUGE.read(weights, causal=True, normalized=False).threshold
        hard = (weights > threshold).astype(float)
        super().__init__(tokens=token_labels(tokens), weights=weights, hard=hard, **traits)

    @property
    def numbers(self) -> dict[str, Any]:
        """F and mean path, soft and hard, the soft links, the pushes, and the path over β."""
        weights, hard = np.array(self.weights), np.array(self.hard)
        members = largest_component(hard > 0)
        gauge_reads = GAUGE.read(weights, causal=True, normalized=False)
        soft = read_soft(GAUGE, weights, causal=True, softness=self.softness, beta=self.beta)
        push = soft.by_paths if self.paths else soft.by_entropy + soft.by_paths
        return plain(
            {
                "F": soft.F,
                "hard_F": gauge_reads.F,
                "length": soft.path_length,
                "hard_length": gauge_reads.path_length,
                "entropy": soft.entropy,
                "links": soft.edges.ravel(),
                "push": push.ravel(),
                "share": _size(soft.by_paths) / (_size(soft.by_paths) + _size(soft.by_entropy)),
                "curve": [walks(soft.edges, members, beta)[0] for beta in BETAS],
                "hard_curve": [walks(hard, members, beta)[0] for beta in BETAS],
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of every control, then both numbers in between."""
        yield from super().extremes()
        yield from (("softness", 0.3), ("beta", 5.0), ("paths", False))


def _size(push: Float[np.ndarray, "L L"]) -> float:
    return float(np.sqrt((push**2).sum()))


def _example(length: int) -> Float[np.ndarray, "L L"]:
    """Return a head that looks one back, and a little at the first token."""
    i, j = np.indices((length, length))
    scores = 1.5 * (i - j == 1) + 1.0 * (j == 0) + 0.13 * ((7 * i + 3 * j) % 11)
    weights = np.where(j <= i, np.exp(scores), 0.0)
    return weights / weights.sum(axis=1, keepdims=True)
