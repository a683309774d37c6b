"""A tokenizer that transformers computes in Python, read as if it were one of `tokenizers`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class SlowEncoding:
    """What one text became; the fields are those of `tokenizers.Encoding`."""

    ids: list[int]
    tokens: list[str]
    special_tokens_mask: list[int]
    offsets: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.ids)


class SlowTokenizer:
    """What is read of a tokenizer, for one that knows no spans of characters.

    Spans are found by looking for each piece where the one before it ended, in any case of
    letters; pieces that are not there (bytes of a letter) share what their neighbours leave.
    """

    model = decoder = None  # what `tokens` asks of a tokenizer to write its pieces readably

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer

    def encode(self, text: str) -> SlowEncoding:
        """Return ids, pieces, marks of special tokens, and spans."""
        ids = list(self._tokenizer(text)["input_ids"])
        special = self._tokenizer.get_special_tokens_mask(ids, already_has_special_tokens=True)
        tokens = [self._piece(token) for token in ids]
        return SlowEncoding(ids, tokens, special, _spans(text, tokens, special))

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of some ids, without special tokens."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def get_vocab(self) -> dict[str, int]:
        """Return the id of each piece."""
        return self._tokenizer.get_vocab()

    def get_vocab_size(self) -> int:
        """Return how many pieces there are."""
        return len(self._tokenizer)

    def get_added_tokens_decoder(self) -> dict[int, object]:
        """Return the pieces that stand for no text, by id."""
        return {token: token for token in self._tokenizer.all_special_ids}

    def _piece(self, token: int) -> str:
        name = str(self._tokenizer.convert_ids_to_tokens(token))
        if token in self._tokenizer.all_special_ids:
            return name
        return str(self._tokenizer.decode([token])) or name


def _spans(text: str, pieces: Sequence[str], special: Sequence[int]) -> list[tuple[int, int]]:
    """Return where each piece stands in a text.

    Examples
    --------
    >>> _spans("The cat.", ["the", " cat", "."], [0, 0, 0])
    [(0, 3), (4, 7), (7, 8)]
    >>> _spans("aé b", ["a", "Ã", "©", " b", "</s>"], [0, 0, 0, 0, 1])
    [(0, 1), (1, 2), (1, 2), (3, 4), (0, 0)]
    """
    folded = text.lower() if len(text.lower()) == len(text) else text
    spans: list[tuple[int, int]] = []
    lost: list[int] = []
    at = 0
    for piece, is_special in zip(pieces, special, strict=True):
        wanted = (piece.lower() if folded is not text else piece).strip() or piece
        found = -1 if is_special else folded.find(wanted, at)
        if found < 0 or (text[at:found].strip() and not lost):
            lost += [] if is_special else [len(spans)]
            spans.append((0, 0) if is_special else (at, at))
            continue
        _fill(spans, lost, text, at, found)
        at = found + len(wanted)
        spans.append((found, at))
    _fill(spans, lost, text, at, len(text))
    return spans


def _fill(spans: list[tuple[int, int]], lost: list[int], text: str, start: int, end: int) -> None:
    """Give the pieces that were not found what stands between their neighbours."""
    for index in lost:
        spans[index] = (start, start + len(text[start:end].rstrip()))
    lost.clear()
