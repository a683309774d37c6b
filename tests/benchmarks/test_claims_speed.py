"""How long listing the claims takes, beside importing torch and transformers."""

import subprocess
import sys

import pytest

from tests.benchmarks.timing import side_by_side

pytestmark = pytest.mark.benchmark


def process(*words):
    def call():
        subprocess.run([sys.executable, *words], check=True, capture_output=True)

    return call


def test_listing_claims_takes_a_tenth_of_importing_torch_and_transformers():
    taken = side_by_side(
        {
            "claims": process("-m", "gedig_edu", "claims"),
            "torch": process("-c", "import torch, transformers"),
        },
        rounds=5,
    )
    claims, torch = (taken[name].wall for name in ("claims", "torch"))
    said = (
        f"claims {claims:.3f} s, torch and transformers {torch:.2f} s: {claims / torch:.3f} of it"
    )
    print(said)
    assert claims <= 0.1 * torch, said
