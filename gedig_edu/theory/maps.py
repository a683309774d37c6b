"""The record that every reading starts from: the attention maps of one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Bool, Float, Int

if TYPE_CHECKING:
    from gedig_edu.theory.gauge import Gauge
    from gedig_edu.theory.reading import Reading

_DEFAULT: Any = None  # to be made from the tokens


@dataclass(frozen=True, eq=False)
class AttentionMaps:
    """The attention weights of one text in one model, with what is needed to read them.

    Attributes
    ----------
    tokens : tuple of str, length L
        Readable pieces in order; a leading space belongs to its piece.
    weights : float32 array [layers, heads, L, L]
        Row = query i, column = key j; rows sum to 1, or with their `sink` to 1.
    causal : bool
        Whether a query sees only itself and what came before.
    special : bool array [L], optional
        True where the model added the token itself ([CLS], <s>, ...); nowhere by default.
    offsets : int array [L, 2], optional
        Character span of each token in the text, (0, 0) for special tokens; by default in the
        text that the tokens make side by side.
    model : str, optional
        Name of the model.
    renormalised : bool
        True where rows came from a half-precision model and were divided by their sum in float32.
    sink : float32 array [layers, heads, L], optional
        What each row gives to no token, where an architecture has attention sinks: the row sums to
        1 less this. None where every row sums to 1.

    Raises
    ------
    GedigError
        If the shapes do not belong together.

    Examples
    --------
    >>> import numpy as np
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=np.full((3, 5, 2, 2), 0.5, dtype=np.float32), causal=False)
    >>> maps.layers, maps.heads, len(maps)
    (3, 5, 2)
    >>> maps.offsets.tolist()
    [[0, 1], [1, 3]]
    """

    tokens: tuple[str, ...]
    weights: Float[np.ndarray, "layers heads L L"]
    causal: bool
    special: Bool[np.ndarray, " L"] = _DEFAULT
    offsets: Int[np.ndarray, "L 2"] = _DEFAULT
    model: str = "your maps"
    renormalised: bool = False
    sink: Float[np.ndarray, "layers heads L"] | None = None

    def __post_init__(self) -> None:
        length = len(self.tokens)
        if self.special is None:
            object.__setattr__(self, "special", np.zeros(length, dtype=bool))
        if self.offsets is None:
            object.__setattr__(self, "offsets", _side_by_side(self.tokens))
        expected = {
            "weights": (*self.weights.shape[:2], length, length),
            "special": (length,),
            "offsets": (length, 2),
        }
        if self.sink is not None:
            expected["sink"] = (*self.weights.shape[:2], length)
        for name, shape in expected.items():
            given = getattr(self, name).shape
            if given != shape:
                raise GedigError(
                    f"{name} has shape {given}, but {length} tokens need {shape}; "
                    "give one row per token."
                )

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def layers(self) -> int:
        """Number of layers."""
        return self.weights.shape[0]

    @property
    def heads(self) -> int:
        """Number of heads in a layer."""
        return self.weights.shape[1]

    def read(self, gauge: Gauge) -> Reading:
        """Return what a gauge reads from every head, [layers, heads].

        That is ``gauge.read(maps.weights, causal=maps.causal)``, and with ``normalized=False``
        where a sink takes a part of each row.

        Examples
        --------
        >>> import numpy as np
        >>> from gedig_edu import Gauge
        >>> maps = AttentionMaps(
        ...     tokens=("a", " b"), weights=np.full((1, 3, 2, 2), 0.5), causal=False)
        >>> maps.read(Gauge.paper()).F.tolist()
        [[-1.0, -1.0, -1.0]]
        """
        return gauge.read(self.weights, causal=self.causal, normalized=self.sink is None)

    def place(self, layer: int, head: int) -> tuple[int, int]:
        """Return where a head stands in `weights`.

        Raises
        ------
        GedigError
            If there is no such layer or head.

        Examples
        --------
        >>> import numpy as np
        >>> maps = AttentionMaps(
        ...     tokens=("a",), weights=np.ones((3, 5, 1, 1), dtype=np.float32), causal=True,
        ...     special=np.array([False]), offsets=np.array([[0, 1]]), model="example")
        >>> maps.place(2, 5)
        Traceback (most recent call last):
        gedig_edu.errors.GedigError: head=5 is out of range; give a finite number ... at most 4.
        """
        return (
            check_whole("layer", layer, at_least=0, at_most=self.layers - 1),
            check_whole("head", head, at_least=0, at_most=self.heads - 1),
        )


def _side_by_side(tokens: tuple[str, ...]) -> Int[np.ndarray, "L 2"]:
    """Return the character span of each token in the text they make side by side."""
    ends = np.cumsum([len(token) for token in tokens], dtype=np.int64)
    return np.stack([ends - [len(token) for token in tokens], ends], axis=1)


def check_maps(maps: object) -> None:
    """Refuse what are no attention maps, or hold no layer, head or token.

    Examples
    --------
    >>> check_maps("the cat")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: maps is of type str; give AttentionMaps, as model.attend(text) ...
    """
    if not isinstance(maps, AttentionMaps):
        raise GedigError(
            f"maps is of type {type(maps).__name__}; give AttentionMaps, as model.attend(text) "
            "returns."
        )
    if 0 in maps.weights.shape:
        raise GedigError(
            f"maps has weights of shape {maps.weights.shape}; give at least one layer, one "
            "head and one token."
        )
