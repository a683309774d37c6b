"""What a learner is told about a text of their own, on a decoder of bytes and on an encoder."""

import re
from pathlib import Path

import pytest

from gedig_edu.course.sentences import CAPTAIN, EXAMPLE, PROSE, describe, enough, fitting
from gedig_edu.errors import GedigError
from gedig_edu.models import load

LESSONS = Path(__file__).parents[2] / "lessons"
BOOK = "Nobody had wound the clock. " * 600  # 3,000 words


@pytest.fixture(params=["gpt2-mini", "minilm"])
def model(request):
    return load("gpt2-mini") if request.param == "gpt2-mini" else request.getfixturevalue("minilm")


PHRASES = {
    "single": "nothing but itself",
    "alone": "stand only the marks",
    "bytes": "no piece for",
    "bytes_more": "4 signs of this text",
    "unknown": "[UNK] stands for a sign",
    "hidden": "cannot be seen (no-break space)",
}


def told(card) -> set[str]:
    """Return the names of the explanations on a card."""
    said = card.paragraphs[1:]
    found = {name for name, phrase in PHRASES.items() if any(phrase in one for one in said)}
    assert len(found) == len(said)
    return found


EXPECTED = {
    "Hello": {"gpt2-mini": set(), "minilm": {"alone"}},
    "The": {"gpt2-mini": {"single"}, "minilm": {"alone"}},
    "猫": {"gpt2-mini": {"bytes"}, "minilm": {"alone", "unknown"}},
    "שלום": {"gpt2-mini": {"bytes", "bytes_more"}, "minilm": set()},
    "🙂": {"gpt2-mini": {"bytes"}, "minilm": {"alone", "unknown"}},
    "no\u00a0break": {"gpt2-mini": {"hidden"}, "minilm": {"hidden"}},
    EXAMPLE: {"gpt2-mini": set(), "minilm": set()},
    CAPTAIN: {"gpt2-mini": set(), "minilm": set()},
}


@pytest.mark.parametrize("text", EXPECTED)
def test_what_is_unusual_about_a_text_is_explained_and_nothing_else(model, text):
    card = describe(text, model)
    assert told(card) == EXPECTED[text][model.name]
    assert str(len(model.encode(text))) in card.heading or "one token" in card.heading


def test_one_japanese_sign_is_three_byte_tokens_and_no_defect():
    card = describe("猫", load("gpt2-mini"))
    assert "3 bytes in UTF-8 are read as 3 tokens" in card.paragraphs[1]
    assert "not a defect" in card.paragraphs[1]
    assert card.paragraphs[0] == "byte E7 | byte 8C | byte AB"


@pytest.mark.parametrize("text", ["", " \n" * 3])
def test_a_text_of_nothing_is_told_what_to_do(minilm, text):
    card = describe(text, minilm)
    assert card.tone == "wrong"
    assert "give at least one word" in card.paragraphs[0]


def test_the_empty_text_is_told_what_to_do_by_a_decoder_as_well():
    assert "give at least one word" in describe("", load("gpt2-mini")).paragraphs[0]


def test_of_a_text_beyond_the_context_it_is_said_how_much_fits(model):
    card = describe(BOOK, model)
    assert card.tone == "wrong"
    assert f"at most {model.context} tokens" in card.heading
    fits = fitting(BOOK, model)
    assert f"text[:{fits}]" in card.paragraphs[0]
    assert f"The first {len(BOOK[:fits].split())} words fit" in card.paragraphs[0]
    assert model.context - 3 <= len(model.encode(BOOK[:fits])) <= model.context


def test_what_fits_of_signs_in_bytes_ends_between_two_signs():
    cats = "猫" * 100
    assert fitting(cats, load("gpt2-mini")) == 256 // 3


def test_of_a_long_text_the_beginning_is_shown_and_the_rest_counted(model):
    text = " ".join(PROSE[:8])
    shown = describe(text, model).paragraphs[0]
    assert shown.count(" | ") == 48
    assert shown.endswith(f"… and {len(model.encode(text)) - 48} more")


def test_what_is_no_text_is_refused_in_one_sentence(model):
    with pytest.raises(GedigError, match="A text is expected, not int"):
        describe(3, model)


@pytest.mark.parametrize("text", ["", " ", "Boat", "\u200b" * 3, BOOK])
def test_a_text_that_one_of_the_models_cannot_use_gives_way_to_the_example(text):
    assert enough(text, load("gpt2-mini"), load("minilm")) == EXAMPLE


def test_marks_that_a_model_adds_make_no_text_long_enough():
    assert enough("the old boat", load("minilm")) == EXAMPLE
    assert enough("the old boat", load("minilm"), at_least=3) == "the old boat"


def test_a_text_of_four_tokens_stays():
    assert enough("The boat came home", load("gpt2-mini"), load("minilm")) == "The boat came home"


@pytest.mark.parametrize("number", ["11", "12"])
def test_behind_the_reader_s_own_line_these_lessons_read_a_text_that_is_enough(number):
    """So an empty line stops no cell: `text` itself is described and handed to `enough` alone."""
    (lesson,) = LESSONS.glob(f"{number}_*.py")
    code = "\n".join(line for line in lesson.read_text().splitlines() if not line.startswith("#"))
    uses = re.findall(r"^.*\btext\b.*$", code, re.MULTILINE)
    assert len(uses) == 3
    for use, begins in zip(
        uses, ("text = ", "describe(text, ", "several = enough(text, "), strict=True
    ):
        assert use.startswith(begins)
