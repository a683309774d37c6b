"""When a widget brings everything along: the environment says so, and the page can bear it."""

import pytest

from gedig_edu.views.widgets.standalone import MOST_WEIGHTS, VARIABLE, stands_alone
from tests.helpers import example_maps

SMALL = example_maps(layers=2, heads=3, length=5)


@pytest.mark.parametrize("said", ["", "0", "true", None])
def test_only_the_environment_s_one_says_that_there_will_be_no_kernel(monkeypatch, said):
    if said is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, said)
    assert not stands_alone(SMALL)
    monkeypatch.setenv(VARIABLE, "1")
    assert stands_alone(SMALL)


def test_maps_too_large_for_a_page_stay_with_the_kernel(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    fitting, larger = (example_maps(layers=12, heads=12, length=length) for length in (64, 65))
    assert fitting.weights.size <= MOST_WEIGHTS < larger.weights.size
    assert stands_alone(fitting)
    assert not stands_alone(larger)
