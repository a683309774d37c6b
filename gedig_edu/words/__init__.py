"""The message table: every word a learner reads from the package, by key and language.

Each room keeps its words in ``words/<language>/<room>.toml``, or in a folder of that name with one
file a section; a key is ``room.section.name``.
A second language is a second folder with the same keys and, in each message, the same
``{placeholders}``.

What stands here, and what does not:

- What a learner reads stands here: in a lesson, on the site, on the command line. So does every
  refusal of `gedig_edu.course` and of the command line, and of `gedig_edu.models` what is wrong
  with a text or a model that somebody names; `refusal` makes it.
- What is stored or typed is an id and stays as it is: verdicts, kinds, levels, names of models,
  options. Shown, an id is the word that the table has for it (``claims.verdict.holds if``).
- Every other refusal (`errors`, `theory`, `lab`, `models`, `views`) is a programmer's: it names
  arguments and types, and is English in code, as docstrings are.
- A message is whole: code neither cuts it at a word or a space nor joins it from parts. Where a
  number decides between two sentences there are two messages.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Collection
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from gedig_edu.errors import GedigError
from gedig_edu.words.numbers import MessageError, fill

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

DEFAULT_LANGUAGE = "en"
FOLDER = resources.files(__name__)


def language() -> str:
    """Return the language of the reader: the variable ``GEDIG_LANG``, English by default.

    Its region and encoding do not count: "en_GB.UTF-8" is English. Where there are no words in it,
    the language is English, which is said once.

    Examples
    --------
    >>> language()
    'en'
    """
    asked = os.environ.get("GEDIG_LANG") or DEFAULT_LANGUAGE
    spoken = understood(asked)
    if spoken is None:
        _say_unknown(asked)
    return spoken or DEFAULT_LANGUAGE


def understood(asked: str) -> str | None:
    """Return which of the languages here a name stands for, None where it is none of them.

    Examples
    --------
    >>> understood("en_GB.UTF-8"), understood("ja")
    ('en', None)
    """
    names = (asked, re.split(r"[-_.@]", asked)[0].lower())
    known = (name for name in names if name == DEFAULT_LANGUAGE or name in languages())
    return next(known, None)


def languages() -> tuple[str, ...]:
    """Return the languages that have words here.

    Examples
    --------
    >>> languages()
    ('en',)
    """
    return _languages_in(FOLDER)


def unspoken(asked: str) -> str:
    """Return in a sentence that there are no words in a language, and in which there are.

    Examples
    --------
    >>> unspoken("ja")
    "GEDIG_LANG='ja': there are no words in that language yet, so you read English; known: en."
    """
    said = _lookup(DEFAULT_LANGUAGE, "words.unspoken") or "{asked!r}"
    return fill(said, {"asked": asked, "known": ", ".join(languages())})


def word(key: str, /, **values: object) -> str:
    """Return the words under `key`, with ``{names}`` filled from `values`.

    A placeholder may name how a number is written, ``{share:percent}``: see
    `numbers.FORMATS`. A key that the reader's language does not have yet is read in English.

    Parameters
    ----------
    key : str
        ``room.section.name``, for example ``"views.live.question"``.
    **values : object
        What the placeholders of the text stand for.

    Raises
    ------
    GedigError
        If no language has the key.

    Examples
    --------
    >>> word("words.example", count=3)
    'There are 3 tokens.'
    """
    text = _lookup(language(), key) or _lookup(DEFAULT_LANGUAGE, key)
    if text is None:
        raise GedigError(f"The message {key!r} is not in the table; add it to words/en.")
    try:
        return fill(text, values) if values else text
    except MessageError as wrong:
        raise MessageError(f"{key}: {wrong}") from wrong


def refusal(key: str, /, **values: object) -> GedigError:
    """Return the refusal that stands under ``refusals.<key>``.

    Examples
    --------
    >>> raise refusal("no_folder", folder="results")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: The folder 'results' does not exist; make it first.
    """
    return GedigError(word(f"refusals.{key}", **values))


def unknown(name: str, value: object, choices: Collection[str], /) -> GedigError:
    """Return the refusal of a `value` that is not one of `choices`.

    Examples
    --------
    >>> raise unknown("choice", "e", ["a", "b"])
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: choice='e' is not known; choose one of 'a', 'b'.
    """
    known = ", ".join(map(repr, choices))
    return refusal("not_known", name=name, value=value, known=known)


def entries(key: str, /) -> dict[str, Any]:
    """Return a section of the default language as it stands, with all that is no word in it.

    Parameters
    ----------
    key : str
        ``room`` or ``room.section``, for example ``"sources.gauge"``.

    Raises
    ------
    GedigError
        If there is no such section.

    Examples
    --------
    >>> entries("sources.field.13")["claims"][:2]
    ['12.diverges', '12.three_keys']
    """
    entry = _entry(DEFAULT_LANGUAGE, key)
    if not isinstance(entry, dict):
        raise GedigError(f"The section {key!r} is not in the table; add it to words/en.")
    return entry


def section(key: str, /) -> dict[str, str]:
    """Return all words of a section by name, each in the language of `word`, without filling in.

    Parameters
    ----------
    key : str
        ``room.section``, for example ``"live.page"``.

    Raises
    ------
    GedigError
        If no language has the section.

    Examples
    --------
    >>> section("live.page")["sentence"]
    'Your sentence'
    """
    tables = [_entry(spoken, key) for spoken in (DEFAULT_LANGUAGE, language())]
    words = {
        name: text
        for table in tables
        if isinstance(table, dict)
        for name, text in table.items()
        if isinstance(text, str)
    }
    if not words:
        raise GedigError(f"The section {key!r} is not in the table; add it to words/en.")
    return words


def has_section(key: str, /) -> bool:
    """Tell whether the table has words in a section.

    Examples
    --------
    >>> has_section("live.page"), has_section("live.nothing")
    (True, False)
    """
    return isinstance(_entry(DEFAULT_LANGUAGE, key), dict)


def inline(text: str) -> str:
    """Return `text` safe for HTML, with `backticks` as code.

    Examples
    --------
    >>> inline("`q @ k.T` < 1")
    '<code>q @ k.T</code> &lt; 1'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


@cache
def _languages_in(folder: Traversable) -> tuple[str, ...]:
    return tuple(sorted(one.name for one in folder.iterdir() if one.is_dir() and _has_words(one)))


def _has_words(folder: Traversable) -> bool:
    return any(path.name.endswith(".toml") for path in folder.iterdir())


@cache
def _say_unknown(asked: str) -> None:
    """Say on the error stream, once in a process, that a language is not there."""
    if sys.stderr is not None:
        print(unspoken(asked), file=sys.stderr)


def _lookup(spoken: str, key: str) -> str | None:
    entry = _entry(spoken, key)
    return entry if isinstance(entry, str) else None


def _entry(spoken: str, key: str) -> object:
    room, *path = key.split(".")
    entry: object = _room(spoken, room)
    for name in path:
        if not isinstance(entry, dict) or name not in entry:
            return None
        entry = entry[name]
    return entry


@cache
def _room(spoken: str, room: str) -> dict[str, object]:
    folder = FOLDER.joinpath(spoken, room)
    if folder.is_dir():
        names = (path.name.removesuffix(".toml") for path in folder.iterdir())
        return {name: _room(spoken, f"{room}/{name}") for name in names}
    source = FOLDER.joinpath(spoken, f"{room}.toml")
    if not source.is_file():
        return {}
    return tomllib.loads(source.read_text(encoding="utf-8"))
