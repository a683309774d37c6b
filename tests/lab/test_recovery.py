"""What can be told of P, track and M from runs, and what cannot."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.recovery import at_one_step, recover, simulate


def test_known_parts_are_found_again_within_a_tenth():
    runs = simulate()
    found = recover(runs.U, runs.kernel)
    assert max(found.errors(runs).values()) < 0.1
    assert found.rho == pytest.approx(0.8, abs=0.03)
    assert found.condition < 3


def test_what_is_seen_is_u_up_to_a_constant_in_each_row():
    runs = simulate(runs=3, steps=7)
    apart = runs.U - (runs.P + runs.track * runs.kernel + runs.M)
    assert np.nanmax(np.ptp(apart, axis=-1)) < 0.01  # half precision
    assert np.abs(apart.mean(axis=-1)).max() > 0.1


def test_a_constant_drive_of_m_is_taken_for_p():
    runs = simulate(drive=0.1)
    found = recover(runs.U, runs.kernel)
    steady = runs.M[:, 30:].mean(axis=(0, 1))
    mistaken = found.P - (runs.P - runs.P.mean())
    assert found.errors(runs)["P"] > 0.3
    assert np.corrcoef(mistaken, steady)[0, 1] > 0.95


def test_no_step_shows_p_without_what_a_constant_drive_added():
    runs = simulate(drive=0.5, runs=400, steps=2)
    seen = runs.U.mean(axis=0)
    apart = seen - seen.mean(axis=-1, keepdims=True) - (runs.P - runs.P.mean())
    assert np.linalg.norm(apart[0]) > 0.5 * np.linalg.norm(runs.P - runs.P.mean())


def test_what_comes_out_is_least_squares_on_all_rows():
    runs = simulate(runs=4, steps=12)
    found = recover(runs.U, runs.kernel)
    columns, seen = [], []
    for run in range(4):
        for t in range(1, 12):
            y, k = (one[run, t] - found.rho * one[run, t - 1] for one in (runs.U, runs.kernel))
            row = np.column_stack([(1 - found.rho) * np.eye(16), k])
            columns.append(row - row.mean(axis=0))
            seen.append(y - y.mean())
    by_hand = np.linalg.lstsq(np.concatenate(columns), np.concatenate(seen))[0]
    np.testing.assert_allclose(found.P, by_hand[:-1] - by_hand[:-1].mean(), atol=1e-9)
    assert found.track == pytest.approx(by_hand[-1])


def test_at_one_step_the_track_is_told_from_p_by_visits_that_vary_alone():
    assert at_one_step(simulate().kernel) < 5
    for size in ({}, {"runs": 20, "steps": 20}):
        assert at_one_step(simulate(same_visits=True, **size).kernel) == np.inf


def test_where_u_is_zero_next_to_nothing_is_found():
    runs = simulate(silent=True)
    found = recover(runs.U, runs.kernel)
    assert np.abs(found.P).max() < 1e-3
    assert abs(found.track) < 1e-4


def test_keys_that_were_not_visible_are_left_out():
    runs = simulate(runs=9)
    hidden = np.arange(runs.U.shape[1])[:, None] < np.arange(runs.U.shape[2])
    found = recover(np.where(hidden, np.nan, runs.U), runs.kernel)
    assert found.errors(runs)["P"] < 0.2
    assert np.isnan(found.M[:, 0, 1:]).all()


@pytest.mark.parametrize(
    ("shape", "said"),
    [((2, 1, 3), "two steps or more"), ((2, 3, 1), "two keys"), ((3, 4), "runs, steps, n")],
)
def test_what_does_not_fit_is_refused(shape, said):
    with pytest.raises(GedigError, match=said):
        recover(np.zeros(shape), np.zeros(shape))


def test_runs_that_show_nothing_are_refused():
    with pytest.raises(GedigError, match="no key at two steps running"):
        recover(np.full((2, 3, 4), np.nan), np.zeros((2, 3, 4)))
    with pytest.raises(GedigError, match="two keys"):
        at_one_step(np.zeros((2, 3, 1)))


def test_lists_are_read_as_arrays_are():
    runs = simulate(runs=3, steps=5)
    assert recover(runs.U.tolist(), runs.kernel.tolist()).track == pytest.approx(
        recover(runs.U, runs.kernel).track
    )
