"""Text into token ids, with pieces a person can read and the span each stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Bool, Brief, Int
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, eq=False, repr=False)
class Encoded(Brief):
    """The tokens of one text; the fields are those of `AttentionMaps`, and the ids."""

    ids: tuple[int, ...]
    tokens: tuple[str, ...]
    special: Bool[np.ndarray, " L"]
    offsets: Int[np.ndarray, "L 2"]

    def __len__(self) -> int:
        return len(self.ids)


def check_texts(name: str, texts: object, *, else_use: str) -> None:
    """Refuse, for the method called `name`, what is no collection of texts.

    Raises
    ------
    GedigError
        If `texts` is a single text or bytes, or cannot be gone through.
    """
    one = isinstance(texts, str | bytes | bytearray) or getattr(texts, "ndim", 1) == 0
    if one or not isinstance(texts, Iterable):
        raise GedigError(
            f"{name} expects several texts, not one {type(texts).__name__}; give a list, "
            f"or use {else_use}."
        )


def encode(tokenizer: Tokenizer, text: str, *, context: int, name: str) -> Encoded:
    r"""Return the tokens of `text`, special tokens kept and marked.

    Pieces are written as a person reads them: a piece that follows a space begins with it,
    a word piece loses its ``##``, and a piece that holds only some bytes of a character (part
    of an emoji, say) shows them as ``\xf0``. Offsets are spans of characters; pieces of one
    character share its span.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer
        The model's own.
    text : str
        Any text with at least one token.
    context : int
        The most tokens the model reads.
    name : str
        The model's name, for refusals.

    Raises
    ------
    GedigError
        If `text` is no text, holds no token, or is longer than the context.
    """
    check_text(text)
    encoding = tokenizer.encode(text)
    special = np.array(encoding.special_tokens_mask, dtype=bool)
    if special.all():
        raise refusal("text.no_token", text=text, name=name)
    if len(encoding) > context:
        counts = {"count": len(encoding), "most": context, "over": len(encoding) - context}
        raise refusal("text.too_long", name=name, **counts)
    return Encoded(
        ids=tuple(encoding.ids),
        tokens=_readable(tokenizer, encoding.ids, encoding.tokens, encoding.offsets, text),
        special=special,
        offsets=np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2),
    )


def check_text(text: object) -> None:
    """Refuse what is not a text that can be written in UTF-8."""
    if not isinstance(text, str):
        raise refusal("text.no_text", kind=type(text).__name__)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise refusal("text.half", at=error.start) from error


def _readable(
    tokenizer: Tokenizer,
    ids: list[int],
    pieces: list[str],
    offsets: list[tuple[int, int]],
    text: str,
) -> tuple[str, ...]:
    from tokenizers import decoders, models

    added = tokenizer.get_added_tokens_decoder()
    byte_level = isinstance(tokenizer.decoder, decoders.ByteLevel)
    word_piece = isinstance(tokenizer.model, models.WordPiece)

    def read(token: int, piece: str, start: int) -> str:
        if token in added:
            return piece
        if byte_level:
            return _from_bytes(piece)
        if word_piece:
            after_space = start > 0 and text[start - 1].isspace()
            return " " * after_space + piece.removeprefix(tokenizer.model.continuing_subword_prefix)
        return piece.replace("▁", " ")

    return tuple(
        read(token, piece, start)
        for token, piece, (start, _) in zip(ids, pieces, offsets, strict=True)
    )


def pieces_of(tokenizer: Tokenizer, ids: Sequence[int]) -> tuple[str, ...]:
    """Return readable pieces of ids that no text was given for, as of one that a model writes."""
    pieces = [tokenizer.id_to_token(one) or "" for one in ids]
    return _readable(tokenizer, [*ids], pieces, [(0, 0)] * len(pieces), "")


def _from_bytes(piece: str) -> str:
    table = _byte_table()
    return bytes(table[character] for character in piece).decode(errors="backslashreplace")


@cache
def _byte_table() -> dict[str, int]:
    """Return the byte behind each character of a byte-level piece.

    Bytes that print stand for themselves; the others take the following code points in order.
    """
    from tokenizers.pre_tokenizers import ByteLevel

    codes = sorted(map(ord, ByteLevel.alphabet()))
    printable = [code for code in codes if code < 256]
    hidden = [byte for byte in range(256) if byte not in printable]
    return {chr(code): code for code in printable} | {
        chr(code): byte for code, byte in zip(codes[len(printable) :], hidden, strict=True)
    }
