"""Running an experiment: one row a (text, layer, head, gauge), whatever happens meanwhile."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from gedig_edu import cli
from gedig_edu.errors import GedigError
from gedig_edu.lab import runner
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.theory.comparison import BASELINES

PLACE = ["text", "layer", "head", "gauge"]


@pytest.fixture
def texts(tmp_path):
    """Give a file of four texts, a blank line, and one that is no text."""
    file = tmp_path / "texts.txt"
    lines = [b"The king sat down.", b"", b"caf\xe9", b"A dog ran to the old house by the river."]
    file.write_bytes(b"\n".join([*lines, b"He said no.", b"She said yes."]))
    return file


@pytest.fixture
def experiment(texts, tmp_path):
    """Run the command on the texts, and give what it said."""
    asked = ["experiment", "table2", "--model", "gpt2-mini", "--texts", texts]
    return lambda *words, out=tmp_path / "run": CliRunner().invoke(
        cli.app, list(map(str, [*asked, "--out", out, *words]))
    )


def test_rows_are_one_a_text_layer_head_and_gauge(experiment, tmp_path):
    said = experiment()
    assert (said.exit_code, said.exception) == (0, None)
    rows = pd.read_parquet(tmp_path / "run" / "rows.parquet")
    assert len(rows) == 4 * 6 * 6 * 2
    assert not rows.duplicated(PLACE).any()
    assert sorted(rows["text"].unique()) == [0, 3, 4, 5]
    deltas = {f"delta_{name}{end}" for name in BASELINES for end in ("", "_matched")}
    assert deltas | {"tokens", "F", "density", "entropy", "path_gain"} < set(rows)
    left = pd.read_csv(tmp_path / "run" / "left_out.csv")
    assert left["text"].tolist() == [2]
    assert "UTF-8" in left["reason"][0]
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        ".lock", "left_out.csv", "rows.parquet", "setting.json", "tables",
    ]  # fmt: skip


def test_a_run_that_broke_off_goes_on_with_what_it_has(texts, tmp_path, monkeypatch):
    setting = Setting(experiment="table2", model="gpt2-mini", texts=str(texts))
    monkeypatch.setattr(runner, "TEXTS_PER_PART", 2)
    whole = runner.run(setting, tmp_path / "whole")

    def stop(progress):
        if progress.done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.run(setting, tmp_path / "run", report=stop)
    measured = []
    measure = runner.measure_part
    monkeypatch.setattr(
        runner, "measure_part", lambda *given: measured.append(given) or measure(*given)
    )
    runner.run(setting, tmp_path / "run")
    assert len(measured) == 2
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "run" / "rows.parquet"),
        pd.read_parquet(whole.out / "rows.parquet"),
    )


def test_another_setting_and_a_foreign_folder_are_refused(experiment, tmp_path):
    experiment("--limit", 1)
    said = experiment("--limit", 1, "--seed", 1)
    assert said.exit_code == 1
    assert "setting.seed=0" in said.stderr
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    said = experiment(out=tmp_path / "mine")
    assert said.exit_code == 1
    assert "thesis.txt" in said.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_an_unknown_experiment_is_told_its_neighbour():
    setting = Setting(experiment="tabel2", model="gpt2-mini", texts="any")
    with pytest.raises(GedigError, match="did you mean 'table2'"):
        runner.run(setting, "nowhere")


@pytest.fixture
def broken_off(texts, tmp_path, monkeypatch):
    """Give a function that goes on with a run that stopped when all its parts were there."""
    setting = Setting(experiment="table2", model="gpt2-mini", texts=str(texts))
    monkeypatch.setattr(runner, "TEXTS_PER_PART", 2)

    def stop(progress):
        if progress.done == progress.total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.run(setting, tmp_path / "run", report=stop)
    return lambda out=tmp_path / "run": runner.run(setting, out)


@pytest.mark.parametrize("damage", ["the end", "a sign in the middle", "another file"])
def test_a_damaged_part_is_measured_again(broken_off, tmp_path, damage):
    part = tmp_path / "run" / "parts" / "000001.parquet"
    content = part.read_bytes()
    middle = len(content) // 3
    part.write_bytes({
        "the end": content[:-9],
        "a sign in the middle": (
            content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        ),
        "another file": b"PAR1",
    }[damage])  # fmt: skip
    again, whole = broken_off(), broken_off(tmp_path / "whole")
    pd.testing.assert_frame_equal(
        pd.read_parquet(again.out / "rows.parquet"), pd.read_parquet(whole.out / "rows.parquet")
    )


@pytest.mark.parametrize("content", [None, b"", b"tex", b"\xff\n"])
def test_the_list_of_what_was_left_out_is_mended(experiment, tmp_path, content):
    experiment()
    file = tmp_path / "run" / "left_out.csv"
    before = file.read_bytes()
    file.unlink() if content is None else file.write_bytes(content)
    assert experiment().exit_code == 0
    assert file.read_bytes() == before


@pytest.mark.parametrize("kept", [0, 3, 2000, -4])
def test_rows_that_cannot_be_read_say_what_to_do_and_that_helps(experiment, tmp_path, kept):
    experiment("--limit", 1)
    file = tmp_path / "run" / "rows.parquet"
    whole = pd.read_parquet(file)
    file.write_bytes(file.read_bytes()[:kept])
    said = experiment("--limit", 1)
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
    assert "rows.parquet' is damaged or incomplete; delete it" in said.stderr
    file.unlink()
    assert experiment("--limit", 1).exit_code == 0
    pd.testing.assert_frame_equal(pd.read_parquet(file), whole)
