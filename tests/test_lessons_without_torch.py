"""Lessons 00, 01, 03, 05, 06, 07, 09, 10 and 12 run on the bundled model where torch is missing."""

import pytest

from tests.test_lessons import NOTEBOOKS
from tests.without_torch import cells_that_fail

NEED_TORCH = {  # a part of each cell that needs torch for what it shows
    "00": ['load("gpt2-mini", backend="torch")'],  # PyTorch's own numbers beside NumPy's
    "01": ["projection_gradients("],
    "03": [],
    "05": [],
    "06": [],
    "07": [],
    "09": [],
    "10": [],
    "11": [],
    "12": [],
}


@pytest.mark.parametrize("number", NEED_TORCH)
def test_all_cells_run_but_those_that_compare_with_torch_and_those_say_so(number):
    (notebook,) = (path for path in NOTEBOOKS if path.name.startswith(number))
    failed = cells_that_fail(notebook)
    wanted = NEED_TORCH[number]
    assert [next((part for part in wanted if part in cell), cell) for cell, _ in failed] == wanted
    for _, error in failed:
        assert error.startswith("What is asked of 'gpt2-mini' needs torch and transformers, and")
