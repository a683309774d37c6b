"""The learner's folder: lessons copied in, changed ones left alone."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gedig_edu.course.files import read_json, sweep, write_whole
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from jupyterlab_server.workspaces_handler import WorkspacesManager

DEFAULT_FOLDER = Path("gedig-lessons")
FIRST_LESSON = "00_start_here.ipynb"
MANIFEST = ".gedig-lessons.json"
LAYOUT = "gedig-edu"  # JupyterLab keeps its layout for us under this name, apart from others
CLOSED = {"collapsed": True, "visible": True, "current": None, "widgets": [], "widgetStates": {}}


@dataclass(frozen=True)
class Copied:
    """What became of one lesson file.

    Attributes
    ----------
    name : str
        Path inside the folder, with forward slashes.
    state : str
        "new" (copied), "updated" (an unchanged older copy was replaced), "same" (already
        there as we ship it) or "kept" (the learner changed it, so it was left alone).
    """

    name: str
    state: Literal["new", "updated", "same", "kept"]


def lessons_source() -> Path:
    """Return the folder of the lessons: inside the installed package, else in the checkout.

    Raises
    ------
    GedigError
        If neither is there.

    Examples
    --------
    >>> lessons_source().is_dir()
    True
    """
    package = Path(str(resources.files("gedig_edu")))
    for folder in (package / "_lessons", package.parent / "lessons"):
        if folder.is_dir():
            return folder
    raise refusal("no_lessons")


def copy_lessons(folder: Path | str = DEFAULT_FOLDER) -> list[Copied]:
    """Copy the lessons into `folder`, as nobody has run them, never over a changed file.

    A manifest in the folder keeps the sha256 of each file as it was copied. A file that still
    has that sum is replaced by the lesson of this version; any other file of the same name is
    kept. To get the lesson of this version in its place: delete or rename the kept one, and
    copy again.

    Parameters
    ----------
    folder : path
        Where to; made where missing.

    Returns
    -------
    list of Copied
        One entry for each lesson file, in name order.

    Raises
    ------
    GedigError
        If the folder cannot be written, or its manifest cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first, second = copy_lessons(folder), copy_lessons(folder)
    >>> {lesson.state for lesson in first} <= {"new"}
    True
    >>> {lesson.state for lesson in second} <= {"same"}
    True
    """
    folder = Path(folder)
    source = lessons_source()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sums = _read_manifest(folder / MANIFEST)
        copied = [_copy(source / name, folder, name, sums) for name in _lesson_names(source)]
        write_whole(folder / MANIFEST, json.dumps(sums, indent=1, sort_keys=True).encode())
    except OSError as trouble:
        raise refusal("not_copied", folder=str(folder), trouble=trouble.strerror) from trouble
    return copied


def jupyter_arguments(folder: Path | str = DEFAULT_FOLDER) -> list[str]:
    """Return what JupyterLab is started with: the folder as its root, opened on lesson 00.

    The layout is one of our own, see `prepare_layout`. JupyterLab's own news and update checks
    are off, since they would ask the network.

    Examples
    --------
    >>> jupyter_arguments("mine")[1]
    '--LabApp.default_url=/lab/workspaces/gedig-edu/tree/00_start_here.ipynb'
    """
    return [
        f"--ServerApp.root_dir={Path(folder).resolve()}",
        f"--LabApp.default_url=/lab/workspaces/{LAYOUT}/tree/{FIRST_LESSON}",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]


def prepare_layout() -> None:
    """Have JupyterLab open with its file browser closed, the first time; then as it was left.

    A layout that is damaged is begun anew.

    Raises
    ------
    GedigError
        If the layout cannot be written.
    """
    from jupyterlab.commands import get_workspaces_dir
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    kept = WorkspacesManager(get_workspaces_dir())
    layout = {"data": {"layout-restorer:data": {"left": CLOSED}}, "metadata": {"id": LAYOUT}}
    try:
        if not _is_whole(kept):
            kept.save(LAYOUT, json.dumps(layout))
    except OSError as trouble:
        folder = str(kept.workspaces_dir)
        raise refusal("no_layout", folder=folder, trouble=trouble.strerror) from trouble


def _is_whole(kept: WorkspacesManager) -> bool:
    """Return whether a layout is there with all that JupyterLab reads of it."""
    try:
        layout = kept.load(LAYOUT)
        named = isinstance(layout["metadata"]["id"], str)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False  # no JSON, or not of a layout's shape
    return named and isinstance(layout.get("data"), dict) and bool(layout["data"])


def jupyter_environment() -> dict[str, str]:
    """Return the environment that JupyterLab is started in: our defaults for its settings.

    With them it opens without asking whether to fetch its news. They rank below the learner's
    own settings, and whatever `JUPYTER_CONFIG_PATH` holds already goes before them.

    Examples
    --------
    >>> "jupyter" in jupyter_environment()["JUPYTER_CONFIG_PATH"]
    True
    """
    ours = str(resources.files("gedig_edu.course") / "jupyter")
    before = os.environ.get("JUPYTER_CONFIG_PATH")
    return {"JUPYTER_CONFIG_PATH": os.pathsep.join([before, ours] if before else [ours])}


def _lesson_names(source: Path) -> list[str]:
    """Return what a learner opens: all but text sources, the licence and hidden files."""
    names = (path.relative_to(source) for path in source.rglob("*") if path.is_file())
    return sorted(
        name.as_posix()
        for name in names
        if name.suffix != ".py"
        and name.name != "LICENSE"
        and not any(part.startswith((".", "__")) for part in name.parts)
    )


def _copy(source: Path, folder: Path, name: str, sums: dict[str, str]) -> Copied:
    content, target = _not_run(source.read_bytes()), folder / name
    ours = hashlib.sha256(content).hexdigest()
    sweep(target)
    if target.exists():
        theirs = hashlib.sha256(target.read_bytes()).hexdigest()
        if theirs not in (ours, sums.get(name)):
            return Copied(name, "kept")
        state = "same" if theirs == ours else "updated"
    else:
        state = "new"
    if state != "same":
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)
    sums[name] = ours
    return Copied(name, state)


def _not_run(content: bytes) -> bytes:
    """Return a notebook as nobody has run it: what tests compare would answer for the learner."""
    try:
        notebook = json.loads(content)
    except ValueError:  # no notebook
        return content
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _read_manifest(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        sums = read_json(path)
    except ValueError:
        sums = None
    if not isinstance(sums, dict):
        raise refusal("damaged_sums", path=str(path))
    return sums
