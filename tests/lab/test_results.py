"""What is kept of measurements: small tables that a reader gets back as they were."""

import json

import pandas as pd
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.results import FOLDER, keep, runs, saved

KILOBYTE = 1000


@pytest.fixture
def out(tmp_path):
    """Lay out what a finished run leaves."""
    folder = tmp_path / "out"
    (folder / "tables").mkdir(parents=True)
    setting = {"experiment": "table2", "model": "minilm", "only": "short", "seed": 0}
    (folder / "setting.json").write_text(json.dumps(setting))
    table = pd.DataFrame({"against": ["random", "local"], "mean": [0.123456789, -1 / 3]})
    table.to_csv(folder / "tables" / "by_baseline.csv", index=False)
    return folder


def test_a_run_that_is_kept_is_listed_and_its_tables_come_back(out, tmp_path):
    kept = keep(out, folder=tmp_path / "kept")
    assert kept == tmp_path / "kept" / "minilm" / "short" / "table2"
    (run,) = runs(tmp_path / "kept")
    assert (run.model, run.texts, run.experiment) == ("minilm", "short", "table2")
    assert run.setting["seed"] == 0
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
    setting = json.loads((out / "setting.json").read_text())
    (out / "setting.json").write_text(json.dumps(setting | {"model": "a/b/mine", "only": None}))
    assert keep(out, folder=tmp_path).relative_to(tmp_path).parts == ("mine", "all", "table2")


@pytest.mark.parametrize("missing", ["setting.json", "tables/by_baseline.csv"])
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
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 300 * KILOBYTE
    for run in runs():
        assert run.tables(), run
        for name, table in run.tables().items():
            assert len(table), (run, name)
