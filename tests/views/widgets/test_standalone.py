"""When a widget brings everything along: the environment says so, and the page can bear it."""

import pytest
from ipywidgets.widgets.widget import _remove_buffers

from gedig_edu.theory.comparison import BASELINES
from gedig_edu.views.widgets.standalone import MOST_WEIGHTS, VARIABLE, stands_alone
from tests.helpers import example_maps
from tests.views.widgets.test_attention_explorer import (
    LAYERS,
    assert_baseline,
    assert_edges,
    both_ways,
    explore,
)

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


def test_every_layer_and_baseline_of_the_explorer_travels_at_once(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    widget = explore(layer=1, head=0)
    assert widget.standalone
    assert list(widget.pictures["layers"]) == list(widget.edges["layers"]) == ["0", "1", "2"]
    for layer in range(LAYERS):
        assert_edges(widget, layer)
    for name in BASELINES:
        assert_baseline(widget, name, matched=True)
        assert_baseline(widget, name, matched=False)


@pytest.mark.parametrize("causal", [True, False])
def test_an_explorer_of_144_heads_at_64_tokens_adds_less_than_a_megabyte(monkeypatch, causal):
    monkeypatch.setenv(VARIABLE, "1")
    maps = example_maps(layers=12, heads=12, length=64)
    widget = explore(maps if causal else both_ways(maps))
    assert widget.standalone
    state, _, buffers = _remove_buffers(widget.get_state(["overview", "pictures", "edges"]))
    sent = len(str(state)) + sum(4 * -(-len(memoryview(buffer)) // 3) for buffer in buffers)
    print(f"{sent / 1e6:.3f} MB as base64 in a page without a kernel")
    assert sent <= 1e6
