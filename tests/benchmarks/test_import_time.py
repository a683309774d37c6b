"""How long `import gedig_edu` takes in a fresh interpreter, without the interpreter's own start."""

import subprocess
import sys

import pytest

SCRIPT = (
    "import time; start = time.perf_counter(); import gedig_edu; print(time.perf_counter() - start)"
)


@pytest.mark.benchmark
def test_import_takes_less_than_150_ms():
    seconds = [
        float(subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True).stdout)
        for _ in range(5)
    ]
    print(f"import gedig_edu: {1000 * min(seconds):.1f} ms, the best of 5")
    assert min(seconds) < 0.15
