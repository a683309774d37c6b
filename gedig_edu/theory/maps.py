"""The record that every reading starts from: the attention maps of one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError, check_flag, check_kind, check_whole, known_names, warn
from gedig_edu.shapes import Bool, Float, Int
from gedig_edu.theory._entrance import (
    attentions,
    check_offsets,
    check_special,
    check_tokens,
    check_weights,
    looks_padded,
    text_of_batch,
)

if TYPE_CHECKING:
    from gedig_edu.theory.gauge import Gauge
    from gedig_edu.theory.reading import Reading

_DEFAULT: Any = None  # to be made from the tokens
_SHOWN = 40  # characters of a text


@known_names
@dataclass(frozen=True, eq=False, repr=False)
class AttentionMaps:
    """The attention weights of one text in one model, with what is needed to read them.

    Attributes
    ----------
    tokens : tuple of str, length L
        Readable pieces in order; a leading space belongs to its piece.
    weights : float32 array [layers, heads, L, L]
        Row = query i, column = key j; rows sum to 1, or with their `sink` to 1. Arrays and tensors
        of any precision are taken, a tuple of one a layer, and a batch axis of one text; what half
        precision rounded is divided by its rows' sums in float32. A float32 array is not copied:
        what is later written to it shows here.
    causal : bool
        Whether a query sees only itself and what came before.
    special : bool array [L], optional
        True where the model added the token itself (``[CLS]``, ``<s>``, ...); nowhere by default.
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
        If the shapes do not belong together, or the weights are no attention of one text: negative,
        not finite, rows that do not sum to 1, or a causal row that looks ahead.

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
        check_flag("causal", self.causal, "whether the model is causal")
        check_kind("model", self.model, str, "its name")
        weights, sink, rounded = check_weights(self.weights, self.sink, causal=bool(self.causal))
        tokens = check_tokens(self.tokens)
        made = {
            "tokens": tokens,
            "weights": weights,
            "causal": bool(self.causal),
            "special": check_special(self.special, len(tokens)),
            "offsets": check_offsets(self.offsets, tokens),
            "renormalised": bool(self.renormalised or rounded),
            "sink": sink,
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)
        length = len(tokens)
        expected = {
            "weights": (*weights.shape[:2], length, length),
            "special": (length,),
            "offsets": (length, 2),
        }
        for name, shape in expected.items():
            if made[name].shape != shape:
                raise GedigError(
                    f"{name} has shape {made[name].shape}, but {length} tokens need {shape}; "
                    "give one row per token."
                )

    @classmethod
    @known_names
    def from_transformers(
        cls,
        outputs: Any,
        tokens: Any,
        *,
        causal: bool,
        index: int = 0,
        mask: Any = None,
        model: str = "your maps",
    ) -> AttentionMaps:
        """Return the maps of one text from what a model of transformers returned.

        Parameters
        ----------
        outputs : ModelOutput, or its attentions
            Of a model loaded with ``attn_implementation="eager"`` and called with
            ``output_attentions=True``. Of an encoder-decoder the encoder's maps are taken, or the
            decoder's where `causal`.
        tokens : list of str
            Of this text, with or without padding; or one list a text.
        causal : bool
            Whether a query sees only itself and what came before.
        index : int
            Which text of the batch.
        mask : array or tensor [B, L] or [L], optional
            The tokenizer's attention_mask: padding, on either side, is taken out.
        model : str
            Name of the model, for titles.

        Raises
        ------
        GedigError
            If no attention was returned, there is no such text, or something does not fit.

        Warns
        -----
        UserWarning
            If no row of any map looks at the first or at the last token and no `mask` came.

        Examples
        --------
        >>> import numpy as np
        >>> layer = np.zeros((2, 3, 4, 4))  # two texts, the second of two tokens
        >>> layer[0], layer[1, :, :2, :2] = np.eye(4), np.eye(2)
        >>> maps = AttentionMaps.from_transformers(
        ...     (layer, layer), ["a", " b"], causal=True, index=1,
        ...     mask=[[1, 1, 1, 1], [1, 1, 0, 0]])
        >>> maps
        AttentionMaps('a b': 2 tokens, 2 layers × 3 heads, causal, of your maps)
        """
        check_flag("causal", causal, "whether the model is causal")
        given = attentions(outputs, causal=bool(causal))
        weights, tokens, half = text_of_batch(given, tokens, index=index, mask=mask)
        if mask is None and looks_padded(weights):
            warn(
                "No row looks at the first or at the last token, as if it were padding; pass the "
                "tokenizer's attention_mask as mask=, or padding is read as text."
            )
        return cls(tokens, weights, causal, model=model, renormalised=half)

    def __repr__(self) -> str:
        text = "".join(self.tokens)
        text = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
        causal = "causal" if self.causal else "both ways"
        sink = "" if self.sink is None else ", with a sink"
        return (
            f"{type(self).__name__}({text!r}: {len(self)} tokens, {self.layers} layers × "
            f"{self.heads} heads, {causal}{sink}, of {self.model})"
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


def check_maps(maps: object) -> None:
    """Refuse what are no attention maps.

    Examples
    --------
    >>> check_maps("the cat")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: maps is of type str; give AttentionMaps, as model.attend(text) ...
    """
    wanted = (
        "AttentionMaps, as model.attend(text) or "
        "AttentionMaps.from_transformers(outputs, tokens, causal=…) returns"
    )
    check_kind("maps", maps, AttentionMaps, wanted)
