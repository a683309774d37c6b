"""The picture of a training run shows the table it was given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from gedig_edu.lab.formation import curves_of
from gedig_edu.views.plots.formation import formation


@pytest.fixture
def table():
    steps, layers, heads = [0, 1, 10, 100], range(3), range(2)
    rows = [
        {"step": s, "layer": layer, "head": h, "validation": 8.0 - i, "previous_token": 0.2 * i,
         "induction": 0.1 * i * h, "released_F": -0.5 + 0.1 * layer, "paper_F": -0.9}
        for i, s in enumerate(steps) for layer in layers for h in heads
    ]  # fmt: skip
    yield pd.DataFrame(rows)
    plt.close("all")


def test_lines_are_the_numbers_of_the_table(table):
    loss, scores, F = formation(curves_of(table))
    assert loss.lines[0].get_ydata().tolist() == [8.0, 7.0, 6.0, 5.0]
    np.testing.assert_allclose(scores.lines[0].get_ydata(), [0, 0.2, 0.4, 0.6])
    np.testing.assert_allclose(scores.lines[1].get_ydata(), [0, 0.1, 0.2, 0.3])
    assert [line.get_ydata()[0] for line in F.lines] == pytest.approx([-0.5, -0.4, -0.3])


def test_the_other_convention_and_a_dark_page(table):
    F = formation(curves_of(table, convention="paper"), theme="dark")[2]
    assert F.lines[0].get_ydata() == pytest.approx([-0.9] * 4)


def test_the_text_alternative_says_where_it_ends(table):
    text = formation(curves_of(table))[2].get_label()
    assert "from 8.00 to 5.00" in text
    assert "induction head ends at 30\u00a0%" in text
