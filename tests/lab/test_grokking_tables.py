"""Runs of sums as small tables, what is kept of them, and the command that makes them."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from gedig_edu import cli
from gedig_edu.errors import GedigError
from gedig_edu.lab.grokking_readings import SHARE, sign_test, smoothed
from gedig_edu.lab.grokking_sweep import ARMS, read_run
from gedig_edu.lab.grokking_tables import (
    FOLDER,
    curves,
    curves_of,
    definitions,
    keep,
    runs,
    sentences,
)

KILOBYTE = 1000
TRIAL = ("experiment", "grokking", "--prime", "31", "--limit", "2", "--steps", "150", "--out")


def call(*words):
    return CliRunner().invoke(cli.app, list(map(str, words)))


def test_the_command_trains_goes_on_and_writes_tables_that_can_be_kept(tmp_path):
    out = tmp_path / "out"
    first = call(*TRIAL[:5], "1", *TRIAL[6:], out)
    assert first.exit_code == 0, first.output
    assert "Run 1 of 1" in first.output
    again = call(*TRIAL, out)
    assert "Run 2 of 2" in again.output
    assert "Run 1 of" not in again.output  # it was done
    record = json.loads((out / "setting.json").read_text())
    assert record["arms"]["prime_31"]["steps"] == 150
    assert {"torch", "numpy", "gedig-edu"} <= set(record["versions"])
    rows = runs(out / "tables")
    assert rows[["arm", "prime", "seed"]].to_numpy().tolist() == [
        ["prime_31", 31, 1],
        ["prime_31", 31, 2],
    ]
    assert sentences(rows)[0] in again.output
    with pytest.raises(GedigError, match="no finished sweep"):
        keep(out, folder=tmp_path / "kept")  # its definitions need runs of the usual setting


def test_a_thinned_curve_is_the_run_and_was_smoothed_before(tmp_path):
    out = tmp_path / "out"
    call(*TRIAL, out)
    run = read_run(out / "runs" / "prime_31-01.npz")
    rows = curves_of([run])
    at = run.points["step"].tolist().index(60)
    (row,) = rows[rows["step"] == 60].to_dict("records")
    assert row["held"] == run.points["held"][at]
    assert row["smooth"] == smoothed(run.points["C"], SHARE)[at]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grokking", "--model", "minilm"), "takes no --model"),
        (("grokking", "--workers", "local:2"), "takes no --workers"),
        (("grokking", "--prime", "43"), "3, 31, 41, 47, 53, 67"),
        (("grokking", "--seeds", "0"), "seeds=0"),
        (("grokking", "--steps", "0"), "steps=0"),
        (("table2", "--texts", "books"), "needs --model"),
        (("table2", "--model", "minilm"), "needs --texts"),
        (("table2", "--model", "minilm", "--texts", "books", "--prime", "31"), "takes no --prime"),
        (("groking",), "did you mean 'grokking'"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(tmp_path, words, said):
    refused = call("experiment", *words, "--out", tmp_path / "out")
    assert refused.exit_code == 1
    assert said in refused.output
    assert len(refused.output.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_what_is_kept_is_the_whole_sweep_and_small():
    rows = runs()
    assert rows.groupby("arm").size().to_dict() == {arm.name: arm.seeds for arm in ARMS}
    kept = curves()
    assert len(kept.groupby(["arm", "seed"])) == len(rows)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 300 * KILOBYTE
    about = json.loads((FOLDER / "about.json").read_text())
    assert about["experiment"] == "grokking"
    assert about["when"]


def test_what_is_kept_of_each_run_can_be_seen_in_its_curve():
    kept = dict(iter(curves().groupby(["arm", "seed"])))
    for row in runs().itertuples():
        curve = kept[row.arm, row.seed]
        window = curve[(curve["step"] >= row.memorised) & (curve["step"] <= row.last)]
        assert window["smooth"].max() == pytest.approx(row.height, rel=1e-2, nan_ok=True)
        right = curve[curve["held"] >= 0.5]["step"]
        assert right.empty == np.isnan(row.onset)
        assert right.empty or abs(right.iloc[0] - row.onset) <= 20


def test_each_arm_is_told_as_what_it_is():
    said = dict(zip(runs()["arm"].unique(), sentences(runs()), strict=True))
    assert "in 0 of 12" in said["plain"]
    assert "never right (runs: 6)" in said["shuffled"]
    assert "never right (runs: 2)" in said["long_600"]
    assert "nothing to foretell" in said["long_650"]


def test_the_chosen_definition_is_among_those_counted():
    rows, ways = runs(), definitions()
    (chosen,) = ways[
        (ways["smoothing"] == SHARE) & (ways["window"] == "onset") & (ways["mark"] == "peak")
    ].to_dict("records")
    plain = rows[rows["arm"] == "plain"]
    assert (chosen["before"], chosen["runs"]) == (plain["before"].sum(), len(plain))
    assert 0 <= sign_test(chosen["before"], chosen["runs"]) <= 1
