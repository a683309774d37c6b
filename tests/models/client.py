"""A learner's own process: its own cache, its own environment, its own rights."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUN = """
import json, os, resource, shutil, sys, time, types
import huggingface_hub.file_download
from gedig_edu import GedigError, models
{before}
started = time.monotonic()
try:
    result = {{"value": {expression}}}
except GedigError as error:
    result = {{"refusal": str(error)}}
result["seconds"] = time.monotonic() - started
result["heavy"] = "torch" in sys.modules or "transformers" in sys.modules
print("RESULT" + json.dumps(result))
"""


@dataclass(frozen=True)
class Answer:
    """What the process came back with."""

    value: Any = None
    refusal: str | None = None
    seconds: float = 0.0
    heavy: bool = False
    stderr: str = ""


def ask(
    expression: str,
    *,
    cache: Path,
    before: str = "",
    prefix: tuple[str, ...] = (),
    **environment: str,
) -> Answer:
    """Evaluate `expression` in a process with its own cache, after running `before`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    own |= {"GEDIG_CACHE": str(cache), "HF_HOME": str(cache / "hf"), "NO_PROXY": "127.0.0.1"}
    own |= {"no_proxy": "127.0.0.1", **environment}
    done = subprocess.run(
        [*prefix, sys.executable, "-c", RUN.format(before=before, expression=expression)],
        env=own,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    assert lines, done.stdout + done.stderr
    return Answer(stderr=done.stderr, **json.loads(lines[-1].removeprefix("RESULT")))


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file under `folder` with its content: the cache as it is."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
