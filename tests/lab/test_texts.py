"""Many texts read one a line: nothing of a text is lost, and what cannot be read is left out."""

import io
import json

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.live import live
from gedig_edu.lab.texts import lines_of, live_texts
from gedig_edu.models import load
from gedig_edu.theory.comparison import BASELINES
from gedig_edu.theory.gauge import Gauge

TEXTS = [
    "The cat sat on the mat.",
    "So did the dog, and for a good while longer than any of us.",
]
LINES = [(1, TEXTS[0]), (4, TEXTS[1])]


@pytest.fixture(scope="module")
def model():
    return load("gpt2-mini")


@pytest.fixture(scope="module")
def readings(model):
    return live_texts(model, LINES, gauge=Gauge.paper(), left_out=pytest.fail, seed=3)


def lines(content: bytes):
    return list(lines_of(io.BytesIO(content)))


def test_each_text_reads_as_it_does_alone(model, readings):
    table = readings.table()
    for line, text in LINES:
        alone = live(model, text, gauge=Gauge.paper(), seed=3).table()
        part = table[table.line == line]
        assert set(part.text) == {text}
        for column in alone.columns:
            np.testing.assert_array_equal(part[column], alone[column])


def test_the_map_and_the_summary_are_over_all_texts(model, readings):
    alone = [live(model, text, gauge=Gauge.paper(), seed=3) for text in TEXTS]
    np.testing.assert_allclose(
        readings.as_map("F"), np.mean([one.real.F for one in alone], axis=0), rtol=1e-12
    )
    for name in BASELINES:
        both = np.concatenate([one.delta(name).ravel() for one in alone])
        assert readings.summaries()[name].mean == pytest.approx(both.mean())
        assert readings.summaries()[name].share_positive == (both > 1e-12).mean()
    assert readings.tokens == tuple(sorted(len(one.maps) for one in alone))


def test_what_is_written_can_be_read_back(readings):
    record = json.loads(readings.to_json(), parse_constant=pytest.fail)
    assert [(one["line"], one["text"]) for one in record["texts"]] == LINES
    assert record["gauge"]["lam"] == 1.0
    assert len(record["texts"][1]["heads"]) == 36
    first, *rows = readings.to_csv().splitlines()
    assert first.startswith("line,text,layer,head,density")
    assert len(rows) == 2 * 36


def test_a_short_text_is_counted(readings):
    assert "fewer than 16 tokens: 1" in readings.warning


def test_a_line_that_cannot_be_read_is_told_and_left_out(model):
    told = []
    broken = GedigError("no text")
    read = live_texts(
        model, [(1, broken), *LINES, (9, "word " * 999)], gauge=Gauge.released(),
        left_out=lambda *reason: told.append(reason),
    )  # fmt: skip
    assert [one.line for one in read.texts] == [1, 4]
    assert [line for line, _ in told] == [1, 9]
    assert told[0][1] is broken
    assert "reads at most 256" in str(told[1][1])


def test_where_nothing_can_be_read_there_is_no_reading(model):
    with pytest.raises(GedigError, match="No line could be read"):
        live_texts(model, [], gauge=Gauge.paper(), left_out=pytest.fail)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_keep_their_numbers_and_blank_ones_are_passed_over(end, encoding):
    content = end.join(["Größe", "", "  ", "日本 ", ""]).encode(encoding)
    assert lines(content) == [(1, "Größe"), (4, "日本 ")]


def test_only_a_line_break_ends_a_line():
    text = "a\u2028b\x85c\x0bd\x1ce"
    assert lines(text.encode()) == [(1, text)]


def test_bytes_that_are_no_text_are_named_and_the_next_line_is_read():
    (first, refused), second = lines(b"ab\xff\xfe\nnext")
    assert (first, second) == (1, (2, "next"))
    assert isinstance(refused, GedigError)
    assert "byte 3 is FF" in str(refused)
