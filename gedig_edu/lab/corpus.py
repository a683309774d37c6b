"""Text files in, token rows out: deterministic splits, a byte-level BPE, seeded batches."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.errors import GedigError, check_number, check_whole
from gedig_edu.shapes import Brief, Int

if TYPE_CHECKING:
    from tokenizers import Tokenizer

END_OF_TEXT = "<|endoftext|>"
SHORTEST_REPEAT = 4  # tokens
LONGEST_WORD = 256  # characters
TOO_LONG = re.compile(rf"(?<!\S)\S{{{LONGEST_WORD + 1},}}|(?<!\s)\s{{{LONGEST_WORD + 1},}}")


@dataclass(frozen=True)
class Corpus:
    """Plain text, split the same way each time it is read.

    Attributes
    ----------
    train, validation : dict of str to str
        By file stem: the start of each book, and its last hundredth.
    held_out : dict of str to str
        Whole books that training never sees.
    """

    train: dict[str, str]
    validation: dict[str, str]
    held_out: dict[str, str]

    def digest(self) -> str:
        """Return the sha256 of everything that training and validation read."""
        whole = json.dumps([self.train, self.validation], sort_keys=True)
        return hashlib.sha256(whole.encode("utf-8")).hexdigest()


def read_corpus(
    folder: Path | str, *, held_out: Sequence[str] = (), validation_share: float = 0.01
) -> Corpus:
    r"""Read every ``*.txt`` of `folder` in name order and split it.

    Parameters
    ----------
    folder : path
        Holds UTF-8 text files; line ends are read as ``\n``.
    held_out : sequence of str
        File stems to keep out of training altogether.
    validation_share : float in (0, 1)
        Share of each training book's characters, taken from its end.

    Raises
    ------
    GedigError
        If there is no such folder, no text file in it, or a held-out stem names none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for stem in ("one", "two"):
    ...         _ = Path(folder, f"{stem}.txt").write_text("abcdefghij" * 10)
    ...     corpus = read_corpus(folder, held_out=["two"], validation_share=0.1)
    >>> len(corpus.train["one"]), len(corpus.validation["one"]), list(corpus.held_out)
    (90, 10, ['two'])
    """
    check_number("validation_share", validation_share, above=0, below=1)
    if not os.path.isdir(folder):
        raise GedigError(f"{str(folder)!r} is no folder; give the folder of the .txt files.")
    files = {path.stem: path for path in sorted(Path(folder).glob("*.txt"))}
    if not files:
        raise GedigError(f"{str(folder)!r} holds no .txt file; give a folder with one at least.")
    missing = [stem for stem in held_out if stem not in files]
    if missing or not set(files) - set(held_out):
        raise GedigError(
            f"{folder} has the text files {sorted(files)} and {sorted(held_out)} were to be held "
            "out; give a folder with at least one .txt file beside the held-out ones."
        )
    train, validation, kept = {}, {}, {}
    for stem, path in files.items():
        text = _read_text(path)
        if stem in held_out:
            kept[stem] = text
            continue
        cut = len(text) - round(len(text) * validation_share)
        train[stem], validation[stem] = text[:cut], text[cut:]
    return Corpus(train, validation, kept)


def _read_text(path: Path) -> str:
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "no file that can be opened"
        raise GedigError(f"{path} is {kind}; give texts as .txt files, or rename it.")
    try:
        return path.read_text(encoding="utf-8")
    except OSError as trouble:
        raise GedigError(
            f"{path} cannot be read ({trouble.strerror}); make it readable, or leave it out."
        ) from trouble
    except UnicodeDecodeError as trouble:
        raise GedigError(
            f"{path} is no UTF-8 text (byte {trouble.start}); save it as UTF-8, or leave it out."
        ) from trouble


def train_tokenizer(texts: Sequence[str], *, vocabulary: int) -> Tokenizer:
    """Train a byte-level BPE as GPT-2 has it: no text is out of vocabulary.

    The time for one word grows as the square of its length, so what has no space, or nothing but
    space, for `LONGEST_WORD` characters is learned from in pieces of that length. Encoding takes
    every word whole.

    Parameters
    ----------
    texts : sequence of str
    vocabulary : int
        Number of tokens, the 256 bytes and the end-of-text token included.

    Examples
    --------
    >>> tokenizer = train_tokenizer(["the cat sat on the mat"] * 9, vocabulary=270)
    >>> tokenizer.decode(tokenizer.encode("the hat").ids)
    'the hat'
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    vocabulary = check_whole("vocabulary", vocabulary, at_least=257)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    tokenizer.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((piece for text in texts for piece in _pieces(text)), trainer)
    return tokenizer


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in order, cut only inside words that are too long to learn from whole."""
    start = 0
    for word in TOO_LONG.finditer(text):
        for cut in range(word.start() + LONGEST_WORD, word.end(), LONGEST_WORD):
            yield text[start:cut]
            start = cut
    yield text[start:]


def encode_books(tokenizer: Tokenizer, texts: Sequence[str]) -> Int[np.ndarray, " tokens"]:
    """Encode books one after the other, each closed by the end-of-text token."""
    end = tokenizer.token_to_id(END_OF_TEXT)
    rows = [[*encoding.ids, end] for encoding in tokenizer.encode_batch(list(texts))]
    return np.concatenate([np.asarray(row, dtype=np.int64) for row in rows])


@dataclass(frozen=True, eq=False, repr=False)
class Batches(Brief):
    """Seeded training rows; batch number `step` is the same in every run.

    Most rows are windows of running text. A share repeats a passage of its own text, and a share
    repeats random tokens, with the first occurrence left out of the loss: plain text of this
    size alone does not teach a small model to look back for what came before.

    Attributes
    ----------
    tokens : int array [tokens]
    context : int
        Tokens that a row feeds to the model.
    rows : int
        Rows in a batch.
    vocabulary : int
        Random tokens are drawn below this number.
    repeated_passages : float
        Share of rows that end with a passage of their own.
    repeated_random : pairs of (step, share)
        Share of rows of repeated random tokens, from each step on.
    seed : int
    """

    tokens: Int[np.ndarray, " tokens"]
    context: int
    rows: int
    vocabulary: int
    repeated_passages: float = 0.0
    repeated_random: Sequence[tuple[int, float]] = ((0, 0.0),)
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low in (("context", 1), ("rows", 1), ("vocabulary", 1), ("seed", 0)):
            object.__setattr__(self, name, check_whole(name, getattr(self, name), at_least=low))
        check_number("repeated_passages", self.repeated_passages, at_least=0, at_most=1)
        if self.tokens.size < self.context + 1:
            raise GedigError(
                f"The training text has {self.tokens.size} tokens, and a row needs "
                f"{self.context + 1}; give more text or a shorter context."
            )

    def batch(
        self, step: int
    ) -> tuple[Int[np.ndarray, "rows context"], Int[np.ndarray, "rows context"]]:
        """Return inputs and next-token targets of one step; a target of -100 is not scored."""
        rng = np.random.default_rng((self.seed, step))
        random_share = [share for start, share in self.repeated_random if start <= step][-1]
        rows = np.empty((self.rows, self.context + 1), dtype=np.int64)
        unscored = np.zeros(self.rows, dtype=np.int64)
        for index, kind in enumerate(rng.random(self.rows)):
            start = rng.integers(self.tokens.size - self.context)
            rows[index] = self.tokens[start : start + self.context + 1]
            if kind < random_share:
                unscored[index] = length = self._period(rng)
                rows[index] = np.resize(rng.integers(self.vocabulary, size=length), rows.shape[1])
            elif kind < random_share + self.repeated_passages:
                length = self._period(rng)
                source = rng.integers(self.context + 2 - 2 * length)
                rows[index, -length:] = rows[index, source : source + length]
        inputs, targets = rows[:, :-1], rows[:, 1:].copy()
        targets[np.arange(self.context) < unscored[:, None] - 1] = -100
        return inputs, targets

    def _period(self, rng: np.random.Generator) -> int:
        """Draw a length of repetition, short ones as often as long ones on a log scale."""
        return round(math.exp(rng.uniform(math.log(SHORTEST_REPEAT), math.log(self.context // 2))))
