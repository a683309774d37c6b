"""Listing the claims needs nothing that measures them, and no model."""

import subprocess
import sys

import pytest

from gedig_edu.course import findings

MEASURES = (
    "IPython", "anywidget", "gedig_edu.course.lessons.l03.measures", "gedig_edu.lab", "ipywidgets",
    "jaxtyping", "matplotlib", "numba", "numpy", "pandas", "scipy", "torch", "transformers",
)  # fmt: skip
LISTED = """
import sys
from gedig_edu.cli import app
try:
    app({words!r})
except SystemExit as end:
    assert not end.code, end.code
print(*sorted(set({measures!r}) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("words", [["claims"], ["claims", "--model", "minilm", "--lesson", "03"]])
def test_listing_claims_imports_nothing_that_measures(words):
    findings.keep({"03.dipole@minilm": {"version": "99"}})  # a record of one's own is read too
    script = LISTED.format(words=words, measures=MEASURES)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "03.dipole" in done.stdout
    assert done.stderr.split() == []
