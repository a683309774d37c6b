"""Python without torch, transformers, numba and the hub's library: as where they are missing."""

import json
import subprocess
import sys
from pathlib import Path

HIDDEN = ("torch", "transformers", "numba", "huggingface_hub")
_HIDING = f"""
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HIDDEN}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""
_CELLS = """
import contextlib, io, json
import nbformat
from IPython.core.interactiveshell import InteractiveShell
shell, failed = InteractiveShell.instance(), []
for cell in nbformat.read({path!r}, as_version=4).cells:
    if cell.cell_type == "code":
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            done = shell.run_cell(cell.source)
        if not done.success:
            failed.append((cell.source, str(done.error_before_exec or done.error_in_exec)))
print(json.dumps(failed))
"""


def run_without_torch(code: str) -> str:
    """Return what some code prints where they cannot be imported."""
    whole = [sys.executable, "-c", _HIDING + code]
    done = subprocess.run(whole, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cells_that_fail(notebook: Path) -> list[tuple[str, str]]:
    """Return the source of each code cell that fails there, run in their order, and the error."""
    printed = run_without_torch(_CELLS.format(path=str(notebook)))
    return [(source, error) for source, error in json.loads(printed.splitlines()[-1])]
