"""F of very many texts, read while the model runs.

Each layer's weights are read where they are made and as soon as they are made: none is copied, and
no more than one layer's are held, however many layers and texts there are (those of short texts
until there is a mebibyte of them). The forward pass waits meanwhile, and all cores read. (To read
in a worker while the next layer is computed was tried on two cores: it takes as much processor
time, a third longer on the wall for texts of twenty tokens, where two threads share Python's lock,
and holds two layers' weights.)

Anything else with `attend_many` is asked for whole maps, and those of the last texts are read in a
worker while the next ones are made.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import count
from typing import Any, NoReturn, Protocol

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.models.model import AttentionModel
from gedig_edu.models.tokens import Encoded
from gedig_edu.shapes import Bool, Brief, Int
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.theory.maps import AttentionMaps

SMALL = 1 << 18  # cells: layers that have fewer together are read together


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

    A model of `gedig_edu.models` is read layer by layer, on its own device, so that no map comes
    to the host and memory does not grow with its layers either. At any moment at most
    ``batch_size + ahead`` texts are between `texts` and the caller. An error comes at its turn,
    after the readings of all texts before it, and names the place of its text: in its sentence
    where it is a GedigError, in a note otherwise.

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
        Maps of a model of another kind that may wait for the gauge while the next are made, at
        least 1; fewer than `batch_size` save memory and overlap less. Closing the iterator, or
        leaving its loop, ends the worker that reads them.

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
    if isinstance(model, AttentionModel):
        return _layer_by_layer(gauge, model, _noted(texts, taken), taken, batch_size)
    maps = model.attend_many(_noted(texts, taken), batch_size=batch_size)
    return _in_order(gauge, maps, taken, ahead)


def _layer_by_layer(
    gauge: Gauge, model: AttentionModel, texts: Iterable[str], taken: deque[str], batch_size: int
) -> Iterator[TextReading]:
    """Yield readings in order, each batch's after its pass through the model."""
    passing = _Passing(gauge, model)
    batches = model.each_layer(texts, passing.receive, batch_size=batch_size)
    index = 0
    while True:
        with _naming(index):
            batch = next(batches, None)
        if batch is None:
            return
        for encoded in batch:
            with _naming(index):
                reading = passing.reading_of(encoded)
            yield TextReading(
                index, taken.popleft(), encoded.tokens, encoded.special, encoded.offsets, reading
            )
            index += 1


class _Passing:
    """What a gauge has read of the texts that are on their way through a model."""

    def __init__(self, gauge: Gauge, model: AttentionModel) -> None:
        self.gauge = gauge
        self.how: dict[str, Any] = {"causal": model.causal, "normalized": not model.backend.sinks}
        self.renormalised = model.backend.renormalised
        self.batch: list[Encoded] = []
        self.held: dict[int, Any] = {}
        self.found: dict[Encoded, list[Reading | GedigError]] = {}

    def receive(self, batch: Sequence[Encoded], layer: int, weights: Any) -> None:
        """Read a layer's weights [batch, heads, L, L], with the padding; small ones wait."""
        if list(batch) != self.batch:
            self.read_held()
            self.batch = list(batch)
        double = str(weights.dtype) == "torch.float64"  # though an eager softmax is single
        if double or self.renormalised:
            weights = weights.float()  # as `attend` keeps them
        if self.renormalised:
            weights = weights / weights.sum(dim=-1, keepdim=True)
        self.held[layer] = weights
        if len(self.held) * math.prod(weights.shape) >= SMALL:
            self.read_held()

    def reading_of(self, encoded: Encoded) -> Reading:
        """Return what was read of a text in all layers, and forget it."""
        self.read_held()
        pieces = self.found.pop(encoded)
        for piece in pieces:
            if isinstance(piece, GedigError):
                raise piece
        whole = [piece for piece in pieces if isinstance(piece, Reading)]
        return _each_field(lambda name: np.concatenate([getattr(p, name) for p in whole]), whole[0])

    def read_held(self) -> None:
        """Read the layers that wait, of all texts together unless one of them is refused."""
        held, self.held = self.held, {}
        if not held:
            return
        layers = list(held.values())
        lengths = np.array([len(encoded) for encoded in self.batch])
        valid = np.arange(layers[0].shape[-1]) < lengths[:, None]
        try:
            reading = self.gauge.read(
                layers if len(layers) > 1 else layers[0][None],
                mask=None if valid.all() else valid,
                **self.how,
            )
        except GedigError:
            for place, encoded in enumerate(self.batch):
                self._read_alone(held, place, encoded)
        else:
            for place, encoded in enumerate(self.batch):
                part = _each_field(lambda name, p=place: getattr(reading, name)[:, p], reading)
                self.found.setdefault(encoded, []).append(part)

    def _read_alone(self, held: dict[int, Any], place: int, encoded: Encoded) -> None:
        """Read one text of a batch layer by layer, so that a refusal can say which."""
        pieces, length = self.found.setdefault(encoded, []), len(encoded)
        for layer, weights in held.items():
            try:
                one = self.gauge.read(weights[place, :, :length, :length], **self.how)
                pieces.append(_each_field(lambda name, r=one: getattr(r, name)[None], one))
            except GedigError as refusal:
                pieces.append(GedigError(f"In layer {layer}: {refusal}"))


def _each_field(value: Callable[[str], np.ndarray], read: Reading) -> Reading:
    """Return a reading of these values by the engine that read another."""
    names = [field.name for field in fields(Reading) if field.name != "engine"]
    return Reading(**{name: value(name) for name in names}, engine=read.engine)


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
