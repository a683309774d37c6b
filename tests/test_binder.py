"""The Binder folder: what repo2docker would build from it, read without building."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory) -> str:
    """The Dockerfile that repo2docker writes for what Binder looks at."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(BINDER, folder / "binder")
    shutil.copy(ROOT / "pyproject.toml", folder)
    tool = Path(sysconfig.get_path("scripts")) / "jupyter-repo2docker"
    done = subprocess.run(
        [sys.executable, tool, "--no-build", "--debug", "--user-id", "1000", "--user-name",
         "jovyan", "."],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def pins() -> dict[str, str]:
    """Return the lock as name to version."""
    lines = (BINDER / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_binder_installs_our_requirements_after_the_checkout_is_there(dockerfile):
    copied = dockerfile.index("COPY --chown=1000:1000 src/ ${REPO_DIR}/")
    installed = dockerfile.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    assert copied < installed < dockerfile.index("RUN ./binder/postBuild")


def test_binder_uses_the_python_of_the_lock(dockerfile):
    assert (BINDER / "runtime.txt").read_text() == "python-3.11\n"
    assert re.search(r"environment\S*py-2d3-2e11", dockerfile)


def test_binder_takes_pytorch_without_cuda():
    lines = (BINDER / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    assert wanted[1:] == ["-c constraints.txt", "."]
    assert re.fullmatch(r"--extra-index-url https://\S+/whl/cpu", wanted[0])
    assert "+" not in pins()["torch"]


def test_post_build_is_executable_and_calls_commands_that_exist():
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    for command in re.findall(r"^gedig-edu (\w+(?: fetch)?)", script.read_text(), re.MULTILINE):
        asked = [sys.executable, "-m", "gedig_edu", *command.split(), "--help"]
        assert subprocess.run(asked, stdout=subprocess.DEVNULL).returncode == 0


def test_lock_is_sorted_complete_and_names_no_place():
    names = list(pins())
    assert names == sorted(names)
    assert not {"pip", "setuptools", "wheel", "gedig-edu"} & set(names)
    text = (BINDER / "constraints.txt").read_text()
    assert "@" not in text
    assert "/" not in text


def test_lock_pins_everything_the_project_asks_for():
    from importlib.metadata import requires

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    locked = pins()
    for need in map(Requirement, requires("gedig-edu") or []):
        version = locked[canonicalize_name(need.name)]
        assert need.specifier.contains(version), f"{need} against {version}"
