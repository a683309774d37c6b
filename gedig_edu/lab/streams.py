"""F of very many texts: the last maps are read while the next ones are made.

The forward pass runs where the caller is and the gauge in a worker thread. Both release the GIL
while they compute, so with a GPU, or with cores that one of them leaves idle, they overlap. (The
other way round PyTorch would keep a second team of threads, which costs more than it saves on two
cores.) The weights of a text are dropped as soon as they are read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import NoReturn, Protocol

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Bool, Brief, Int
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.theory.maps import AttentionMaps


class AttendsMany(Protocol):
    """Anything that turns texts into attention maps, in order."""

    def attend_many(
        self, texts: Iterable[str], /, *, batch_size: int = 8
    ) -> Iterator[AttentionMaps]:
        """Return the attention maps of each text at its turn."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class TextReading(Brief):
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
    its loop, ends the worker once the reading under way is done.

    Parameters
    ----------
    gauge : Gauge
        What to read.
    model : AttentionModel, or anything with its ``attend_many``
        Asked from the caller's thread.
    texts : iterable of str
        May be endless; asked for the next text when there is room for it.
    batch_size : int
        Texts in one forward pass, at least 1.
    ahead : int
        Maps that may wait for the gauge while the next are made, at least 1; fewer than
        `batch_size` save memory and overlap less.

    Yields
    ------
    TextReading

    Raises
    ------
    GedigError
        If there is no gauge or no model, `texts` is no iterable of texts, or `batch_size` or
        `ahead` no whole number above 0; and at its turn, for a text that cannot be read.

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
    if not isinstance(gauge, Gauge) or not hasattr(model, "attend_many"):
        raise GedigError(
            f"read_stream was given {type(gauge).__name__} and {type(model).__name__}; give a "
            "Gauge first and then a model, as models.load() returns."
        )
    ahead = check_whole("ahead", ahead, at_least=1)
    batch_size = check_whole("batch_size", batch_size, at_least=1)
    taken: deque[str] = deque()
    maps = model.attend_many(_noted(texts, taken), batch_size=batch_size)
    return _in_order(gauge, maps, taken, ahead)


def _in_order(
    gauge: Gauge, maps: Iterator[AttentionMaps], taken: deque[str], ahead: int
) -> Iterator[TextReading]:
    """Yield readings in order, while `ahead` more are under way."""
    worker = ThreadPoolExecutor(1, thread_name_prefix="read-stream")
    waiting: deque[Future[TextReading]] = deque()
    try:
        for reading in _under_way(worker, gauge, maps, taken):
            waiting.append(reading)
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        worker.shutdown(cancel_futures=True)


def _under_way(
    worker: ThreadPoolExecutor, gauge: Gauge, maps: Iterator[AttentionMaps], taken: deque[str]
) -> Iterator[Future[TextReading]]:
    """Hand the maps of each text to the worker; where they cannot be made, that error instead."""
    for index in count():
        try:
            with _naming(index):
                made = next(maps, None)
        except Exception as trouble:
            yield worker.submit(_fail, trouble)
            return
        if made is None:
            return
        yield worker.submit(_read, gauge, index, taken.popleft(), made)


def _read(gauge: Gauge, index: int, text: str, maps: AttentionMaps) -> TextReading:
    with _naming(index):
        reading = maps.read(gauge)
    return TextReading(index, text, maps.tokens, maps.special, maps.offsets, reading)


def _fail(trouble: Exception) -> NoReturn:
    raise trouble


@contextmanager
def _naming(index: int) -> Iterator[None]:
    """Have an error name the text that it belongs to."""
    try:
        yield
    except GedigError as refusal:
        raise GedigError(f"Text {index} of the stream: {refusal}") from refusal
    except Exception as trouble:
        trouble.add_note(f"This happened at text {index} of the stream.")
        raise


def _noted(texts: Iterable[str], taken: deque[str]) -> Iterator[str]:
    """Pass `texts` on, each noted in `taken` for the one who reads its maps."""
    for text in texts:
        taken.append(text)
        yield text
