"""Which lessons are run where one run costs much: always one, those that changed, or all.

What one execution shows of a lesson is asked of every lesson (`tests.executed`), and so are
sentences of one's own. JupyterLab is asked of the lesson with the explorer and the live page, and
of those with a file that differs from where main stands; on main itself, from ``GEDIG_BASE``, where
main stood before the push, or else from the commit before. The weekly workflow sets
``GEDIG_ALL_LESSONS=1``, which asks it of all.
"""

import os
import re
import subprocess
from collections.abc import Collection
from functools import cache
from pathlib import Path

ALWAYS = "06"
OF_A_LESSON = re.compile(r"(?:^|/)(?:lessons/(?:[a-z]{2,3}(?:-\w+)?/)?|lesson_|l)(\d\d)(?=[_./])")


def chosen(numbers: Collection[str], *, root: Path) -> tuple[list[str], str]:
    """Return the numbers of the lessons to run, in order, and why these."""
    if os.environ.get("GEDIG_ALL_LESSONS") == "1":
        return sorted(numbers), "all, as GEDIG_ALL_LESSONS=1 asks"
    base = compared_with(root)
    if base is None:
        return [ALWAYS], f"{ALWAYS} always; git names no commit to compare with"
    changed = {number for path in changed_since(base, root) for number in lesson_of(path)}
    others = sorted((changed & set(numbers)) - {ALWAYS})
    said = f"{', '.join(others) or 'none'} changed since {base[:7]}"
    return sorted([ALWAYS, *others]), f"{ALWAYS} always; {said}"


def compared_with(root: Path) -> str | None:
    """Return the commit that main and this one share, or, on main, what GEDIG_BASE names."""
    here, fork = git(root, "rev-parse", "HEAD"), git(root, "merge-base", "HEAD", "origin/main")
    pushed = os.environ.get("GEDIG_BASE", "")
    known = (git(root, "rev-parse", "--verify", f"{one}^{{commit}}") for one in (pushed, "HEAD~1"))
    (before,) = next(filter(None, known), [None])
    return fork[0] if fork and fork != here else before


def changed_since(base: str, root: Path) -> list[str]:
    """Return the files, committed or not, that differ from those of a commit."""
    new = git(root, "ls-files", "--others", "--exclude-standard")
    return git(root, "diff", "--name-only", "--relative", base) + new


def git(root: Path, *words: str) -> list[str]:
    """Return the lines that git answers, none where it cannot."""
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *words], cwd=root, capture_output=True, text=True
        )
    except FileNotFoundError:
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []


def lesson_of(path: str) -> list[str]:
    """Return the number of the lesson that a file belongs to, none where it belongs to none."""
    return OF_A_LESSON.findall(path)[:1]


@cache
def lessons_to_run() -> tuple[list[Path], str]:
    """Return the lessons of this checkout to run, and why these."""
    root = Path(__file__).parents[1]
    notebooks = {path.name[:2]: path for path in (root / "lessons").glob("[0-9][0-9]_*.ipynb")}
    numbers, why = chosen(notebooks, root=root)
    return [notebooks[number] for number in numbers], why
