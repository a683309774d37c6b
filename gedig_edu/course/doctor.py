"""Whether this machine has what the course needs, and the remedy for each thing it lacks."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from gedig_edu import models
from gedig_edu.course import store
from gedig_edu.course.answers import describe_trouble
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.errors import GedigError
from gedig_edu.models import hub, sources
from gedig_edu.models.cache import cache_folder, cached_names
from gedig_edu.models.devices import choose_device
from gedig_edu.models.files import trouble_in
from gedig_edu.models.registry import entry_for
from gedig_edu.theory.engines import compiled
from gedig_edu.words import language, understood, unspoken, word

DISTRIBUTION = "gedig-edu"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do about it.

    Attributes
    ----------
    subject : str
        What was looked at.
    found : str
        What is there.
    state : str
        "good", "note" (worth knowing, nothing is broken) or "wrong".
    remedy : str
        What to do, empty where nothing is to be done.
    """

    subject: str
    found: str
    state: Literal["good", "note", "wrong"] = "good"
    remedy: str = ""


def examine() -> list[Finding]:
    """Return a finding for each thing that the course needs, and for what would be missed.

    Examples
    --------
    >>> examine()[0].subject
    'Python'
    """
    return [
        check_python(platform.python_version()),
        *check_packages(),
        *check_language(),
        find_device(),
        check_home(),
        check_cache(),
        *check_copies(),
        check_compiled(),
        find_model(),
        find_hub(),
        find_browser(),
    ]


def check_python(version: str) -> Finding:
    """Return whether this Python is one that the package allows."""
    wanted = metadata.metadata(DISTRIBUTION)["Requires-Python"]
    if SpecifierSet(wanted).contains(version, prereleases=True):
        return Finding("Python", version)
    return Finding("Python", version, "wrong", word("cli.doctor.python_remedy", wanted=wanted))


def check_packages(installed: Callable[[str], str] = metadata.version) -> list[Finding]:
    """Return one finding for each package below its floor or missing, or one that all is well."""
    requirements = [Requirement(line) for line in metadata.requires(DISTRIBUTION) or []]
    needed = [r for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
    wrong = [finding for need in needed if (finding := _below_floor(need, installed))]
    subject = word("cli.doctor.packages")
    return wrong or [Finding(subject, word("cli.doctor.packages_good", count=len(needed)))]


def _below_floor(need: Requirement, installed: Callable[[str], str]) -> Finding | None:
    try:
        version = installed(need.name)
    except metadata.PackageNotFoundError:
        version = None
    if version is not None and need.specifier.contains(version, prereleases=True):
        return None
    found = version or word("cli.doctor.missing")
    return Finding(need.name, found, "wrong", word("cli.doctor.package_remedy", need=need))


def find_device() -> Finding:
    """Return where models run: an accelerator where there is one, never needed."""
    device = choose_device("auto")
    return Finding(word("cli.doctor.device"), str(device))


def check_language() -> list[Finding]:
    """Return a note where ``GEDIG_LANG`` names a language that has no words here."""
    asked = os.environ.get("GEDIG_LANG", "")
    if not asked or understood(asked):
        return []
    return [Finding(word("cli.doctor.language"), language(), "note", unspoken(asked))]


def check_home() -> Finding:
    """Return whether the folder that progress is kept in can be written."""
    subject, folder = word("cli.doctor.home"), store.home()
    if _can_hold(folder):
        return Finding(subject, str(folder))
    return Finding(subject, str(folder), "wrong", word("cli.doctor.home_remedy"))


def check_copies() -> list[Finding]:
    """Return one finding for each copy of a model in the cache that is damaged."""
    found = []
    for name in cached_names():
        copy = sources.find(name, source="cache")
        trouble = None if copy is None else trouble_in(copy.folder)
        if copy is not None and trouble is not None:
            subject = word("cli.doctor.copy", name=name)
            remedy = word("cli.doctor.copy_remedy", name=name, trouble=trouble)
            found.append(Finding(subject, str(copy.folder), "wrong", remedy))
    return found


def _can_hold(folder: Path) -> bool:
    """Tell by trying whether a folder, which may still have to be made, takes files.

    Some, such as /proc, only say that they do.
    """
    standing = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if not _may_write(standing):
        return False
    try:
        with TemporaryDirectory(dir=standing):
            return True
    except OSError:
        return False


def check_cache() -> Finding:
    """Return whether the folder that models are kept in can be written, or has some to read."""
    subject, folder = word("cli.doctor.cache"), cache_folder()
    if _can_hold(folder):
        return Finding(subject, str(folder))
    if cached_names():
        return Finding(subject, str(folder), "note", word("cli.doctor.cache_shared"))
    return Finding(subject, str(folder), "wrong", word("cli.doctor.cache_remedy"))


def check_compiled() -> Finding:
    """Return whether numba can use the folder for compiled code, and what is kept there is whole.

    numba reads a folder that ``NUMBA_CACHE_DIR`` names only where it may write, in it and in those
    below it; where it may not, everybody compiles anew, for half a minute.
    """
    subject, named = word("cli.doctor.compiled"), os.environ.get("NUMBA_CACHE_DIR", "")
    if named and not _may_write_below(Path(named)):
        return Finding(subject, named, "wrong", word("cli.doctor.compiled_remedy"))
    engine = compiled.state()
    own = word("cli.doctor.compiled_own" if engine.folder else "cli.doctor.compiled_none")
    found = named or own
    if not engine.trouble:
        return Finding(subject, found)
    damaged = engine.usable and engine.folder is not None
    return Finding(subject, found, "wrong" if damaged else "note", engine.trouble)


def _may_write_below(folder: Path) -> bool:
    return folder.is_dir() and all(
        map(_may_write, (folder, *filter(Path.is_dir, folder.iterdir())))
    )


def _may_write(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def find_model() -> Finding:
    """Return whether the model that every lesson opens with is here, and reads a sentence."""
    subject, name = word("cli.doctor.model"), models.default_name()
    known = {status.name for status in models.status()}
    try:
        present = sources.find(name) is not None
    except GedigError as refusal:
        return Finding(subject, name, "wrong", str(refusal))
    if present:
        trouble = _trouble_of(name)
        return Finding(subject, name, "wrong" if trouble else "good", trouble)
    if name in known:
        return Finding(subject, name, "note", word("cli.doctor.model_remedy", name=name))
    return Finding(subject, name, "wrong", word("cli.doctor.model_unknown", name=name))


def _trouble_of(name: str) -> str:
    """Return why a model cannot read a sentence, "" where it can."""
    try:
        models.load(name).attend(EXAMPLE)
    except GedigError as refusal:
        return str(refusal)
    except Exception as trouble:  # whatever a damaged file makes the libraries raise
        return word("cli.doctor.model_fails", name=name, trouble=describe_trouble(trouble))
    return ""


def find_hub() -> Finding:
    """Return whether the model hub answers; without it everything that is here still works."""
    subject = word("cli.doctor.hub")
    if hub.answers(str(entry_for("gpt2").hub_id)):
        return Finding(subject, word("cli.doctor.hub_good", address=hub.endpoint()))
    silent = word("cli.doctor.hub_silent", address=hub.endpoint())
    return Finding(subject, silent, "note", word("cli.doctor.hub_remedy"))


def find_browser() -> Finding:
    """Return whether the browser of the test suite is there; the course itself needs none."""
    subject = word("cli.doctor.browser")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path:
        return Finding(subject, path)
    remedy = word("cli.doctor.browser_remedy")
    return Finding(subject, word("cli.doctor.missing"), "note", remedy)
