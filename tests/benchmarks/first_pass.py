"""Whether the first forward pass of a fresh process equals its second, on the bundled GPT-2.

python -m tests.benchmarks.first_pass [PROCESSES]
"""

import subprocess
import sys

TEXT = "The river ran past the old mill, and the miller's daughter counted the boats."
ONCE = f"""
import numpy as np
from gedig_edu.models import load
model = load(backend="torch", device="cpu")
first, second = (model.attend({TEXT!r}).weights for _ in range(2))
print(float(np.abs(first - second).max()))
"""


def differences(processes: int) -> list[float]:
    """Return, for each fresh process, the largest difference of its first two passes' maps."""
    run = [sys.executable, "-c", ONCE]
    done = [
        subprocess.run(run, check=True, capture_output=True, text=True) for _ in range(processes)
    ]
    return [float(process.stdout) for process in done]


if __name__ == "__main__":
    found = differences(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
    print(f"{len(found)} fresh processes, {sum(map(bool, found))} of them differ")
    print(f"largest difference of the first two passes: {max(found):.1e}")
