"""The page of speed that stands in the repository is one that the benchmark writes."""

import re
from pathlib import Path

from tests.benchmarks.readings import LENGTHS, OWN, Row
from tests.benchmarks.rivals import PATHS
from tests.benchmarks.table import markdown
from tests.benchmarks.timing import Seconds

PAGE = Path(__file__).parent / "README.md"
ENGINES = ("numba", "numba, paper", "numba" + OWN, "numpy", "torch", "networkx", "networkx" + OWN)
NUMBERS = re.compile(r"\d[\d.,]*")
SECOND = Seconds(1, 1)


def shape(page: str) -> list[str]:
    """Return the lines of a page without numbers, up to where it names a machine."""
    before, _ = page.split("## Where this was measured")
    return NUMBERS.sub("0", before).splitlines()


def test_the_page_of_speed_is_as_the_benchmark_writes_it():
    readings = dict.fromkeys(ENGINES, SECOND)
    paths = dict.fromkeys(("numba", *PATHS), SECOND)
    rows = [Row(length, readings, paths, forward=SECOND, copy=SECOND) for length in LENGTHS]
    assert shape(PAGE.read_text(encoding="utf-8")) == shape(markdown(rows))


def test_the_readme_leads_to_it():
    readme = Path(__file__).parents[2] / "README.md"
    assert f"]({PAGE.relative_to(readme.parent).as_posix()})" in readme.read_text(encoding="utf-8")
