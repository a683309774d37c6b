"""The one writer of numbers: a table of cases that the page's writer is held to as well."""

import json
import string
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from gedig_edu import words
from gedig_edu.errors import GedigError
from gedig_edu.words.numbers import FORMATS, fill
from tests.words.tables import messages

ENGLISH = Path(words.__file__).parent / "en"
CASES = json.loads((Path(__file__).parents[1] / "js" / "numbers.json").read_text("utf-8"))


def meant(value):
    if isinstance(value, list):
        return [meant(one) for one in value]
    return float(value) if value in ("-0", "NaN", "Infinity", "-Infinity") else value


@pytest.mark.parametrize(("format", "given", "text"), CASES)
def test_a_message_writes_a_number_as_the_table_says(format, given, text):
    said = fill(f"a {{value:{format}}} b {{plain}}", {"value": meant(given), "plain": 7})
    assert said == f"a {text} b 7"


def test_every_format_that_a_message_names_is_one_of_the_writers():
    asked = {
        format
        for table in ENGLISH.rglob("*.toml")
        for message in messages(table).values()
        for _, _, format, _ in string.Formatter().parse(message)
        if format
    }
    assert asked
    assert asked <= set(FORMATS)


@pytest.mark.parametrize(
    ("format", "value", "text"),
    [
        ("percent", np.int8(2), "200\u00a0%"),
        ("percent", np.float16(700), "70000\u00a0%"),
        ("percent", np.float32(0.965), "96\u00a0%"),
        ("three", np.int8(-128), "−128"),
        ("signed", np.int8(-128), "−128"),
        ("fixed", np.int8(-128), "−128.000"),
        ("whole", np.int8(-128), "−128"),
        ("whole", np.True_, "–"),
        ("whole", 10**400, "–"),
        ("short", Decimal("-2e308"), "−2e308"),
        *((format, 10**400, "–") for format in ("three", "short", "signed", "fixed", "percent")),
    ],
)
def test_a_number_is_written_the_same_in_whatever_type_it_comes(format, value, text):
    assert FORMATS[format](value) == text


def test_every_format_has_a_case_in_the_table():
    assert {format for format, *_ in CASES} == set(FORMATS)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("{T:four}", "asks for the format 'four'; choose one of three, short, signed"),
        ("{T}", r"The message '\{T\}' has no value for 'T'"),
    ],
)
def test_what_a_message_cannot_say_is_refused(message, said):
    with pytest.raises(GedigError, match=said):
        fill(message, {"t": 1.0} if "four" not in message else {"T": 1.0})
