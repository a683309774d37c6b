"""The whole site: lessons run, pages written aside, then moved into place."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gedig_edu.course import workspace
from gedig_edu.course.catalogue import two_digits
from gedig_edu.course.site.engine import engine_files
from gedig_edu.course.site.execute import execute, in_thread
from gedig_edu.course.site.pages import (
    Lesson,
    closing_page,
    howto_pages,
    landing_page,
    ledger_page,
    lesson_page,
    read_lesson,
    reference_pages,
    results_page,
    shared_files,
    sources_page,
    teaching_page,
)
from gedig_edu.course.switch import solutions_shown
from gedig_edu.words import refusal, unknown

MARKER = ".gedig-site.json"
AT_ONCE = 2  # a kernel with a model in it takes most of a gigabyte


def build_site(
    out: Path | str,
    *,
    lessons: Sequence[str] = (),
    source: Path | None = None,
    solutions: bool = True,
    report: Callable[[str], object] = lambda _name: None,
) -> Path:
    """Run the lessons and write them as a static site.

    Parameters
    ----------
    out : path
        Folder of the site: not there yet, empty, or a site that this made and nobody added to.
    lessons : sequence of str
        Numbers such as "03"; all lessons where none is given.
    source : Path, optional
        Folder of the notebooks; the course's own where not given.
    solutions : bool
        Whether pages fold worked solutions in; where ``GEDIG_SOLUTIONS=off``, none does. Quizzes
        stay: they are tests of oneself, and name the right answer once one is chosen.
    report : callable
        Told the name of each notebook once it has run.

    Returns
    -------
    Path
        The landing page.

    Raises
    ------
    GedigError
        If the folder cannot be used, a lesson does not exist, or one does not run to its end, or
        ``GEDIG_SOLUTIONS`` says neither on nor off.
        What stood in the folder then stands there still.

    Examples
    --------
    >>> build_site("site", lessons=["99"])
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: lesson='99' is not known; choose one of '00', '01', ...
    """
    target = Path(out).resolve()
    check_target(target)
    solutions = solutions_shown() and solutions
    notebooks = choose(source or workspace.lessons_source(), lessons)
    with beside(target):
        pass  # what cannot be written is refused before any lesson runs
    write_site(target, site_files(in_thread(run(notebooks, report, solutions=solutions))))
    return target / "index.html"


async def run(
    notebooks: Sequence[Path], report: Callable[[str], object], *, solutions: bool
) -> list[Lesson]:
    """Run the notebooks, a few at once, and return them as lessons; the first failure ends all."""
    pages = [path.name for path in notebooks]
    places = asyncio.Semaphore(AT_ONCE)

    async def one(path: Path) -> Lesson:
        async with places:
            notebook = await execute(path, solutions=solutions)
            lesson = read_lesson(notebook, path.name, pages=pages, solutions=solutions)
        report(path.name)
        return lesson

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(path)) for path in notebooks]
    except ExceptionGroup as failures:
        first = failures.exceptions[0]
        raise first from first.__cause__
    return [task.result() for task in tasks]


def choose(source: Path, lessons: Sequence[str]) -> list[Path]:
    """Return the notebooks with these numbers, all where none is given, in order.

    Raises
    ------
    GedigError
        If a number belongs to no lesson.

    Examples
    --------
    >>> [path.name for path in choose(workspace.lessons_source(), ["03", "01"])]
    ['01_dot_product_or_cosine.ipynb', '03_softmax_is_boltzmann.ipynb']
    """
    notebooks = {path.name[:2]: path for path in sorted(source.glob("[0-9][0-9]_*.ipynb"))}
    chosen = {two_digits(number) for number in lessons} or set(notebooks)
    for number in sorted(chosen - set(notebooks)):
        raise unknown("lesson", number, notebooks)
    return [path for number, path in notebooks.items() if number in chosen]


def check_target(target: Path) -> None:
    """Refuse a folder that holds anything but a site of ours, before any work is done.

    Raises
    ------
    GedigError
        If the folder above is missing, or anything stands there that the site did not bring, or
        that was changed since.

    Examples
    --------
    >>> check_target(Path(__file__))
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: '...build.py' is a file; name a folder for the site.
    """
    if not target.parent.is_dir():
        raise refusal("no_folder", folder=str(target.parent))
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise refusal("is_file", path=str(target))
    ours = brought(target)
    for name in relative_files(target):
        if name not in ours:
            raise refusal("foreign_file", folder=str(target), name=name)
        if was_changed(target / name, ours[name]):
            raise refusal("changed_file", path=str(target / name))


def brought(target: Path) -> dict[str, str | None]:
    """Return the files that a site of ours put into a folder, as its marker says, and their sums.

    A sum is None where the marker has none: the marker's own, and those of sites written before
    there were sums.

    Examples
    --------
    >>> with TemporaryDirectory() as folder:
    ...     brought(Path(folder))
    {}
    """
    try:
        names = json.loads((target / MARKER).read_text(encoding="utf-8"))
        return dict.fromkeys(names) | (names if isinstance(names, dict) else {})
    except (OSError, ValueError, TypeError):
        return {}


def was_changed(path: Path, written: str | None) -> bool:
    """Return whether a file is another than the one with this sum; False where there is no sum.

    Examples
    --------
    >>> was_changed(Path(__file__), checksum(b"")), was_changed(Path(__file__), None)
    (True, False)
    """
    return written is not None and (path.is_symlink() or checksum(path.read_bytes()) != written)


def checksum(content: bytes) -> str:
    """Return the sum by which a changed file is told from the one that was written.

    Examples
    --------
    >>> checksum(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def site_files(lessons: Sequence[Lesson]) -> dict[str, bytes]:
    """Return every file of the site by its path in it.

    Examples
    --------
    >>> sorted(name for name in site_files([]) if "/" not in name)
    ['.gedig-site.json', 'closing.html', 'engine.js', 'headings.js', 'host.js', 'howto.html',
     'howto_experiment.html', 'howto_many_texts.html', 'howto_own_figure.html',
     'howto_own_model.html', 'howto_train.html', 'index.html', 'ledger.html', 'model.js',
     'results.html', 'site.css', 'site.js', 'sources.html', 'teaching.html']
    """
    files = shared_files(lessons)
    for lesson in lessons:
        files |= lesson.files
        files[lesson.page] = lesson_page(lesson, lessons).encode()
    files |= landing_page(lessons)
    files |= ledger_page(lessons)
    files |= engine_files()
    files |= howto_pages()
    files |= reference_pages()
    files |= results_page()
    files["closing.html"] = closing_page(lessons).encode()
    files["sources.html"] = sources_page(lessons).encode()
    files["teaching.html"] = teaching_page(lessons).encode()
    sums = {name: checksum(content) for name, content in sorted(files.items())} | {MARKER: None}
    return files | {MARKER: json.dumps(sums, indent=1).encode()}


def write_site(target: Path, files: dict[str, bytes]) -> None:
    """Write the files aside and move them into place; a site that stood there goes.

    Raises
    ------
    GedigError
        If the folder cannot be written, or something new stands there by now.

    Examples
    --------
    >>> with TemporaryDirectory() as above:
    ...     write_site(Path(above) / "site", {"index.html": b"", "figures/a.png": b""})
    ...     list(relative_files(Path(above)))
    ['site/index.html', 'site/figures/a.png']
    """
    with beside(target) as aside:
        new, old = aside / "new", aside / "old"
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        check_target(target)
        replace(target, new=new, old=old)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Lend a scratch folder next to `target`, from which files can be moved there at once.

    Raises
    ------
    GedigError
        If there can be none, or what is done in it fails for a reason of the file system.

    Examples
    --------
    >>> with TemporaryDirectory() as above, beside(Path(above) / "site") as scratch:
    ...     scratch.parent == Path(above)
    True
    """
    try:
        with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as aside:
            yield Path(aside)
    except OSError as trouble:
        raise refusal("no_site", folder=str(target), trouble=trouble.strerror) from trouble


def replace(target: Path, *, new: Path, old: Path) -> None:
    """Put what `new` holds into `target`, and what that held into `old`; all of it, or nothing.

    The folder itself stays, so that a shell or a server that stands in it stands there still.

    Examples
    --------
    >>> with TemporaryDirectory() as name:
    ...     target, new, old = (Path(name) / part for part in ("target", "new", "old"))
    ...     for folder, file in (target, "a"), (new, "b"):
    ...         folder.mkdir()
    ...         (folder / file).touch()
    ...     replace(target, new=new, old=old)
    ...     list(relative_files(Path(name)))
    ['old/a', 'target/b']
    """
    if not target.exists():
        os.replace(new, target)
        return
    old.mkdir(exist_ok=True)
    moves = [
        (path, into / path.name)
        for folder, into in ((target, old), (new, target))
        for path in folder.iterdir()
    ]
    try:
        for here, there in moves:
            os.replace(here, there)
    except BaseException:
        for here, there in reversed(moves):
            if not os.path.lexists(here):
                os.replace(there, here)
        raise


def relative_files(folder: Path) -> Iterator[str]:
    """Yield the files and links below a folder, with forward slashes, one folder at a time.

    Examples
    --------
    >>> list(relative_files(Path(__file__).parent / "assets"))
    ['host.js', 'site.css', 'site.js']
    """
    for here, folders, files in os.walk(folder):
        inside = Path(here).relative_to(folder)
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        yield from ((inside / name).as_posix() for name in sorted([*files, *links]))
        folders.sort()
