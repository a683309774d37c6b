"""F of very many texts: the next maps are made while the last ones are read.

A worker thread runs the forward pass and the caller's thread runs the gauge. Both release the
GIL while they compute, so with a GPU, or with cores that one of them leaves idle, they overlap.
The weights of a text are dropped once the next one is asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Bool, Int

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.theory.maps import AttentionMaps


class AttendsMany(Protocol):
    """Anything that turns texts into attention maps, in order."""

    def attend_many(self, texts: Iterable[str], /, *, batch_size: int) -> Iterator[AttentionMaps]:
        """Return the attention maps of each text at its turn."""
        ...


@dataclass(frozen=True, eq=False)
class TextReading:
    """One text of a stream as the gauge read it; its weights are gone.

    Attributes
    ----------
    index : int
        Place in the stream, from 0.
    text : str
        The text itself.
    tokens : tuple of str, length L
        As in `AttentionMaps`, like `special` and `offsets`.
    special : bool array [L]
        True where the model added the token itself.
    offsets : int array [L, 2]
        Character span of each token in the text.
    reading : Reading [layers, heads]
        F and its terms for every head.
    """

    index: int
    text: str
    tokens: tuple[str, ...]
    special: Bool[np.ndarray, " L"]
    offsets: Int[np.ndarray, "L 2"]
    reading: Reading


def read_stream(
    gauge: Gauge,
    model: AttendsMany,
    texts: Iterable[str],
    *,
    batch_size: int = 8,
    ahead: int = 8,
) -> Iterator[TextReading]:
    """Read F of every head of every text, in order, in memory that does not grow with the texts.

    At any moment at most ``batch_size + ahead`` texts are between `texts` and the caller. An error
    comes at its turn, after the readings of all texts before it, and names the place of its text:
    in its sentence where it is a GedigError, in a note otherwise. Closing the iterator, or leaving
    its loop, ends the worker once the forward pass under way is done.

    Parameters
    ----------
    gauge : Gauge
        What to read.
    model : AttentionModel, or anything with its ``attend_many``
        Asked from the worker thread alone.
    texts : iterable of str
        May be endless; asked for the next text from the worker thread, when there is room for it.
    batch_size : int
        Texts in one forward pass, at least 1.
    ahead : int
        Maps that may wait for the gauge, at least 1; fewer than `batch_size` save memory and leave
        the worker idle while the last of a batch are read.

    Yields
    ------
    TextReading

    Raises
    ------
    GedigError
        If `texts` is no iterable of texts, or `batch_size` or `ahead` no whole number above 0;
        and at its turn, for a text that cannot be read.

    Examples
    --------
    >>> from itertools import count, islice
    >>> from gedig_edu.models import load
    >>> texts = (f"There were {number} boats." for number in count(2))
    >>> found = islice(read_stream(Gauge.released(), load("gpt2-mini"), texts), 3)
    >>> [(one.index, one.text, one.reading.F.shape) for one in found][-1]
    (2, 'There were 4 boats.', (6, 6))
    """
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise GedigError(
            f"read_stream expects several texts, not one {type(texts).__name__}; give a list or "
            "a generator."
        )
    ahead = check_whole("ahead", ahead, at_least=1)
    batch_size = check_whole("batch_size", batch_size, at_least=1)
    taken: deque[str] = deque()
    maps = model.attend_many(_noted(texts, taken), batch_size=batch_size)
    return _read(gauge, maps, taken, ahead)


def _read(
    gauge: Gauge, maps: Iterator[AttentionMaps], taken: deque[str], ahead: int
) -> Iterator[TextReading]:
    """Read `maps` while the next `ahead` of them are made; `taken` holds their texts."""
    worker = ThreadPoolExecutor(1, thread_name_prefix="read-stream")
    index = 0
    try:
        waiting = deque(worker.submit(next, maps, None) for _ in range(ahead))
        while (made := waiting.popleft().result()) is not None:
            waiting.append(worker.submit(next, maps, None))
            reading = gauge.read(made.weights, causal=made.causal)
            text = taken.popleft()
            yield TextReading(index, text, made.tokens, made.special, made.offsets, reading)
            index += 1
    except GedigError as refusal:
        raise GedigError(f"Text {index} of the stream: {refusal}") from refusal
    except Exception as trouble:
        trouble.add_note(f"This happened at text {index} of the stream.")
        raise
    finally:
        worker.shutdown(cancel_futures=True)


def _noted(texts: Iterable[str], taken: deque[str]) -> Iterator[str]:
    """Pass `texts` on, each noted in `taken` for the one who reads its maps."""
    for text in texts:
        taken.append(text)
        yield text
