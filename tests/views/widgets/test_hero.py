"""What the lessons' widgets share: ranges, words, one module, one way to write numbers."""

import json
import re

import numpy as np
import pytest

from gedig_edu.words import section
from gedig_edu.words.numbers import percent, three
from tests.heroes import HEROES


@pytest.mark.parametrize("hero", HEROES)
def test_every_control_at_its_extremes_raises_nothing_and_leaves_finite_numbers(hero):
    widget = hero()
    for name, value in hero.extremes():
        setattr(widget, name, value)
        assert all(number is None or abs(number) < 1e9 for number in flat(widget.numbers))
        assert "nan" not in widget.sentence


def flat(numbers):
    for value in numbers.values():
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, str):
                yield part


@pytest.mark.parametrize("hero", HEROES)
def test_the_extremes_cover_every_control(hero):
    assert {control.name for control in hero.controls} <= {name for name, _ in hero.extremes()}


@pytest.mark.parametrize("hero", HEROES)
def test_three_to_six_numbers_are_read_off_and_each_exists(hero):
    assert 3 <= len(hero.readouts) <= 6
    assert {readout.split(":")[0] for readout in hero.readouts} <= set(hero().numbers)


@pytest.mark.parametrize("hero", HEROES)
def test_the_page_gets_every_word_it_asks_for(hero):
    frame = hero().frame
    asked = set(re.findall(r"\bwords\.(\w+)", hero()._esm))
    assert asked
    assert asked <= set(frame["words"])


@pytest.mark.parametrize("hero", HEROES)
def test_its_table_has_no_word_that_its_scripts_do_not_ask_for(hero):
    script = hero()._esm
    words = section(f"widgets.{hero.section}")
    families = re.findall(r"\bwords\[`(\w+_)\$", script)
    families += [f"{name}_" for name in re.findall(r"\{(\w+)\}", words["sentence"])]
    named = set(re.findall(r"""\bwords\.(\w+)|["'](\w+)["']""", script))
    asked = {name for pair in named for name in pair}
    assert {word for word in set(words) - asked if not word.startswith((*families, "\0"))} == set()


@pytest.mark.parametrize("hero", HEROES)
def test_where_no_widget_can_be_shown_it_says_what_it_shows(hero):
    widget = hero()
    assert repr(widget) == f"{widget.frame['words']['question']}\n{widget.sentence}"
    assert "{" not in repr(widget)


@pytest.mark.parametrize("hero", HEROES)
def test_the_start_is_what_the_author_gave(hero):
    widget = hero()
    name, value = next(pair for pair in hero.extremes() if pair[1] != getattr(widget, pair[0]))
    before = {trait: getattr(widget, trait) for trait in hero.state}
    setattr(widget, name, value)
    assert widget.start == before != {trait: getattr(widget, trait) for trait in hero.state}


@pytest.mark.parametrize("hero", HEROES)
def test_no_table_is_sent_to_the_page_twice(hero):
    widget = hero()
    sent = widget.get_state("start")["start"]
    assert set(sent) == set(hero.state) - set(hero.given)
    assert len(json.dumps(sent)) < 5000
    changed = {name for name, _ in hero.extremes()}
    assert not changed & set(hero.given)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.00"), (-0.5, "−0.500"), (1.125, "1.13"), (-1.125, "−1.13"), (9.999, "10.0"),
     (999.5, "1000"), (1e6, "1000000"), (-1e7, "−1.00e7"), (2.5e-5, "2.50e−5"), (-3e-16, "0.00"),
     (None, "–")],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, text):
    assert three(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0\u00a0%"), (0.125, "13\u00a0%"), (np.float32(0.125), "13\u00a0%"), (1, "100\u00a0%")],
)
def test_shares_are_whole_percent_whose_sign_stays_on_the_numbers_line(share, text):
    assert percent(share) == text
