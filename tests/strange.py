"""Things of every kind, handed in where an argument cannot be them."""

import dataclasses
import math

import networkx as nx
import numpy as np
import torch

from gedig_edu.errors import GedigError
from gedig_edu.theory.graphs import chain

NAN, INF = math.nan, math.inf


def strange():
    """Return things of every kind, anew, since some can be read only once."""
    numbers = [NAN, INF, -INF, True, 0, -3, 2.5, np.float64(2.5), np.int64(1), np.bool_(True)]
    rows = [[NAN, 1.0, 2.0], [INF, 1.0, 2.0], [-INF, 1.0, 2.0]]
    arrays = [
        *([], np.array(3.0), np.zeros((0, 3)), np.arange(7.0), np.zeros((5, 7))),
        *(np.array(row) for row in rows), *(np.array([row] * 2) for row in rows),
        *(np.array([1j, 2, 3]), np.array(["a", "b", "c"]), np.array([True, False, True])),
        *(np.zeros((2, 3, 4)), np.array([1, 2, 3]), torch.arange(3.0), [0.2, 0.3, 0.5]),
        np.ma.masked_array([1.0, 2, 3], [1, 0, 0]),
    ]  # fmt: skip
    others = [
        *(
            None,
            "three",
            "",
            b"x",
            {},
            object(),
            lambda *_: "three",
            lambda *_: None,
            range(3),
            iter([1, 2]),
        ),
        *([[]], [1, [2]], ["a"], [None], [(0, 1), (1, 2)], [(0,)], [(0, 1, 2)], [([1], 2)]),
        *(nx.Graph(), chain(3), nx.DiGraph([(0, 1)])),
    ]
    return [*numbers, *arrays, *others]


def holds_nan(value):
    """Return whether there is a NaN anywhere within."""
    if dataclasses.is_dataclass(value):
        return any(holds_nan(getattr(value, one.name)) for one in dataclasses.fields(value))
    if isinstance(value, dict | tuple | list):
        return any(map(holds_nan, value.values() if isinstance(value, dict) else value))
    numbers = isinstance(value, float | np.ndarray | torch.Tensor)
    return numbers and bool((np.asarray(value) != np.asarray(value)).any())


def told(function, needs):
    """Return what comes of a call, and the sentence that refuses it."""
    given = {name: one.copy() if isinstance(one, nx.Graph) else one for name, one in needs.items()}
    try:
        return function(**given), ""
    except GedigError as refusal:
        return None, str(refusal)


def not_met(function, needs, *, may_be_nan=False):
    """Return each strange argument that is met neither by a result without NaN nor a sentence."""
    assert not told(function, needs)[1]
    missed = []
    for argument in needs:
        for value in strange():
            try:
                found, said = told(function, needs | {argument: value})
            except Exception as error:
                missed.append((argument, repr(value)[:60], repr(error)[:120]))
                continue
            sentence = said.endswith(".") and len(said) < 500
            if not (sentence if said else may_be_nan or not holds_nan(found)):
                missed.append((argument, repr(value)[:60], said or "NaN"))
    return missed
