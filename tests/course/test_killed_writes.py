"""A write whose process was killed leaves nothing that the next one does not take away."""

import signal
import subprocess
import sys

from gedig_edu.course.files import write_whole
from gedig_edu.course.workspace import copy_lessons

KILLED = """
import os, signal, sys
from pathlib import Path
from gedig_edu.course import files, workspace
files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
{call}
"""


def killed(call, folder):
    program = KILLED.format(call=call)
    done = subprocess.run([sys.executable, "-c", program, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert hidden(folder)


def hidden(folder):
    return sorted(path.name for path in folder.glob(".*.unfinished-*"))


def test_copying_the_lessons_again_takes_away_what_a_killed_copy_left(tmp_path):
    killed("workspace.copy_lessons(sys.argv[1])", tmp_path)
    copy_lessons(tmp_path)
    assert hidden(tmp_path) == []


def test_the_next_write_takes_away_what_a_killed_one_left_and_nothing_else(tmp_path):
    others = (".note.txt.swp", ".other.txt.abc.unfinished-0", f".note.txt.x.unfinished-{'9' * 30}")
    for name in others:
        (tmp_path / name).touch()
    killed("files.write_whole(Path(sys.argv[1]) / 'note.txt', b'half')", tmp_path)
    write_whole(tmp_path / "note.txt", b"whole")
    assert {path.name for path in tmp_path.iterdir()} == {"note.txt", *others}
