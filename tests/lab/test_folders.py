"""A run's folder is its own: one process at a time, one setting for good."""

import json
import subprocess
import sys

import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab import folders, runner
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.f_sweep import Job, sweep
from gedig_edu.lab.f_training import TrainingSetting
from gedig_edu.lab.labelled import labelled
from gedig_edu.lab.pretrain import pretrain
from gedig_edu.lab.run_folder import SETTING, RunFolder
from tests.lab.clusters import HERE
from tests.lab.test_pretrain import TINY

CLAIMING = """
import sys
from pathlib import Path
from gedig_edu.errors import GedigError
from gedig_edu.lab.run_folder import RunFolder

def say(word):
    print(word, flush=True)
    sys.stdin.readline()

folder = RunFolder(Path(sys.argv[1]))
say("found it empty")
try:
    with folder.claimed({"seed": int(sys.argv[2])}):
        say("mine")
except GedigError as refusal:
    say(refusal)
"""


def claiming(out, seed):
    """Start a process that looks at a folder, and claims it when it is told to."""
    words = [sys.executable, "-c", CLAIMING, str(out), str(seed)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(words, env=HERE, **pipes)


def go_on(process):
    process.stdin.write("\n")
    process.stdin.flush()


def hears(process):
    return process.stdout.readline()


def test_of_two_processes_on_one_new_folder_one_has_it_and_the_setting_is_its_own(tmp_path):
    out = tmp_path / "run"
    with claiming(out, 1) as one, claiming(out, 2) as two:
        both = {1: one, 2: two}
        assert [hears(each) for each in both.values()] == ["found it empty\n"] * 2
        for each in both.values():
            go_on(each)
        said = {seed: hears(each) for seed, each in both.items()}
        (won,) = [seed for seed, word in said.items() if word == "mine\n"]
        assert "Another process is at work" in said[3 - won] or "holds a run" in said[3 - won]
        assert json.loads((out / SETTING).read_text()) == {"seed": won}
        for each in both.values():
            go_on(each)
    assert [one.returncode, two.returncode] == [0, 0]


def test_who_saw_the_folder_empty_looks_again_under_the_lock(tmp_path):
    early, late = RunFolder(tmp_path / "run"), RunFolder(tmp_path / "run")
    with (
        early.claimed({"seed": 1}),
        pytest.raises(GedigError, match="Another process is at work"),
        late.claimed({"seed": 1}),
    ):
        raise AssertionError
    with pytest.raises(GedigError, match="seed=1, and 2 is asked for"), late.claimed({"seed": 2}):
        raise AssertionError
    assert folders.held(tmp_path / "run", SETTING) == {"seed": 1}


def begin_experiment(folder, out):
    (folder / "texts.txt").write_text("The king sat down.")
    texts = str(folder / "texts.txt")
    runner.run(Setting(experiment="table2", model="gpt2-mini", texts=texts), out)


def begin_sweep(_folder, out):
    sentences = labelled(["good", "bad"], ["1", "0"])
    sweep(
        TrainingSetting(model="gpt2-mini", examples=2),
        sentences,
        sentences,
        out,
        jobs=[Job(0.0, 1)],
    )


def begin_pretraining(folder, out):
    for stem in ("one", "kept"):
        (folder / f"{stem}.txt").write_text("the cat sat on a mat. " * 700)
    pretrain(folder, out, config=TINY, progress=False)


@pytest.mark.parametrize(
    ("begin", "record"),
    [(begin_experiment, SETTING), (begin_sweep, SETTING), (begin_pretraining, "run.json")],
)
def test_every_kind_of_run_leaves_a_folder_alone_that_another_is_at_work_in(
    tmp_path, begin, record
):
    out = tmp_path / "run"
    with folders.claimed(out, record, {}):
        (out / record).unlink()
        with pytest.raises(GedigError, match="Another process is at work"):
            begin(tmp_path, out)
    assert [path.name for path in out.iterdir()] == [folders.LOCK]
