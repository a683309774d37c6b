"""The saved curves are those of the saved comparison."""

import numpy as np

from gedig_edu.lab.gates_comparison import TEST, by_way, read_tuned, read_worlds
from gedig_edu.lab.gates_curves import UPPER_BOUND, curves, read_curves
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
    quick = [one for one in read_tuned() if one.way in ("likeness", "common_neighbours")]
    again = curves(quick, [generate(TEST[3])])
    ways, _ = read_curves()
    for _, row in again.iterrows():
        shares = row.drop(["way", "world", "base"]).to_numpy(dtype=float)
        np.testing.assert_allclose(ways[row.way][3], shares, rtol=1e-4)
