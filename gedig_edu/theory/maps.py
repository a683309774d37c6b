"""The record that every reading starts from: the attention maps of one text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from gedig_edu.errors import GedigError, check_whole


@dataclass(frozen=True, eq=False)
class AttentionMaps:
    """The attention weights of one text in one model, with what is needed to read them.

    Attributes
    ----------
    tokens : tuple of str, length L
        Readable pieces in order; a leading space belongs to its piece.
    weights : float32 array [layers, heads, L, L]
        Row = query i, column = key j; rows sum to 1.
    causal : bool
        Whether a query sees only itself and what came before.
    special : bool array [L]
        True where the model added the token itself ([CLS], <s>, ...).
    offsets : int array [L, 2]
        Character span of each token in the text; (0, 0) for special tokens.
    model : str
        Name of the model.
    renormalised : bool
        True where rows came from a half-precision model and were divided by their sum in float32.

    Raises
    ------
    GedigError
        If the shapes do not belong together.

    Examples
    --------
    >>> import numpy as np
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=np.full((3, 5, 2, 2), 0.5, dtype=np.float32),
    ...     causal=False, special=np.array([False, False]), offsets=np.array([[0, 1], [1, 3]]),
    ...     model="example")
    >>> maps.layers, maps.heads, len(maps)
    (3, 5, 2)
    """

    tokens: tuple[str, ...]
    weights: Float[np.ndarray, "layers heads L L"]
    causal: bool
    special: Bool[np.ndarray, " L"]
    offsets: Int[np.ndarray, "L 2"]
    model: str
    renormalised: bool = False

    def __post_init__(self) -> None:
        length = len(self.tokens)
        expected = {
            "weights": (*self.weights.shape[:2], length, length),
            "special": (length,),
            "offsets": (length, 2),
        }
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
