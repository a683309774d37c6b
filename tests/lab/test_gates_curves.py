"""The saved curves are those of the saved comparison."""

import numpy as np

from gedig_edu.lab.gates_comparison import (
    TEST,
    UPPER_BOUND,
    by_way,
    compare,
    read_tuned,
    read_worlds,
)
from gedig_edu.lab.gates_curves import read_curves, right_at
from gedig_edu.lab.worlds import generate


def test_at_its_best_threshold_each_curve_has_the_saved_precision_of_every_world():
    ways, base = read_curves()
    accepts, precision = (by_way(read_worlds(), column) for column in ("accepts", "precision"))
    order = [generate(seed).name for seed in TEST]
    place = [sorted(order).index(name) for name in order]
    for one in read_tuned():
        if one.way == UPPER_BOUND:
            continue
        accepted, right = np.hsplit(ways[one.way], 2)
        np.testing.assert_allclose(accepted[:, one.best], accepts[one.way][place], rtol=1e-4)
        found = right[:, one.best] / accepted[:, one.best]
        np.testing.assert_allclose(found, precision[one.way][place], rtol=1e-4)
    np.testing.assert_allclose(base, [generate(seed).right.mean() for seed in TEST], rtol=1e-4)


def test_a_world_gives_the_saved_curves_again():
    quick = [one for one in read_tuned() if one.way in ("likeness_lessened", "common_neighbours")]
    _, again = compare(quick, [generate(TEST[3])])
    ways, _ = read_curves()
    for _, row in again.iterrows():
        shares = row.drop(["way", "world", "base"]).to_numpy(dtype=float)
        np.testing.assert_allclose(ways[row.way][3], shares, rtol=1e-4)


def test_between_two_thresholds_a_mixture_is_right_and_beyond_the_last_all_that_is_said():
    shares = np.array([[0.4, 0.2, 0.3, 0.2], [0.5, 0.5, 0.1, 0.1]])
    base = np.array([0.5, 0.6])
    for accepted, right in ((0.2, 0.2), (0.3, 0.25), (0.7, 0.4), (1.0, 0.5)):
        found = right_at(shares, base, np.array([accepted, 0.75]))
        np.testing.assert_allclose(found, [right, 0.35], rtol=1e-12)
