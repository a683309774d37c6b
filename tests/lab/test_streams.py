"""Reading texts while the maps of the next are made: order, memory, errors and the end."""

import dataclasses
import gc
import threading
import tracemalloc
import weakref
from itertools import count, islice

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab import streams
from gedig_edu.lab.streams import TextReading, read_stream
from gedig_edu.models import load
from gedig_edu.models.forward import Room
from gedig_edu.models.numpy_backend import NumpyBackend
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps
from tests.models import tiny
from tests.theory.gauge_maps import FIELDS

LAYERS, HEADS = 2, 5
GAUGE = Gauge.paper()
TEXTS = ("Eleven boats came", "a", "the gate", *tiny.PROSE[1].split("; "), "stone", "rain")


class Letters:
    """A model of one token per letter that fails where a text says so."""

    def __init__(self):
        self.made = weakref.WeakSet()
        self.most = 0

    def attend_many(self, texts, *, batch_size):
        for text in texts:
            if text == "broken model":
                raise RuntimeError("out of memory")
            maps = self.attend(text)
            self.made.add(maps)
            self.most = max(self.most, len(self.made))
            yield maps

    def attend(self, text):
        length = len(text)
        weights = np.tril(np.ones((LAYERS, HEADS, length, length), dtype=np.float32))
        weights /= weights.sum(axis=-1, keepdims=True)
        return AttentionMaps(
            tokens=tuple(text),
            weights=-weights if text == "broken maps" else weights,
            causal=True,
            special=np.zeros(length, bool),
            offsets=np.zeros((length, 2), int),
            model="letters",
        )


@pytest.fixture(scope="module", params=["gpt2", "bert"])
def model(request, tmp_path_factory):
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


def assert_alike(found, expected, *, within=0.0):
    for name in FIELDS:
        np.testing.assert_allclose(
            getattr(found, name), getattr(expected, name), rtol=0, atol=within, err_msg=name
        )


def workers():
    return [thread for thread in threading.enumerate() if "read-stream" in thread.name]


@pytest.fixture(autouse=True)
def no_worker_is_left():
    yield
    assert workers() == []


def counted(texts):
    """Return the texts as a generator, and a list that grows as they are taken from it."""
    taken = []

    def run():
        for text in texts:
            taken.append(text)
            yield text

    return run(), taken


@pytest.mark.parametrize("small", [1, 5000, streams.SMALL])
@pytest.mark.parametrize(("batch_size", "ahead"), [(1, 1), (2, 7), (5, 3), (11, 1)])
def test_readings_are_those_of_attending_first_and_reading_then(
    model, monkeypatch, batch_size, ahead, small
):
    monkeypatch.setattr(streams, "SMALL", small)
    found = list(read_stream(GAUGE, model, TEXTS, batch_size=batch_size, ahead=ahead))
    assert [one.index for one in found] == list(range(len(TEXTS)))
    assert tuple(one.text for one in found) == TEXTS
    for one, maps in zip(found, model.attend_many(TEXTS, batch_size=batch_size), strict=True):
        plain = GAUGE.read(maps.weights, causal=maps.causal)
        assert one.tokens == maps.tokens
        np.testing.assert_array_equal(one.special, maps.special)
        np.testing.assert_array_equal(one.offsets, maps.offsets)
        assert one.reading.F.shape == (tiny.LAYERS, tiny.HEADS)
        assert_alike(one.reading, plain, within=1e-12)


def test_an_endless_source_is_read_as_far_as_asked(model):
    found = islice(read_stream(GAUGE, model, (f"boat {n}" for n in count())), 19)
    assert [one.text for one in found] == [f"boat {n}" for n in range(19)]


def test_no_text_gives_no_reading(model):
    assert list(read_stream(GAUGE, model, [])) == []


def test_nothing_is_taken_before_the_first_reading_is_asked_for(model):
    texts, taken = counted(TEXTS)
    read_stream(GAUGE, model, texts)
    assert taken == []
    assert workers() == []


@pytest.mark.parametrize(("batch_size", "ahead"), [(1, 1), (3, 5), (7, 2)])
def test_texts_between_source_and_caller_are_bounded(model, batch_size, ahead):
    texts, taken = counted(f"boat {n}" for n in range(61))
    stream = read_stream(GAUGE, model, texts, batch_size=batch_size, ahead=ahead)
    for received, _ in enumerate(stream, start=1):
        assert len(taken) - received <= batch_size + ahead
    assert len(taken) == 61


def test_maps_that_were_read_are_dropped():
    letters = Letters()
    for _ in read_stream(GAUGE, letters, ("a boat",) * 500, batch_size=1, ahead=3):
        pass
    assert letters.most <= 6
    gc.collect()
    assert len(letters.made) == 0


def test_memory_does_not_grow_with_the_texts(model):
    def peak(texts):
        tracemalloc.start()
        try:
            source = (f"{n} boats came down before noon" for n in range(texts))
            sizes = {len(one.tokens) for one in read_stream(GAUGE, model, source, batch_size=16)}
            return tracemalloc.get_traced_memory()[1], min(sizes)
        finally:
            tracemalloc.stop()

    peak(20)
    (short, length), (long, _) = peak(200), peak(2000)
    weights = 4 * tiny.LAYERS * tiny.HEADS * length**2
    assert long - short < 1800 * weights / 4


@pytest.mark.parametrize("bad", ["", 7, None, "half a \ud800"])
@pytest.mark.parametrize("place", [0, 4, 8])
def test_a_text_that_cannot_be_read_is_named_at_its_turn(model, bad, place):
    texts = ["boat"] * place + [bad] + ["boat"] * 50
    stream = read_stream(GAUGE, model, texts, batch_size=3, ahead=2)
    assert [next(stream).index for _ in range(place)] == list(range(place))
    with pytest.raises(GedigError, match=f"^Text {place} of the stream: .+"):
        next(stream)
    assert list(stream) == []


@pytest.mark.parametrize("batch_size", [1, 4])
def test_maps_that_the_gauge_refuses_are_named_at_their_turn(batch_size):
    texts = ["a boat", "a gate", "broken maps", "a mill"]
    stream = read_stream(GAUGE, Letters(), texts, batch_size=batch_size)
    assert [next(stream).text for _ in range(2)] == texts[:2]
    with pytest.raises(GedigError, match=r"^Text 2 of the stream: .*never negative"):
        next(stream)


def test_other_errors_of_the_model_keep_their_kind_and_name_the_text():
    stream = read_stream(GAUGE, Letters(), ["a boat", "broken model", "a mill"])
    assert next(stream).text == "a boat"
    with pytest.raises(RuntimeError, match="out of memory") as caught:
        next(stream)
    assert caught.value.__notes__ == ["This happened at text 1 of the stream."]


def test_an_error_of_the_source_comes_at_its_turn(model):
    def source():
        yield from ("boat", "gate")
        raise OSError("the file ends here")

    stream = read_stream(GAUGE, model, source(), batch_size=5)
    assert [next(stream).text for _ in range(2)] == ["boat", "gate"]
    with pytest.raises(OSError, match="the file ends here") as caught:
        next(stream)
    assert "text 2" in caught.value.__notes__[0]


def test_closing_early_ends_the_worker_and_leaves_the_source_alone():
    texts, taken = counted(f"boat {n}" for n in count())
    stream = read_stream(GAUGE, Letters(), texts, batch_size=2, ahead=3)
    assert isinstance(next(stream), TextReading)
    assert len(workers()) == 1
    stream.close()
    assert workers() == []
    assert next(texts) == f"boat {len(taken) - 1}"
    assert list(stream) == []


@pytest.mark.parametrize("kind", ["letters", "layer by layer"])
def test_leaving_the_loop_ends_the_worker(kind, model):
    asked = Letters() if kind == "letters" else model
    for one in read_stream(GAUGE, asked, (f"boat {n}" for n in count())):
        if one.index == 4:
            break
    gc.collect()
    assert workers() == []


class Changed:
    """A model's backend whose layers hand out something else."""

    def __init__(self, backend, change, **properties):
        self.backend, self.change, self.properties = backend, change, properties

    def __getattr__(self, name):
        return self.properties[name] if name in self.properties else getattr(self.backend, name)

    def each_layer(self, batch, asked, receive):
        def changed(batch, layer, weights):
            receive(batch, layer, self.change(batch, layer, weights.clone()))

        self.backend.each_layer(batch, asked, changed)


@pytest.mark.parametrize("small", [1, streams.SMALL])
def test_maps_that_the_gauge_refuses_in_a_layer_are_named_at_their_turn(model, monkeypatch, small):
    monkeypatch.setattr(streams, "SMALL", small)

    def spoil(batch, layer, weights):
        for place, encoded in enumerate(batch):
            if layer == 1 and "mill" in "".join(encoded.tokens):
                weights[place, 2, 3] = -1
        return weights

    broken = dataclasses.replace(model, backend=Changed(model.backend, spoil))
    texts = ["a boat came down before noon", "stone", "the gate of the mill", "rain", "a boat"]
    stream = read_stream(GAUGE, broken, texts, batch_size=4)
    first = [next(stream), next(stream)]
    for one, maps in zip(first, model.attend_many(texts[:2]), strict=True):
        assert_alike(one.reading, maps.read(GAUGE), within=1e-12)
    with pytest.raises(
        GedigError, match=r"^Text 2 of the stream: In layer 1: .*weights\[2\].*never negative"
    ):
        next(stream)
    assert list(stream) == []


def test_rows_beside_a_sink_need_not_sum_to_one(model):
    shrunk = Changed(model.backend, lambda batch, layer, weights: weights * 0.75, sinks=True)
    found = read_stream(GAUGE, dataclasses.replace(model, backend=shrunk), TEXTS)
    for one, maps in zip(found, model.attend_many(TEXTS), strict=True):
        plain = GAUGE.read(maps.weights * 0.75, causal=model.causal, normalized=False)
        assert_alike(one.reading, plain, within=1e-12)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_maps_of_half_precision_are_renormalised_as_attend_does(dtype, tmp_path):
    half = load(tiny.save("gpt2", tmp_path / "gpt2"), dtype=dtype)
    for one, maps in zip(read_stream(GAUGE, half, TEXTS), half.attend_many(TEXTS), strict=True):
        assert_alike(one.reading, maps.read(GAUGE), within=1e-6)


def test_a_text_reads_alike_alone_and_beside_longer_ones(model):
    alone, beside = (list(read_stream(GAUGE, model, TEXTS, batch_size=size)) for size in (1, 11))
    for one, other in zip(alone, beside, strict=True):
        assert_alike(one.reading, other.reading, within=1e-5)


def test_no_map_is_copied_and_no_more_than_one_layers_are_held(model, monkeypatch):
    held = []
    read = Gauge.read

    def counting(gauge, weights, **how):
        alive = [each for each in gc.get_objects() if issubclass(type(each), torch.Tensor)]
        held.append({each.data_ptr() for each in alive if each.shape == weights.shape[1:]})
        assert weights.data_ptr() in held[-1]
        assert weights.shape[-1] != tiny.HEAD_SIZE  # or queries and keys look like maps
        return read(gauge, weights, **how)

    monkeypatch.setattr(Room, "take", None)
    monkeypatch.setattr(streams, "SMALL", 1)
    monkeypatch.setattr(Gauge, "read", counting)
    texts = ["eleven boats came down before noon, and one after"] * 3
    assert len(list(read_stream(GAUGE, model, texts))) == 3
    assert [len(pointers) for pointers in held] == [1] * tiny.LAYERS


def test_the_model_without_torch_is_read_layer_by_layer_too(monkeypatch):
    model = load("gpt2-mini", backend="numpy")
    found = list(read_stream(GAUGE, model, TEXTS[:3]))
    for one, maps in zip(found, model.attend_many(TEXTS[:3]), strict=True):
        assert_alike(one.reading, maps.read(GAUGE), within=1e-12)
    monkeypatch.setattr(NumpyBackend, "maps", None)
    assert len(list(read_stream(GAUGE, model, TEXTS[:3]))) == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"texts": "one text"}, "expects several texts, not one str"),
     ({"gauge": "paper"}, "given str and .*give a Gauge first"),
     ({"model": "gpt2-mini"}, "given Gauge and str; give a Gauge first"),
     ({"texts": None}, "expects several texts, not one NoneType"),
     ({"batch_size": 0}, "batch_size=0"), ({"ahead": 0}, "ahead=0"), ({"ahead": 1.5}, "ahead=1.5")],
)  # fmt: skip
def test_what_makes_no_stream_is_refused_at_once(model, changed, said):
    with pytest.raises(GedigError, match=said):
        read_stream(**{"gauge": GAUGE, "model": model, "texts": ["boat"]} | changed)


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert"])
def test_maps_of_double_precision_are_read_as_attend_keeps_them(kind, tmp_path):
    """Llama's eager attention takes its softmax in single precision and widens what comes."""
    double = load(tiny.save(kind, tmp_path / kind), dtype="float64")
    for one in read_stream(Gauge.released(), double, TEXTS):
        expected = double.attend(one.text).read(Gauge.released())
        np.testing.assert_allclose(one.reading.F, expected.F, atol=1e-6)
