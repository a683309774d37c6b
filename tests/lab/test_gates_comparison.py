import numpy as np
import pytest

from gedig_edu.lab import gates_comparison
from gedig_edu.lab.acceptance import GAMMAS, WAYS
from gedig_edu.lab.gates_comparison import (
    CHANCE,
    TEST,
    by_way,
    compare,
    measure,
    read_about,
    read_tuned,
    read_worlds,
    tune,
)
from gedig_edu.lab.gates_curves import read_curves
from gedig_edu.lab.worlds import Known, Statement, World, generate

START = (Known("a", "b", 0.9), Known("b", "c", 0.9))


def world(name, *said):
    """Statements of a with new things, of a likeness that is told."""
    return World(
        name,
        START,
        tuple(Statement("a", f"n{at}", s, (), right) for at, (s, right) in enumerate(said)),
    )


EASY = world("easy", (0.9, True), (0.2, False), (0.8, True), (0.1, False), (0.7, True))
MIXED = world("mixed", (0.9, True), (0.8, False), (0.7, True), (0.2, False))


def test_likeness_is_tuned_to_part_what_it_can_part():
    tuned = tune("likeness", [EASY])
    assert tuned.area == pytest.approx(1.0)
    rows, _ = compare([tuned, tune("oracle", [EASY])], [EASY, MIXED])
    easy = rows[rows.world == "easy"].set_index("way")
    assert easy.loc["likeness", ["precision", "recall", "F1", "area"]].tolist() == [1, 1, 1, 1]
    assert easy.loc["likeness", "accepts"] == pytest.approx(3 / 5)
    # Chance accepts as many as the first way does: 3 of 5, and 3 of 5 statements are right.
    assert easy.loc[CHANCE, ["precision", "recall"]].tolist() == pytest.approx([3 / 5, 3 / 5])
    areas = by_way(rows, "area")
    assert areas["oracle"].tolist() == [1, 1]
    assert areas["likeness"][1] < 1
    assert areas[CHANCE].tolist() == pytest.approx([3 / 5, 1 / 2])


def test_what_is_measured_is_written_and_read_again(tmp_path, monkeypatch):
    few = {way: WAYS[way] for way in ("likeness", "oracle")}
    monkeypatch.setattr(gates_comparison, "WAYS", few)
    measure(tmp_path, tuning=[0, 1], test=[2])
    tuned = read_tuned(tmp_path)
    assert [one.way for one in tuned] == ["likeness", "oracle"]
    assert tuned[0] == tune("likeness", [generate(0), generate(1)])
    rows = read_worlds(tmp_path)
    assert rows.world.tolist() == ["small world 2"] * 3
    assert read_about(tmp_path)["seeds"] == [2, 2]
    ways, base = read_curves(tmp_path)
    assert sorted(ways) == ["chance", "likeness"]  # the oracle has no curve
    accepted, right = np.hsplit(ways["likeness"], 2)
    share, precision = rows.set_index("way").loc["likeness", ["accepts", "precision"]]
    assert accepted[0, tuned[0].best] == pytest.approx(share, rel=1e-5)
    assert right[0, tuned[0].best] == pytest.approx(share * precision, rel=1e-5)
    assert base == pytest.approx([generate(2).right.mean()], rel=1e-5)


def test_the_saved_comparison_is_of_all_ways_and_worlds():
    rows = read_worlds()
    names = [generate(seed).name for seed in TEST]
    for way in (*WAYS, CHANCE):
        assert rows[rows.way == way].world.tolist() == names
    about = read_about()
    assert (about["tuning"], about["test"], about["seeds"]) == (50, 50, [50, 99])


def test_a_saved_world_is_what_the_saved_settings_give_today():
    worlds = [generate(TEST[at]) for at in (0, 1, 2)]
    again, _ = compare(read_tuned(), worlds)
    saved = read_worlds()
    kept = saved[saved.world.isin([one.name for one in worlds])]
    for column in ("area", "precision", "recall", "F1", "accepts"):
        for way, values in by_way(again, column).items():
            np.testing.assert_allclose(values, by_way(kept, column)[way], rtol=1e-5, err_msg=way)


def test_gamma_is_tuned_to_an_end_of_its_grid_as_lesson_09_says():
    gamma = {one.way: one.options.get("gamma") for one in read_tuned()}
    assert gamma["fixed_pairs"] == max(GAMMAS) == 4
    assert gamma["global_efficiency"] == min(GAMMAS) == 1 / 4
