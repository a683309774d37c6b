"""Ctrl-C while the site is built: it ends soon, with no kernel and nothing half written."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.course.small_course import SECOND, write_course

# Jobs in a shell's background, and all they start, ignore Ctrl-C; what is tested stands in front.
BUILD = """
import signal, sys
from pathlib import Path
from gedig_edu.course.site.build import build_site
signal.signal(signal.SIGINT, signal.default_int_handler)
build_site(sys.argv[1], source=Path(sys.argv[2]))
"""
SOON = 60  # seconds; it takes about four


@pytest.fixture
def build(tmp_path):
    """Start to build a site of three lessons that never end; two of them run at once."""
    forever = (
        SECOND[0],
        f"from pathlib import Path\nPath({str(tmp_path)!r}, 'busy').touch()",
        "while True:\n    pass",
    )
    source = write_course(tmp_path / "lessons", n00_a=forever, n01_b=forever, n02_c=forever)
    (tmp_path / "scratch").mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path / "scratch")}
    command = [sys.executable, "-c", BUILD, str(tmp_path / "site"), str(source)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            for left in (*psutil.Process(process.pid).children(), process):
                left.kill()


def wait_for(happened):
    """Wait until something is true, and return it."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.02)
    pytest.fail("nothing happened in time")


@pytest.mark.parametrize("moment", ["a kernel starts", "a cell runs"])
def test_ctrl_c_ends_every_kernel_and_leaves_nothing(tmp_path, build, moment):
    process = psutil.Process(build.pid)
    wait_for(process.children)
    if moment == "a cell runs":
        wait_for((tmp_path / "busy").exists)
    kernels = process.children(recursive=True)
    build.send_signal(signal.SIGINT)
    _, said = build.communicate(timeout=SOON)
    assert build.returncode != 0
    assert said.startswith("Traceback")
    assert said.endswith("\nKeyboardInterrupt\n")
    _, alive = psutil.wait_procs(kernels, timeout=SOON)
    assert alive == []
    assert {path.name for path in tmp_path.iterdir()} - {"busy"} == {"lessons", "scratch"}
    assert list((tmp_path / "scratch").iterdir()) == []
