"""Who measures an experiment makes no difference to its rows."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab import engines, runner
from gedig_edu.lab.experiments.setting import Setting
from tests.lab.clusters import HERE, cluster, scheduler

TEXTS = 24
GONE_SECONDS = 20
WEEKLY = os.environ.get("GEDIG_WEEKLY") == "1"  # what takes long and is set in the weekly run
LOSSES = ("none", "a worker") if WEEKLY else ("none",)


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    """Give the setting of a run over texts of which one is broken."""
    lines = [f"The king said {'no and ' * (number % 5)}yes." for number in range(TEXTS)]
    lines[3] = "king " * 300
    file = tmp_path_factory.mktemp("texts") / "texts.txt"
    file.write_text("\n".join(lines), encoding="utf-8")
    return Setting(experiment="table2", model="gpt2-mini", texts=str(file))


@pytest.fixture(scope="module")
def expected(setting, tmp_path_factory):
    """Give the rows of an unbroken run in this process."""
    return rows_of(runner.run(setting, tmp_path_factory.mktemp("here") / "run").out)


def rows_of(out: Path) -> pd.DataFrame:
    assert pd.read_csv(out / "left_out.csv")["text"].tolist() == [3]
    return pd.read_parquet(out / "rows.parquet")


def command(setting, out, *more):
    asked = ["--model", setting.model, "--texts", setting.texts, "--out", str(out), *more]
    return [sys.executable, "-m", "gedig_edu", "experiment", setting.experiment, *asked]


def answer(server):
    with server.accept()[0] as line:
        line.sendall(b"HTTP/1.1 400 Bad Request")


def parts(out):
    return list(out.glob("parts/*.parquet"))


def killed_at(process, line):
    """Kill a process once it says a line; whatever it had started is gone a few seconds later.

    What a process starts has its stderr, which therefore ends with the last of them.
    """
    assert any(line in said for said in process.stderr)
    process.kill()
    process.communicate(timeout=GONE_SECONDS)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("workers", [(), ("--workers", "local:2")], ids=["here", "local"])
def test_a_run_that_is_killed_leaves_nobody_and_goes_on_to_equal_rows(
    setting, expected, tmp_path, workers
):
    whole = command(setting, tmp_path / "run", *workers)
    killed_at(subprocess.Popen(whole, env=HERE, stderr=subprocess.PIPE, text=True), "8 of 24")
    assert not (tmp_path / "run" / "rows.parquet").exists()
    assert 0 < len(parts(tmp_path / "run")) < TEXTS / runner.TEXTS_PER_PART
    again = subprocess.run([*whole, "--resume"], env=HERE, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert "left_out.csv" in again.stderr
    pd.testing.assert_frame_equal(rows_of(tmp_path / "run"), expected, check_exact=True)


@pytest.mark.parametrize("lost", LOSSES)
def test_a_cluster_gives_equal_rows(setting, expected, tmp_path, lost):
    from distributed import Client

    killed = []

    def kill(progress):
        if lost == "a worker" and progress.done and not killed:
            with Client(f"tcp://{address}", set_as_default=False) as client:
                killed.extend(client.run(os.getpid).values())
            os.kill(killed[0], signal.SIGKILL)

    with cluster(tmp_path) as address:
        asked = {"workers": f"dask://{address}", "report": kill}
        runner.run(setting, tmp_path / "run", **asked)
    assert bool(killed) == (lost == "a worker")
    pd.testing.assert_frame_equal(rows_of(tmp_path / "run"), expected, check_exact=True)


@pytest.mark.parametrize(
    "said", ["local", "local:0", "local:x", "local:-1", "dask://", "dask://host", "dask://:8786",
             "dask://host:99999", "tcp://host:8786", ""],
)  # fmt: skip
def test_workers_of_another_form_are_refused(said):
    with pytest.raises(GedigError, match="local:N for N processes here, or dask://host:port"):
        engines.workers_of(said)


@pytest.mark.parametrize("behaviour", ["closed", "silent", "answers as something else"])
def test_what_is_no_scheduler_is_told_within_seconds(behaviour):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if behaviour == "closed":
            server.close()
        elif behaviour == "answers as something else":
            threading.Thread(target=answer, args=(server,), daemon=True).start()
        begun = time.monotonic()
        with (
            pytest.raises(GedigError, match="No Dask scheduler answered at tcp"),
            engines.opened(engines.workers_of(f"dask://127.0.0.1:{port}")),
        ):
            raise AssertionError
        assert time.monotonic() - begun < 2 * engines.ANSWER_SECONDS


def test_a_scheduler_without_workers_is_told(monkeypatch):
    monkeypatch.setattr(engines, "WORKER_SECONDS", 0.5)
    with (
        scheduler() as address,
        pytest.raises(GedigError, match="has no worker"),
        engines.opened(engines.workers_of(f"dask://{address}")),
    ):
        raise AssertionError


@pytest.mark.parametrize("name", ["joblib", "pyarrow", "distributed"])
def test_a_missing_extra_is_named_and_nothing_is_written(setting, tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(GedigError, match=rf"needs {name}.*gedig-edu\[experiments\]"):
        runner.run(setting, tmp_path / "run", workers="dask://127.0.0.1:8786")
    assert not (tmp_path / "run").exists()
