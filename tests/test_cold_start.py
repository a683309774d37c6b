"""The first answer waits for nothing that it does not need."""

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "numba", "pandas", "scipy", "matplotlib", "jaxtyping")
TEXT = "The captain opened the door and looked at the harbour, and then he went home again."
LIVE = f"""
import json, sys
from gedig_edu.cli import app
from gedig_edu.models import loading
loading.sees_accelerator = lambda: False
try:
    app(["live", {TEXT!r}, *sys.argv[1:]], prog_name="gedig-edu")
except SystemExit as end:
    assert not end.code
print()
print(json.dumps(sorted(set(sys.modules) & set({HEAVY}))))
"""
FIRST_READING = f"""
import json, sys
from gedig_edu import Gauge, load
maps = load("gpt2-mini", device="cpu").attend({TEXT!r})
Gauge.paper().read(maps.weights, causal=True)
print(json.dumps(sorted(set(sys.modules) & set({HEAVY}))))
"""


def imported(code, *arguments):
    """Return which heavy modules some code imports in a fresh process."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("how", [(), ("--gauge", "released"), ("--quantile", "0.8")])
def test_the_first_f_of_the_command_line_loads_nothing_heavy(how):
    assert imported(LIVE, *how) == []


def test_the_first_f_of_a_program_loads_nothing_heavy():
    assert imported(FIRST_READING) == []


PAGE = f"""
import json, sys, threading
from gedig_edu.lab.live import live
from gedig_edu.models import load
from gedig_edu.views.widgets.live_f import LiveF
attend = load("gpt2-mini", device="cpu").attend
page = LiveF(lambda text, _, **how: attend(text, **how), live, models=["gpt2-mini"], text={TEXT!r})
loaded = ["numba" in sys.modules]
page.text = "Another sentence."
for thread in threading.enumerate():
    if thread.name == "gauge-warm-up":
        thread.join()
print(json.dumps([*loaded, "numba" in sys.modules]))
"""


def test_the_live_page_waits_for_no_compiled_engine_and_has_it_when_it_is_used():
    assert imported(PAGE) == [False, True]
