"""Tables of the command line: whole numbers at any width, prose that can be read, any encoding."""

import errno
import io
import os
import re

import numpy as np
import pytest
from rich.cells import cell_len

from gedig_edu.errors import GedigError
from gedig_edu.views import terminal

VALUES = -np.arange(48).reshape(3, 16) / 50 - 0.01
WIDTHS = [1, 7, 20, 33, 80, 200]
NUMBER = re.compile(r"-?\d+\.\d\d")


@pytest.fixture
def printed(capsys, monkeypatch):
    """Print in a window of so many columns and return the lines."""

    def call(width, *parts):
        monkeypatch.setenv("COLUMNS", str(width))
        terminal.show(*parts)
        return capsys.readouterr().out.splitlines()

    return call


@pytest.mark.parametrize("width", WIDTHS)
def test_every_head_is_there_whole_at_any_width(printed, width):
    found = np.full(VALUES.shape, np.nan)
    for line in printed(width, terminal.head_table(VALUES, VALUES)):
        first, *cells = line.split() or [""]
        if first == "layer":
            heads = list(map(int, cells))
        elif first:
            assert all(NUMBER.fullmatch(cell) for cell in cells)
            found[int(first), heads] = list(map(float, cells))
    assert np.allclose(found, VALUES, atol=0.0051)


def test_blocks_are_as_wide_as_the_window_and_no_wider(printed):
    for width in (20, 33, 80):
        lines = printed(width, terminal.head_table(VALUES, VALUES))
        assert width - 6 < max(map(len, lines)) <= width


def test_a_number_that_is_longer_makes_its_column_wider(printed):
    lines = printed(40, terminal.head_table(1000 * VALUES, VALUES))
    numbers = [number for line in lines for number in NUMBER.findall(line)]
    assert sorted(map(float, numbers)) == sorted((1000 * VALUES).round(2).ravel())


def test_prose_that_fits_stands_in_columns(printed):
    table = terminal.text_table(["id", "claim"], [["03.a", "short"], ["03.b", ""]])
    assert printed(80, table) == ["id    claim", "03.a  short", "03.b"]


def test_prose_that_does_not_fit_is_folded_and_no_word_is_cut(printed):
    words = "a change of basis leaves every weight as it was"
    lines = printed(34, terminal.text_table(["id", "claim"], [["03.a", words]]))
    assert lines[:2] == ["id    claim", "03.a  a change of basis leaves"]
    assert " ".join(" ".join(lines[1:]).split()) == f"03.a {words}"
    assert max(map(len, lines)) <= 34


@pytest.mark.parametrize("width", [20, 30])
def test_prose_without_room_for_columns_becomes_entries(printed, width):
    rows = [["03.a", "a change of basis leaves weights", "good"], ["03.b", "", "bad"]]
    lines = printed(width, terminal.text_table(["id", "claim", "verdict"], rows))
    assert lines[0] == "03.a"
    assert "  verdict: good" in lines
    assert lines[-3:] == ["", "03.b", "  verdict: bad"]
    assert max(map(len, lines)) <= width


def test_wide_signs_count_twice_and_may_be_cut_between(printed):
    lines = printed(
        30, terminal.text_table(["番号", "主張"], [["一", "日本語の文章は空白を持たない" * 2]])
    )
    assert max(map(cell_len, lines)) <= 30
    assert "".join("".join(lines).split()) == "番号主張一" + "日本語の文章は空白を持たない" * 2


def test_a_text_is_left_to_the_terminal_to_fold(printed):
    path = "/somewhere/" * 20
    assert printed(20, f"Written: {path}") == [f"Written: {path}"]


@pytest.fixture
def window(monkeypatch):
    """Print in a window of so many columns, a terminal, and return the lines."""

    def call(width, *parts):
        shown = io.StringIO()
        shown.isatty = lambda: True
        monkeypatch.setattr(terminal.sys, "stdout", shown)
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("NO_COLOR", "1")
        terminal.show(*parts)
        monkeypatch.undo()
        return shown.getvalue().splitlines()

    return call


@pytest.mark.parametrize("width", [12, 40, 80])
def test_prose_is_folded_at_words_where_a_terminal_shows_it(window, width):
    prose, path = "F of every head of a model, " * 5, "/somewhere/" * 20
    lines = window(width, prose, f"Written: {path}", "one\ntwo")
    assert lines[-4:] == ["Written:", path, "one", "two"]
    assert max(map(len, lines[:-4])) <= width
    assert " ".join(lines[:-4]) == prose.strip()


def test_what_is_to_be_copied_is_never_folded(window):
    assert window(12, terminal.Verbatim('{"text": "a b c d e f"}')) == ['{"text": "a b c d e f"}']


def test_brackets_are_text_and_no_markup(printed):
    assert printed(80, "[bold]x[/bold]", terminal.text_table(["a"], [["[red]y"]])) == [
        "[bold]x[/bold]", "a", "[red]y"
    ]  # fmt: skip


def test_colours_only_where_they_are_wanted(printed, monkeypatch):
    table = terminal.head_table(VALUES, VALUES - 1)
    assert "\x1b" not in "".join(printed(80, table))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = "\n".join(printed(80, table))
    assert "48;2;" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert "48;2;" not in "\n".join(printed(80, table))


@pytest.mark.parametrize(
    ("term", "more", "shades"),
    [
        ("xterm-256color", {}, True), ("xterm", {"COLORTERM": "truecolor"}, True),
        ("xterm", {}, False), ("xterm-16color", {}, False), ("dumb", {}, False),
        ("xterm-256color", {"NO_COLOR": "1"}, False),
    ],
)  # fmt: skip
def test_shades_are_shown_and_spoken_of_only_where_they_can_be_told_apart(
    printed, monkeypatch, term, more, shades
):
    monkeypatch.delenv("COLORTERM", raising=False)
    for name, value in {"FORCE_COLOR": "1", "TERM": term, **more}.items():
        monkeypatch.setenv(name, value)
    lines = printed(80, terminal.head_table(VALUES, VALUES.mean() + 0 * VALUES))
    grounds = set(re.findall(r"\x1b\[[0-9;]*m", "".join(lines)))
    assert terminal.has_shades() is shades
    assert (len(grounds) > 8) == shades == bool(grounds)


class Full(io.TextIOWrapper):
    """A file on a disk that is full."""

    def write(self, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_an_output_that_takes_no_more_is_refused_in_one_sentence(tmp_path, monkeypatch):
    with (tmp_path / "out").open("wb") as file, Full(file, encoding="utf-8") as full:
        monkeypatch.setattr(terminal.sys, "stdout", full)
        with pytest.raises(GedigError, match="cannot be printed"):
            terminal.show("F")
        monkeypatch.undo()


def test_an_output_that_is_closed_is_no_trouble(monkeypatch):
    monkeypatch.setattr(terminal.sys, "stdout", None)
    terminal.show("F", terminal.text_table(["a"], [["b"]]))
    monkeypatch.undo()
