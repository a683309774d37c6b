"""A row that grows: its peak is that of the states themselves, and of the laboratory's formula."""

import numpy as np
import pytest

from gedig_edu.lab.thermodynamics import finite_size
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.widgets.growing_row import GrowingRow, peak_of


@pytest.mark.parametrize(("n", "low"), [(2, 1), (16, 1), (16, 8), (256, 1)])
def test_c_peaks_where_the_states_themselves_say(n, low):
    x, height, width = peak_of((n - low) / low)
    energies = np.where(np.arange(n) < low, 0.0, 1.0)

    def capacity(T):
        return float(Ensemble(energies, T).heat_capacity)

    assert capacity(1 / x) == pytest.approx(height, rel=1e-9)
    assert max(capacity(0.99 / x), capacity(1.01 / x)) < height
    ends = [T for T in np.geomspace(0.05, 3, 4001) if capacity(T) >= height / 2]
    assert (ends[-1] - ends[0]) * x == pytest.approx(width, rel=5e-3)


def test_height_place_and_width_are_the_laboratory_s_at_every_n():
    found = finite_size([2**power for power in range(1, 21)])
    shown = GrowingRow(power=9).numbers
    assert shown["heights"] == pytest.approx(found.height.tolist(), rel=1e-6)
    assert shown["widths"] == pytest.approx(found.relative_width.tolist(), rel=1e-3)
    assert shown["peak"] == pytest.approx(found.peak[8], rel=1e-4)


def test_delta_moves_the_peak_and_leaves_its_height():
    narrow, wide = (GrowingRow(power=6, delta=delta).numbers for delta in (0.5, 1.0))
    assert wide["peak"] == pytest.approx(2 * narrow["peak"])
    assert (wide["height"], wide["width"]) == (narrow["height"], narrow["width"])


def test_where_every_second_key_fits_nothing_grows():
    heights = GrowingRow(half=True).numbers["heights"]
    assert max(heights) == min(heights) == pytest.approx(0.439, abs=5e-4)


def test_no_row_of_three_is_above_the_line_that_is_drawn():
    assert peak_of(2.0)[1] == pytest.approx(0.762, abs=5e-4)
    assert peak_of(1.0)[1] < 0.762
