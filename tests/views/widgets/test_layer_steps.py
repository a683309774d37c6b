"""Steps between layers: which of them a threshold accepts."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.layer_steps import READINGS, LayerSteps

TABLE = np.array([[9.0, 1.0, 3.0], [4.0, 9.0, 2.0], [6.0, 5.0, 9.0]])


def steps(table=TABLE, **traits):
    return LayerSteps(dict.fromkeys(READINGS, table), **traits)


def test_steps_onward_jumps_and_back_are_counted_up_to_the_threshold_itself():
    numbers = steps(theta_dg=2.0).numbers
    assert [numbers[kind] for kind in ("onward", "jumps", "back")] == [2, 0, 0]
    assert [numbers[f"{kind}_of"] for kind in ("onward", "jumps", "back")] == [2, 1, 3]
    assert numbers["onward_mean"] == 1.5
    assert numbers["back_mean"] == 5.0


def test_what_stands_on_the_diagonal_does_not_count():
    table = TABLE.copy()
    np.fill_diagonal(table, np.nan)
    assert steps(table).numbers == steps().numbers


def test_two_layers_have_no_jump():
    numbers = steps(TABLE[:2, :2]).numbers
    assert numbers["jumps_of"] == 0
    assert numbers["jumps_mean"] is None


def test_tables_that_are_not_from_layer_to_layer_are_refused():
    with pytest.raises(GedigError, match=r"shape \(3, 2\); give as many columns as rows"):
        steps(TABLE[:, :2])
    with pytest.raises(GedigError, match="g_min holds fixed_pairs; give"):
        LayerSteps({"fixed_pairs": TABLE})
    with pytest.raises(GedigError, match=r"holds nan"):
        steps(np.full((3, 3), np.nan))
