"""What is kept of measurements: small tables that a reader gets back as they were."""

import json
from dataclasses import asdict
from datetime import date

import pandas as pd
import pytest
from typer.main import get_command

from gedig_edu import cli
from gedig_edu.errors import GedigError
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.results import FOLDER, keep, runs, saved

KILOBYTE = 1000
FROM = {"model": "minilm", "texts": "corpora/of/wikitext-2/valid.txt"}


@pytest.fixture
def out(tmp_path):
    """Lay out what a finished run leaves."""
    folder = tmp_path / "out"
    (folder / "tables").mkdir(parents=True)
    record = {
        "setting": asdict(Setting(experiment="table2", only="short", limit=200, **FROM)),
        "texts": {"count": 200, "sha256": "ab"},
        "versions": {"numpy": "2.3"},
    }
    (folder / "setting.json").write_text(json.dumps(record))
    pd.DataFrame({"text": [7, 9], "reason": ["", "long"]}).to_csv(folder / "left_out.csv")
    table = pd.DataFrame({"against": ["random", "local"], "mean": [0.123456789, -1 / 3]})
    table.to_csv(folder / "tables" / "by_baseline.csv", index=False)
    return folder


def test_a_run_that_is_kept_is_listed_and_its_tables_come_back(out, tmp_path):
    kept = keep(out, folder=tmp_path / "kept")
    assert kept == tmp_path / "kept" / "minilm" / "short" / "table2"
    (run,) = runs(tmp_path / "kept")
    assert (run.model, run.texts, run.experiment) == ("minilm", "short", "table2")
    assert run.read == 198
    assert run.versions == {"numpy": "2.3"}
    assert date.fromisoformat(run.when)
    tables = saved("table2", "minilm", "short", folder=tmp_path / "kept")
    assert list(tables) == ["by_baseline"]
    assert tables["by_baseline"]["mean"].to_list() == pytest.approx([0.123457, -0.333333], abs=0)
    pd.testing.assert_frame_equal(run.tables()["by_baseline"], tables["by_baseline"])


def test_keeping_a_run_again_leaves_nothing_of_the_earlier_one(out, tmp_path):
    keep(out, folder=tmp_path / "kept")
    (out / "tables" / "by_baseline.csv").rename(out / "tables" / "other.csv")
    keep(out, folder=tmp_path / "kept")
    assert list(saved("table2", "minilm", "short", folder=tmp_path / "kept")) == ["other"]


def test_a_model_that_is_a_path_is_kept_under_its_name_and_all_lines_as_such(out, tmp_path):
    record = json.loads((out / "setting.json").read_text())
    record["setting"] |= {"model": "a/b/mine", "only": None}
    (out / "setting.json").write_text(json.dumps(record))
    kept = keep(out, folder=tmp_path / "kept")
    assert kept.relative_to(tmp_path / "kept").parts == ("mine", "all", "table2")


def test_the_command_of_a_run_is_one_that_the_command_line_takes_and_names_no_folder(out, tmp_path):
    keep(out, folder=tmp_path / "kept")
    (run,) = runs(tmp_path / "kept")
    program, command, *words = run.command.split()
    assert (program, command) == ("gedig-edu", "experiment")
    asked = get_command(cli.app).commands[command].make_context(command, words).params
    assert asked["name"] == "table2"
    assert asked["texts"] == "wikitext-2/valid.txt"
    assert (asked["only"].value, asked["limit"], asked["cut"]) == ("short", 200, None)
    assert "corpora" not in (run.folder / "setting.json").read_text()


@pytest.mark.parametrize("missing", ["setting.json", "left_out.csv", "tables/by_baseline.csv"])
def test_a_run_that_has_not_ended_is_not_kept(out, tmp_path, missing):
    (out / missing).unlink()
    with pytest.raises(GedigError, match="no finished run"):
        keep(out, folder=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_what_was_not_measured_is_refused_with_the_command_that_measures_it(tmp_path):
    with pytest.raises(GedigError) as caught:
        saved("layers", "gpt2", "prose", folder=tmp_path)
    assert "gedig-edu experiment layers --model gpt2 --texts FILE --only prose" in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_damaged_setting_is_named(tmp_path, text):
    folder = tmp_path / "minilm" / "short" / "table2"
    folder.mkdir(parents=True)
    (folder / "setting.json").write_text(text)
    with pytest.raises(GedigError, match=r"setting\.json"):
        runs(tmp_path)


def test_what_the_package_keeps_is_small_and_complete():
    kept = {path: path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()}
    sums = sum(size for path, size in kept.items() if "grokking" in path.parts)
    assert sums < 300 * KILOBYTE
    assert sum(kept.values()) - sums < 500 * KILOBYTE
    for run in runs():
        assert run.tables(), run
        for name, table in run.tables().items():
            assert len(table), (run, name)
