"""One score matrix and three readers, each at its own temperature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.shapes import Float
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, finite

EXAMPLE_TOKENS = (
    "A", " cold", " head", " sees", " one", " key", ",", " a", " hot", " one", " sees", " all",
)  # fmt: skip
PULL = 0.5  # score per token of distance, at full preference
READERS = ("cold", "middle", "hot")


class OneScoreManyTemperatures(Hero):
    """Read one score matrix at T/r, T and T·r; let its scores prefer near keys or far ones.

    The traits `tokens`, `scores` [L, L], `causal`, `preference`, `temperature` and `ratio` are
    the only state. What is read is softmax((score − ½·preference·|i − j|)/T).

    Parameters
    ----------
    scores : array [L, L], optional
        Scores of every query against every key, such as q·k/√d of one head; an example of
        twelve tokens where not given.
    tokens : sequence of str, optional
        One per key.
    causal : bool
        A query sees itself and what came before.
    preference : float
        −1: the scores rise with distance; 1: they fall with it.
    temperature : float
        T of the middle reader, 0.05 to 20.
    ratio : float
        r, 1 to 16: the others read at T/r and T·r.

    Raises
    ------
    GedigError
        If there is not one finite score for each pair of tokens.

    Examples
    --------
    >>> read = OneScoreManyTemperatures(np.zeros((3, 3)), ("a", "b", "c")).numbers
    >>> round(read["middle_keys"], 6), round(read["middle_distance"], 6)
    (2.0, 0.5)
    """

    script = "one_score_many_temperatures.js"
    state = ("tokens", "scores", "causal", "preference", "temperature", "ratio")
    controls = (
        Control("temperature", "log", 0.05, 20, 0.1, under="maps"),
        Control("preference", "slider", -1, 1, 0.1, under="maps"),
        Control("ratio", "log", 1, 16, 0.05, under="strip"),
    )
    readouts = tuple(f"{reader}_distance" for reader in READERS)

    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    scores = Numbers(None, None).tag(sync=True)
    causal = traitlets.Bool(True).tag(sync=True)
    preference = Finite(0.0, min=-1.0, max=1.0).tag(sync=True)
    temperature = Finite(1.0, min=0.05, max=20.0).tag(sync=True)
    ratio = Finite(4.0, min=1.0, max=16.0).tag(sync=True)

    def __init__(
        self,
        scores: Float[np.ndarray, "L L"] | None = None,
        tokens: Sequence[str] = EXAMPLE_TOKENS,
        **traits: Any,
    ) -> None:
        if scores is None:
            drawn = np.random.default_rng(4).normal(size=(len(tokens), len(tokens)))
            scores = drawn.round(2)
        scores = finite("scores", scores, (len(tokens), len(tokens)))
        super().__init__(tokens=token_labels(tokens), scores=scores, **traits)

    @property
    def numbers(self) -> dict[str, Any]:
        """For each reader: its T, effective keys, mean distance looked at, and its weights."""
        i, j = np.indices((len(self.tokens), len(self.tokens)))
        far = abs(i - j)
        energies = PULL * self.preference * far - np.array(self.scores)
        if self.causal:
            energies[j > i] = np.inf
        T, r = self.temperature, self.ratio
        read = {}
        for reader, heat in zip(READERS, (T / r, T, T * r), strict=True):
            rows = Ensemble(energies, heat)
            read[f"{reader}_T"] = heat
            read[f"{reader}_keys"] = rows.effective_states.mean()
            read[f"{reader}_distance"] = (rows.probabilities * far).sum(axis=-1).mean()
            read[f"{reader}_weights"] = rows.probabilities.ravel()
        return plain(read)
