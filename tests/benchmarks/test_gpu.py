"""The page of speed on a GPU is written for the processor too, and for a GPU where there is one."""

import pytest
import torch

from tests.benchmarks.gpu import options_of, page

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("device", DEVICES)
def test_the_page_says_what_f_costs_where_the_maps_are(device):
    asked = ["--tokens", "24", "40", "--layers", "2", "--heads", "3", "--stream", "32"]
    said = page(options_of(["--device", device, "--rounds", "1", *asked]))
    lines = said.splitlines()
    assert [line.split("|")[1].strip() for line in lines[:4]] == ["tokens", "---:", "24", "40"]
    for line in lines[2:4]:
        engine, _, copy, forward, once, difference = line.split("|")[2:-1]
        assert all(float(taken) > 0 for taken in (engine, copy, forward, once))
        assert float(difference) <= 1e-12
    assert "6 causal maps in float32" in said
    assert "`read_stream`" in said
