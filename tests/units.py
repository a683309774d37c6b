"""What one worker is given at a time: a file, and of a file about every lesson, one lesson."""

import re

OF_A_LESSON = re.compile(r"\[(?:.*-)?(\d\d_\w+\.ipynb)(?:-.*)?\]$")


def unit_of(test: str) -> str:
    """Return the name of the unit that a test belongs to."""
    file = test.split("::")[0]
    lesson = OF_A_LESSON.search(test)
    return f"{file}[{lesson[1]}]" if lesson else file


def scheduler(config, log):
    """Return the scheduler of pytest-xdist's ``--dist=loadfile``, with these units."""
    from xdist.scheduler import LoadFileScheduling

    class ByUnit(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    return ByUnit(config, log)
