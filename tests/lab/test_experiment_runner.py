"""Running an experiment: one row a (text, layer, head, gauge), whatever happens meanwhile."""

import json
import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from gedig_edu import cli
from gedig_edu.errors import GedigError
from gedig_edu.lab import run_progress, runner
from gedig_edu.lab.experiments.catalogue import NAMES
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


def test_heads_are_refused_where_none_are_taken_out(experiment, tmp_path):
    said = experiment("--heads", 2)
    assert said.exit_code == 1
    assert said.stderr.count("\n") == 1
    assert "--heads is for quality alone, and table2" in said.stderr
    assert not (tmp_path / "run").exists()


def test_more_heads_than_a_layer_has_are_refused_and_all_of_them_are_what_is_taken_anyway(
    texts, tmp_path
):
    how = {"experiment": "quality", "model": "gpt2-mini", "texts": str(texts), "limit": 1}
    with pytest.raises(GedigError, match="--heads 40 asks for more than the 6 heads that a layer"):
        runner.run(Setting(**how, heads=40), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    runner.run(Setting(**how, heads=6), tmp_path / "out")
    kept = (tmp_path / "out" / "setting.json").read_text()
    assert json.loads(kept)["setting"]["heads"] is None
    runner.run(Setting(**how), tmp_path / "out")
    assert (tmp_path / "out" / "setting.json").read_text() == kept


def test_texts_of_few_tokens_are_counted_aloud_and_what_was_written_is_named(
    experiment, texts, tmp_path
):
    lines = texts.read_bytes().splitlines()
    long = b"She said that she would come down to the river with the old dog in the morning."
    texts.write_bytes(b"\n".join([lines[0], lines[-1], long]))
    mixed = experiment()
    assert "Of these texts, 2 have fewer than 16 tokens: their graphs" in mixed.stderr
    named = f"rows.parquet (texts: 3, rows: {3 * 6 * 6 * 2}), and the tables in "
    assert mixed.stdout.splitlines()[-1].endswith(named + f"{tmp_path / 'run' / 'tables'}.")
    texts.write_bytes(long)
    shutil.rmtree(tmp_path / "run")
    assert "fewer than" not in experiment().stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Texts: 5 of the 5 lines with text.\n"),
        (("--only", "short"), "Texts: 5 of the 5 lines with text; --only short set 0 aside.\n"),
        (("--only", "prose"), "Texts: 2 of the 5 lines with text; --only prose set 3 aside.\n"),
        (("--limit", 3), "Texts: 3 of the 5 lines with text.\n"),
    ],
)
def test_it_says_how_many_lines_were_taken_and_how_many_set_aside(experiment, texts, words, said):
    lines = texts.read_bytes().splitlines()
    lines[-1] = b"She said that she would come down to the river with the old dog in the morning."
    texts.write_bytes(b"\n".join(lines))
    assert said in experiment(*words).stdout


def test_without_a_terminal_a_line_says_how_far_it_is(experiment, monkeypatch):
    monkeypatch.setattr(runner, "TEXTS_PER_PART", 2)
    lines = experiment().stderr.splitlines()
    assert lines[0] == "0 of 5 texts"
    assert [line.partition(" texts, ")[0] for line in lines[1:4]] == ["2 of 5", "4 of 5", "5 of 5"]
    assert all(line.endswith(" rows/s") for line in lines[1:4])


def test_a_long_run_says_a_line_each_half_minute(monkeypatch):
    times = iter([0.0, 1.0, 30.9, 31.0, 32.0, 33.0])
    monkeypatch.setattr(run_progress, "monotonic", lambda: next(times))
    occasions = run_progress.Occasions()
    asked = [(0, 100), (1, 100), (2, 100), (3, 100), (10, 100)]
    assert [occasions.due(*at) for at in asked] == [True, False, True, False, True]


def test_the_help_has_a_line_on_every_experiment(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    said = CliRunner().invoke(cli.app, ["experiment", "--help"]).stdout
    lines = [line.split(maxsplit=1) for line in said.splitlines()]
    told = {line[0]: line[1] for line in lines if line and line[0] in NAMES}
    assert list(told) == list(NAMES)
    assert all(len(one.strip()) > 10 for one in told.values())
