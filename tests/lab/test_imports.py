"""What measures waits until it is asked for: a lesson's first cell opens at once."""

import subprocess
import sys
from pathlib import Path

import gedig_edu

PACKAGE = Path(gedig_edu.__file__).parent
WAIT = ("huggingface_hub", "matplotlib", "numba", "pandas", "scipy.stats", "torch", "transformers")
# gradients flow through them, or they train what has some: asked for with torch at hand
TRAINED = {"block_comparison", "classifier", "energy_block", "head_scales", "soft_gauge"}
MODULES = [
    *(path for path in PACKAGE.glob("lab/*.py") if path.stem not in TRAINED),
    *PACKAGE.glob("course/*.py"),
    *PACKAGE.glob("course/lessons/*/exercises.py"),
]
SCRIPT = """
import sys
from importlib import import_module
for name in sys.argv[2:]:
    import_module(name)
    loaded = set(sys.argv[1].split()) & set(sys.modules)
    assert not loaded, (name, loaded)
"""


def test_no_module_of_lab_and_course_loads_what_is_heavy_before_it_is_used():
    names = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in MODULES]
    script = [sys.executable, "-c", SCRIPT, " ".join(WAIT), *sorted(names)]
    done = subprocess.run(script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_first_cell_of_a_lesson_loads_no_torch():
    cell = "from gedig_edu.course import check, claims, compare, hint, predict, progress, quiz"
    script = f"{cell}\nimport sys\nassert not {set(WAIT)!r} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
