"""Whatever is given as a name, a prediction or a measurement: one sentence, at once."""

import math
import sys
import time

import numpy as np
import pytest

from gedig_edu.course import answer, check, claims, compare, hint, predict, quiz, record
from gedig_edu.course.cards import Card
from gedig_edu.errors import GedigError


def nested(depth):
    held = []
    for _ in range(depth):
        held = [held]
    return held


def circle():
    held = []
    held.append(held)
    return held


def leaving(method):
    return type("Leaving", (), {method: lambda *_: sys.exit(3)})()


ODD = {
    "nested": nested(100_000),
    "circle": circle(),
    "long": "x" * 1_000_000,
    "brackets": "[" * 100_000,
    "lines": "a\nb" * 3_000,
    "many digits": 10**5_000,
    "control": "a\x1b[2Jb\0",
    "half a sign": "\ud800",
    "array": np.ones((300, 300)),
    "exit as array": leaving("__array__"),
    "exit as number": leaving("__float__"),
    "None": None,
    "dict": {},
    "bytes": b"x",
    "type": int,
}
CALLS = {
    "predict": lambda odd: predict("01.query_norm", odd),
    "predict name": lambda odd: predict(odd, 1),
    "compare": lambda odd: compare("01.query_norm", odd),
    "compare name": lambda odd: compare(odd, 1),
    "check": lambda odd: check(odd, 1),
    "hint": hint,
    "quiz": quiz,
    "quiz number": lambda odd: quiz("01", odd) if odd is not None else quiz("01", 99),
    "answer": lambda odd: answer("01.1", odd),
    "answer name": lambda odd: answer(odd, "a"),
    "find": claims.find,
    "lessons": lambda odd: claims.all_claims([odd]),
}


WORDS = ("predict", "control")  # which may be said
PAIRS = [(call, odd) for call in CALLS for odd in ODD if (call, odd) != WORDS]


@pytest.mark.parametrize(("call", "odd"), PAIRS)
def test_what_is_no_name_and_no_number_is_refused_in_one_short_line_at_once(call, odd):
    start = time.process_time()
    with pytest.raises(GedigError) as refused:
        CALLS[call](ODD[odd])
    sentence = str(refused.value)
    assert len(sentence) < 700
    assert sentence.isprintable()
    assert time.process_time() - start < 3


@pytest.mark.parametrize("words", ["x" * 501, "[" * 100_000])
def test_a_prediction_is_a_few_words(words):
    with pytest.raises(GedigError, match=f"has {len(words)} characters, and 500 are kept"):
        predict("01.query_norm", words)
    assert record.store().read()["predictions"] == {}
    assert isinstance(predict("01.query_norm", words[:500]), Card)


@pytest.mark.parametrize(
    "text", ["infinity", "-inf", "inf %", "1e999", "nan", "NaN", "−Infinity", " nan ", "nan%"]
)
def test_a_prediction_that_no_measurement_can_meet_is_refused(text):
    with pytest.raises(GedigError, match="give one finite number, or a few words"):
        predict("01.query_norm", text)
    assert record.store().read()["predictions"] == {}
    predict("01.query_norm", 4)
    assert "4" in repr(compare("01.query_norm", 5.0))


@pytest.mark.parametrize("number", [math.inf, -math.inf, np.float32("inf"), np.float64("nan")])
def test_a_number_without_end_is_no_prediction(number):
    with pytest.raises(GedigError, match="A prediction is one number"):
        predict("01.query_norm", number)
