"""Heat and work of rows of attention: they add up, and one of them knows a choice of zero."""

import numpy as np
import pytest
from scipy.stats import entropy

from gedig_edu.errors import GedigError
from gedig_edu.lab.first_law import first_law, parted
from gedig_edu.lab.grokking import GrokSetting, Training
from gedig_edu.lab.training_path import kept_path
from gedig_edu.theory.thermo import Ensemble

T = 1.7


@pytest.fixture
def path():
    """Return energies [points, rows, states] along a smooth path, the last key unseen in a row."""
    rng = np.random.default_rng(4)
    first, last, bend = rng.normal(size=(3, 11, 7)) * 2
    at = np.linspace(0, 1, 401)[:, None, None]
    E = first + at * (last - first) + np.sin(np.pi * at) * bend
    E[:, 3, -1] = np.inf
    return E


def test_heat_and_work_add_up_to_the_change_of_energy(path):
    found = first_law(path, temperature=T)
    assert found.heat + found.work == pytest.approx(found.energy - found.energy[0], abs=1e-12)


@pytest.mark.parametrize("centred", [False, True])
def test_at_one_temperature_heat_is_of_the_entropy_and_work_of_the_free_energy(path, centred):
    found = first_law(path, temperature=T, centred=centred)
    assert found.heat == pytest.approx(T * (found.entropy - found.entropy[0]), abs=1e-4)
    assert found.work == pytest.approx(found.free_energy - found.free_energy[0], abs=1e-4)
    coarse = first_law(path[::100], temperature=T, centred=centred)
    assert abs(coarse.heat[-1] - found.heat[-1]) > 100 * abs(
        found.heat[-1] - T * (found.entropy[-1] - found.entropy[0])
    )


def test_two_states_are_parted_as_a_fine_path_between_them(path):
    ends = parted(path[0], path[-1], temperature=T)
    along = first_law(path, temperature=T)
    assert ends.heat.mean() == pytest.approx(along.heat[-1], abs=1e-4)
    assert ends.work.mean() == pytest.approx(along.work[-1], abs=1e-4)
    before, after = (Ensemble(E, T).energy for E in (path[0], path[-1]))
    assert ends.heat + ends.work == pytest.approx(after - before, abs=1e-12)


def test_another_zero_of_each_row_moves_the_work_and_not_the_heat(path):
    lift = np.random.default_rng(5).normal(size=(11, 1)) * 9
    plain, lifted = parted(path[0], path[-1]), parted(path[0], path[-1] + lift)
    assert lifted.heat == pytest.approx(plain.heat, abs=1e-12)
    assert lifted.work - plain.work == pytest.approx(lift[:, 0], abs=1e-12)
    centred = [parted(path[0], end, centred=True) for end in (path[-1], path[-1] + lift)]
    assert centred[0].work == pytest.approx(centred[1].work, abs=1e-12)


def test_from_even_rows_the_first_step_is_half_heat_and_half_work():
    small = np.random.default_rng(6).normal(size=(50, 9)) * 1e-3
    heat, work = parted(np.zeros((50, 9)), small, centred=True)
    variance = small.var(axis=-1)
    assert heat == pytest.approx(-variance / 2, rel=1e-2)
    assert work == pytest.approx(-variance / 2, rel=1e-2)


def test_from_even_rows_heat_and_work_are_the_two_divergences_from_even():
    E = np.random.default_rng(7).normal(size=(50, 9)) * 3
    heat, work = parted(np.zeros((50, 9)), E, temperature=T, centred=True)
    p, even = Ensemble(E, T).probabilities, np.full((50, 9), 1 / 9)
    assert heat == pytest.approx(-T * entropy(p, even, axis=-1))
    assert work == pytest.approx(-T * entropy(even, p, axis=-1))


def test_a_training_is_a_path(path):
    run = Training(GrokSetting(prime=5, share=0.6, width=8, heads=2, steps=100, every=1), 0)
    tables = [scores for _, scores in run.points()]
    found = first_law(-run.sums.scores(scores) for scores in tables)
    assert found.heat[-1] == pytest.approx(found.entropy[-1] - found.entropy[0], abs=1e-3)
    assert found.heat[-1] + found.work[-1] == pytest.approx(found.energy[-1] - found.energy[0])


def test_rows_that_differ_are_refused(path):
    with pytest.raises(GedigError, match="the same rows"):
        parted(path[0], path[-1][:5])
    with pytest.raises(GedigError, match="the same rows"):
        parted(path[0], np.where(np.isinf(path[0]), 0.0, path[0]))
    with pytest.raises(GedigError, match="the same rows"):
        first_law([path[0], path[1][:5]])
    with pytest.raises(GedigError, match="needs a point"):
        first_law([])
    with pytest.raises(GedigError, match="temperature"):
        parted(path[0], path[1], temperature=0)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: parted("a", "b"), "rows of numbers"),
        (lambda: first_law(["a"]), "rows of numbers"),
        (lambda: parted([np.inf, np.inf], [np.inf, np.inf], centred=True), "sees nothing"),
        (lambda: first_law([[np.inf, np.inf]], centred=True), "sees nothing"),
        (lambda: first_law([np.zeros((0, 3))]), "sees nothing"),
        (lambda: first_law([[0.0, 1.0], [0.0, np.inf]]), "in what is seen"),
    ],
    ids=["words", "words of a path", "unseen", "unseen on a path", "no rows", "seen once"],
)
def test_what_is_no_row_of_energies_is_refused(asked, said):
    with pytest.raises(GedigError, match=said):
        asked()


def test_what_training_did_to_gpt2_mini_adds_up_at_every_point():
    table = kept_path()
    for _, of in table.groupby(["layer", "zero"]):
        assert of["step"].is_monotonic_increasing
        assert of["step"].iloc[[0, -1]].tolist() == [0, 4600]
        change = of["energy"] - of["energy"].iloc[0]
        assert (of["heat"] + of["work"]).to_numpy() == pytest.approx(change, abs=2e-3)
    scores, centred = (of for _, of in table.groupby("zero"))
    assert scores["entropy"].to_numpy() == pytest.approx(centred["entropy"], rel=1e-3)
