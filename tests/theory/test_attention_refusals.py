import numpy as np
import pytest
import torch
from kinds import one_sentence

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import (
    attend,
    attend_hot,
    cosine_scores,
    dot_scores,
    kernel_smoother,
    ngpt_scores,
    polynomial_kernel,
    rbf_kernel,
)

B, H, LQ, LK, D, DV = 2, 3, 5, 7, 11, 13
ok = np.zeros((LQ, LK))
values = np.zeros((LK, DV))
square, square_values = np.zeros((LQ, LQ)), np.zeros((LQ, DV))
vectors = np.ones((LQ, D))
blind = np.ones((LQ, LK), dtype=bool)
blind[3] = False
REFUSED = {
    "list": lambda: attend([[1.0]], values),
    "mixed kinds": lambda: attend(ok, torch.zeros(LK, DV)),
    "mask of another kind": lambda: attend(ok, values, mask=torch.ones(LQ, LK, dtype=torch.bool)),
    "complex": lambda: attend(ok * 1j, values),
    "one row": lambda: attend(ok[0], values),
    "no key": lambda: attend(ok[:, :0], values[:0]),
    "values of another length": lambda: attend(ok, values[:-1]),
    "batches that differ": lambda: attend(np.zeros((2, LQ, LK)), np.zeros((3, LK, DV))),
    "temperature zero": lambda: attend(ok, values, temperature=0),
    "temperature negative": lambda: attend(ok, values, temperature=-1.0),
    "temperature infinite": lambda: attend(ok, values, temperature=np.inf),
    "temperature array": lambda: attend(ok, values, temperature=np.array([[1.0], [0.0]])),
    "temperature per key": lambda: attend(ok, values, temperature=np.ones(LK)),
    "temperature below float32": lambda: attend(ok.astype("float32"), values, temperature=1e-300),
    "potential shape": lambda: attend(ok, values, potential=np.zeros(LQ)),
    "potential too large": lambda: attend(ok, values, potential=np.zeros((2, LQ, LK))),
    "potential -inf": lambda: attend(ok, values, potential=np.full(LK, -np.inf)),
    "score NaN": lambda: attend(ok + np.nan, values),
    "score +inf": lambda: attend(ok + np.inf, values),
    "float mask": lambda: attend(ok, values, mask=np.ones((LQ, LK))),
    "mask shape": lambda: attend(ok, values, mask=np.ones((LK, LQ), dtype=bool)),
    "padding shape": lambda: attend(square, square_values, padding=np.ones(3, dtype=bool)),
    "causal not square": lambda: attend(ok, values, causal=True),
    "no key left": lambda: attend_hot(ok, values, mask=blind),
    "other width": lambda: dot_scores(np.zeros((LQ, D)), np.zeros((LK, D + 1))),
    "vectors alone": lambda: cosine_scores(np.zeros(D), np.zeros(D)),
    "scale": lambda: ngpt_scores(np.ones((1, D)), np.ones((1, D)), scale=np.nan),
    "gain too short": lambda: ngpt_scores(vectors, vectors, gain=np.ones(D - 1)),
    "gain per query": lambda: ngpt_scores(vectors, vectors, gain=np.ones((LQ, D))),
    "gain NaN": lambda: ngpt_scores(vectors, vectors, gain=np.full(D, np.nan)),
    "gain infinite": lambda: ngpt_scores(vectors, vectors, gain=np.full(D, np.inf)),
    "gain complex": lambda: ngpt_scores(vectors, vectors, gain=np.ones(D) * 1j),
    "gain a number": lambda: ngpt_scores(vectors, vectors, gain=2.0),
    "gain of another kind": lambda: ngpt_scores(vectors, vectors, gain=torch.ones(D)),
    "vectors in a list": lambda: ngpt_scores([[1.0]], [[1.0]]),
    "width": lambda: rbf_kernel(ok, ok, width=0.0),
    "degree": lambda: polynomial_kernel(ok, ok, degree=1.5),
    "offset": lambda: polynomial_kernel(ok, ok, degree=2, offset=np.inf),
    "kernel sums to zero": lambda: kernel_smoother(ok, values),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_sentence(case):
    with pytest.raises(GedigError) as error:
        REFUSED[case]()
    assert one_sentence(error)


def test_a_query_without_a_key_is_named():
    mask = np.ones((B, H, LQ, LK), dtype=bool)
    mask[1, 2, 4] = False
    with pytest.raises(GedigError, match=r"row \(1, 2, 4\) has no key left"):
        attend(np.zeros((B, H, LQ, LK)), values, mask=mask)
    with pytest.raises(GedigError, match="row 3 has no key left"):
        attend(ok, values, potential=np.where(blind, 0.0, np.inf))
    near, far = np.zeros((1, 1)), np.full((1, 1), 1e3)
    with pytest.raises(GedigError, match="row 0 sum to 0"):
        kernel_smoother(rbf_kernel(near, far, width=1.0), far)
