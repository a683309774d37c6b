"""What an `AttentionModel` asks of the library that computes for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from gedig_edu.models.records import QueriesKeys, Stream
from gedig_edu.models.tokens import Encoded
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from gedig_edu.models.generation import Follow

Kind = Literal["zero", "mean"]
Receive = Callable[[Sequence[Encoded], int, Any], None]
"""Takes some texts, a layer, and the layer's weights of these texts [batch, heads, L, L]."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """What one forward pass is asked to change.

    Attributes
    ----------
    potential : float32 array [layers or 1, heads or 1, L or 1, L or 1] or None
        U, subtracted from the scores; +inf removes a key.
    temperature : float
        T > 0, which divides the scores.
    ablate : dict of int to dict of int to {"zero", "mean"}
        Layer by layer the heads that are taken out, and how.
    disturb : (int, float32 array [L, D]) or None
        A layer, and what is added to the stream that leaves it.
    """

    potential: np.ndarray | None = None
    temperature: float = 1.0
    ablate: dict[int, dict[int, Kind]] = field(default_factory=dict)
    disturb: tuple[int, np.ndarray] | None = None


class Backend(Protocol):
    """A network ready to compute; texts come encoded and arguments checked."""

    @property
    def library(self) -> str:
        """What computes: "numpy" or "torch"."""
        ...

    @property
    def layers(self) -> int:
        """Number of layers."""
        ...

    @property
    def heads(self) -> int:
        """Number of heads in a layer."""
        ...

    @property
    def width(self) -> int:
        """D, the numbers that the stream carries for each token."""
        ...

    @property
    def causal(self) -> bool:
        """Whether a token sees only itself and what came before."""
        ...

    @property
    def context(self) -> int:
        """The most tokens the network reads."""
        ...

    @property
    def device(self) -> str:
        """Where the network computes."""
        ...

    @property
    def rotary(self) -> bool:
        """Whether positions enter by rotating queries and keys."""
        ...

    @property
    def sinks(self) -> bool:
        """Whether a row of a map may give weight to no key, so that it sums to less than 1."""
        ...

    @property
    def renormalised(self) -> bool:
        """Whether maps come from half precision and are divided by their row sums."""
        ...

    @property
    def network(self) -> PreTrainedModel:
        """The network as transformers has it."""
        ...

    def untrained(self, seed: int) -> Backend:
        """Return the same architecture with weights as its training would begin with."""
        ...

    def weights(self) -> Mapping[str, np.ndarray]:
        """Return the tensors of the network by name, float32."""
        ...

    def each_layer(self, batch: Sequence[Encoded], asked: Asked, receive: Receive) -> None:
        """Hand out the weights of each layer as soon as they are made, of all texts or some."""
        ...

    def maps(
        self, batch: Sequence[Encoded], asked: Asked
    ) -> list[Float[np.ndarray, "layers heads L L"]]:
        """Return the attention weights of each text of a batch."""
        ...

    def logits(self, encoded: Encoded, asked: Asked) -> Float[np.ndarray, "L vocabulary"]:
        """Return the next-token logits after each token, float32."""
        ...

    def losses_without(
        self, encoded: Encoded, layer: int, removals: Sequence[Mapping[int, Kind]]
    ) -> Float[np.ndarray, " removals"]:
        """Return the next-token loss under each of several removals from one layer, float64."""
        ...

    def continue_ids(
        self,
        ids: Sequence[int],
        *,
        tokens: int,
        temperature: float,
        seed: int,
        asked: Asked,
        follow: Follow | None = None,
    ) -> list[int]:
        """Return up to `tokens` ids that follow `ids`; fewer where the text ends.

        `follow` is told of every pass before and after it, and gets its weights.
        """
        ...

    def queries_keys(self, encoded: Encoded, layers: Sequence[int]) -> list[QueriesKeys]:
        """Return the queries and keys of some layers, in one pass."""
        ...

    def stream(self, encoded: Encoded, disturb: tuple[int, np.ndarray] | None = None) -> Stream:
        """Return one text's way through the network, `disturb` as in `Asked`."""
        ...

    def lens(self, encoded: Encoded) -> Float[np.ndarray, "states L vocabulary"]:
        """Return the logits that the network's own ending makes of each state, float32."""
        ...

    def mean_states(self, batch: Sequence[Encoded]) -> Float[np.ndarray, "batch D"]:
        """Return each text's mean, over tokens not special, of what leaves the last layer."""
        ...
