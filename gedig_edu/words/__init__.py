"""The message table: every word a learner reads from the package, by key and language.

Each room keeps its words in ``words/<language>/<room>.toml``; a key is ``room.section.name``.
A second language is a second folder with the same keys.
"""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from gedig_edu.errors import GedigError

DEFAULT_LANGUAGE = "en"


def word(key: str, /, **values: object) -> str:
    """Return the words under `key`, with ``{names}`` filled from `values`.

    The language is the environment variable ``GEDIG_LANG``, English by default; a key that
    a second language does not have yet is read in English.

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
    language = os.environ.get("GEDIG_LANG", DEFAULT_LANGUAGE)
    text = _lookup(language, key) or _lookup(DEFAULT_LANGUAGE, key)
    if text is None:
        raise GedigError(f"The message {key!r} is not in the table; add it to words/en.")
    return text.format(**values) if values else text


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
    >>> entries("sources.field.13")["claims"]
    ['12.diverges', '03.heat_capacity', '03.near_peak']
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
    language = os.environ.get("GEDIG_LANG", DEFAULT_LANGUAGE)
    tables = [_entry(spoken, key) for spoken in (DEFAULT_LANGUAGE, language)]
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


def _lookup(language: str, key: str) -> str | None:
    entry = _entry(language, key)
    return entry if isinstance(entry, str) else None


def _entry(language: str, key: str) -> object:
    room, *path = key.split(".")
    entry: object = _room(language, room)
    for name in path:
        if not isinstance(entry, dict) or name not in entry:
            return None
        entry = entry[name]
    return entry


@cache
def _room(language: str, room: str) -> dict[str, object]:
    source = resources.files(__name__).joinpath(language, f"{room}.toml")
    if not source.is_file():
        return {}
    return tomllib.loads(source.read_text(encoding="utf-8"))
