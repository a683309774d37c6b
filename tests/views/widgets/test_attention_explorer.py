"""The kernel's half of the explorer: exact terms at once, layers on demand, clear refusals."""

import re
from dataclasses import replace

import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _remove_buffers

from gedig_edu.errors import GedigError
from gedig_edu.theory.comparison import BASELINES
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.widgets.attention_explorer import QUANTITIES, AttentionExplorer
from gedig_edu.views.widgets.bundle import bundle
from tests.helpers import example_maps
from tests.views.test_packing import unpack

LAYERS, HEADS, LENGTH = 3, 5, 17
MAPS = example_maps(layers=LAYERS, heads=HEADS, length=LENGTH)


def both_ways(maps):
    """Return maps of a model in which tokens look at later ones too."""
    weights = maps.weights + maps.weights[..., ::-1, ::-1]
    return replace(maps, weights=weights / weights.sum(-1, keepdims=True), causal=False)


def explore(maps=MAPS, **options) -> AttentionExplorer:
    return AttentionExplorer(maps, **options)


def ask(widget, *, pictures=(), edges=()):
    number = widget.ask.get("number", 0) + 1
    widget.ask = {"number": number, "pictures": list(pictures), "edges": list(edges)}


def sent_numbers(widget):
    rows = np.frombuffer(widget.overview["numbers"], "<f8").reshape(-1, LAYERS, HEADS)
    return dict(zip(widget.overview["names"], rows, strict=True))


def assert_edges(widget, layer):
    sent = unpack(widget.edges["layers"][str(layer)], HEADS, LENGTH)
    for head in range(HEADS):
        graph = widget.gauge.graph(MAPS.weights[layer, head], causal=True)
        assert set(zip(*map(list, np.nonzero(sent[head])), strict=True)) == set(graph.edges)


def assert_baseline(widget, name, *, matched):
    sent = widget.against["terms"][f"{name} {'matched' if matched else 'unmasked'}"]
    terms = np.frombuffer(sent, "<f8").reshape(3, LAYERS, HEADS)
    np.testing.assert_array_equal(terms, widget.explored.baseline_terms(name, matched=matched))


def payload(widget, names):
    """Return the bytes that traits take on the wire: their JSON and their buffers."""
    state, _, buffers = _remove_buffers(widget.get_state(names))
    return len(str(state).encode()) + sum(len(memoryview(buffer)) for buffer in buffers)


def test_the_exact_terms_of_every_head_travel_at_once():
    widget = explore(gauge=Gauge.released())
    reading = Gauge.released().read(MAPS.weights, causal=True)
    sent = sent_numbers(widget)
    for name in ("density", "entropy", "path_gain", "path_length", "threshold", "edges", "nodes"):
        np.testing.assert_array_equal(sent[name], getattr(reading, name))


def test_the_chosen_layer_alone_travels_first():
    widget = explore(layer=2, head=4)
    assert list(widget.pictures["layers"]) == ["2"]
    assert list(widget.edges["layers"]) == ["2"]
    assert_edges(widget, 2)


def test_a_layer_comes_when_the_page_asks_and_only_what_it_asks_for():
    widget = explore(layer=0, head=0)
    before = widget.pictures
    ask(widget, edges=[1])
    assert widget.pictures is before
    assert_edges(widget, 1)
    ask(widget, pictures=[1, 2])
    assert list(widget.pictures["layers"]) == ["1", "2"]


def test_the_same_layer_is_sent_again_to_a_second_page():
    widget = explore(layer=0, head=0)
    ask(widget, pictures=[1])
    seen = []
    widget.observe(lambda change: seen.append(change.new), names=["pictures"])
    ask(widget, pictures=[1])
    assert len(seen) == 1


def test_a_new_quantile_sends_terms_and_edges_but_no_picture():
    widget = explore(layer=1, head=0)
    widget.pinned = [2, 3]
    pictures, stamp = widget.pictures, widget.overview["reading"]
    widget.quantile = 0.6
    assert widget.pictures is pictures
    assert widget.overview["reading"] == widget.edges["reading"] == stamp + 1
    assert list(widget.edges["layers"]) == ["1", "2"]
    assert_edges(widget, 2)
    expected = Gauge.paper(quantile=0.6).read(MAPS.weights, causal=True).density
    np.testing.assert_array_equal(sent_numbers(widget)["density"], expected)


def test_lambda_gamma_and_the_chosen_token_send_nothing():
    widget = explore()
    sent = [widget.overview, widget.edges, widget.pictures, widget.against]
    widget.lam, widget.gamma, widget.query, widget.quantity = 0.1, 1.7, 3, "entropy"
    assert [widget.overview, widget.edges, widget.pictures, widget.against] == sent
    assert widget.edges is sent[1]


def test_a_baseline_is_sent_where_a_difference_is_shown_and_follows_the_quantile():
    widget = explore()
    widget.baseline = "local"
    assert widget.against == {}
    widget.quantity = "delta"
    assert list(widget.against["terms"]) == ["local unmasked"]
    widget.quantile = 0.7
    assert widget.against["reading"] == widget.overview["reading"]
    assert_baseline(widget, "local", matched=False)


SHARED = explore(quantity="delta", period=5)


@settings(max_examples=15, deadline=None)
@given(lam=st.floats(0, 2), gamma=st.floats(0, 2))
def test_values_are_the_gauges_at_any_lambda_and_gamma(lam, gamma):
    SHARED.lam, SHARED.gamma = lam, gamma
    reading = Gauge.paper(lam=lam, gamma=gamma).read(MAPS.weights, causal=True)
    SHARED.quantity = "F"
    np.testing.assert_allclose(SHARED.values, reading.F, atol=1e-12)
    assert SHARED.numbers["F"] == pytest.approx(reading.F[SHARED.layer, SHARED.head], abs=1e-12)


def test_it_opens_at_the_head_of_highest_f_and_at_the_token_that_looks_most_at_two():
    widget = explore()
    highest = np.unravel_index(widget.explored.real.F.argmax(), (LAYERS, HEADS))
    assert (widget.layer, widget.head) == highest
    beyond = [np.delete(row, [0, place]) for place, row in enumerate(MAPS.weights[highest])]
    assert widget.query == np.argmax([sorted(row)[-2] for row in beyond]) > 1
    assert widget.start["query"] == widget.query


@pytest.mark.parametrize("causal", [True, False])
def test_the_whole_of_144_heads_at_64_tokens_is_below_a_megabyte(causal):
    maps = example_maps(layers=12, heads=12, length=64)
    widget = explore(maps if causal else both_ways(maps), layer=0, head=0)
    total = payload(widget, None)
    for layer in range(1, 12):
        ask(widget, pictures=[layer], edges=[layer])
        total += payload(widget, ["pictures", "edges"])
    widget.quantity = "delta"
    total += payload(widget, ["against"])
    print(f"{total / 1e6:.3f} MB for the module, the style, the state and all 12 layers")
    assert total <= 1e6


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("causal", [True, False])
def test_every_control_at_its_extremes_raises_nothing(length, causal):
    maps = example_maps(layers=2, heads=3, length=length)
    widget = explore(maps if causal else both_ways(maps))
    for name, value in [*AttentionExplorer.extremes(), ("pinned", [1, 2]), ("pinned", [])]:
        setattr(widget, name, value)
        for quantity in QUANTITIES[:-1]:
            widget.quantity = quantity
            assert np.isfinite(widget.values).all()
        assert "nan" not in widget.sentence


@pytest.mark.parametrize("baseline", BASELINES)
def test_every_baseline_gives_a_finite_difference(baseline):
    widget = explore(quantity="delta", baseline=baseline, matched=False)
    assert np.isfinite(widget.values).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"maps": "the cat"}, "maps is of type str; give AttentionMaps"),
        ({"quantity": "mood"}, "quantity='mood' is not known; choose one of 'F', 'delta'"),
        ({"baseline": "noise"}, "baseline='noise' is not known"),
        ({"quantity": "induction"}, "needs a repeated text; give its period"),
        ({"period": 17}, "period=17 does not fit 17 tokens"),
        ({"layer": 3}, "layer=3 is out of range"),
        ({"head": -1}, "head=-1 is out of range"),
        ({"gauge": "paper"}, "gauge is of type str; give a Gauge"),
        ({"seed": -1}, "seed=-1 is out of range"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(options, said):
    with pytest.raises(GedigError, match=re.escape(said)) as refusal:
        explore(**options)
    assert str(refusal.value).count(". ") == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("lam", np.inf), ("lam", True), ("quantile", 1.0), ("quantile", np.nan), ("query", 17),
     ("query", 0.5), ("head", True), ("pinned", [1]), ("pinned", [0, 5]), ("pinned", [0, True]),
     ("quantity", "induction")],
)  # fmt: skip
def test_a_control_beyond_its_range_is_refused_and_stays(name, value):
    widget = explore()
    before = getattr(widget, name)
    with pytest.raises(GedigError):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


def test_a_quantity_without_a_name_is_no_trait_value():
    with pytest.raises(traitlets.TraitError):
        explore().quantity = "mood"


def test_a_layer_that_is_not_there_is_answered_with_a_sentence():
    widget = explore()
    with pytest.raises(GedigError):
        ask(widget, pictures=[7])
    assert widget.message.startswith("layer=7 is out of range")
    ask(widget, pictures=[1])
    assert widget.message == ""


def test_an_absolute_threshold_leaves_no_quantile_to_move():
    widget = explore(gauge=Gauge(threshold=0.1))
    assert [control["name"] for control in widget.frame["controls"]] == ["lam", "gamma"]
    widget.quantile = 0.6
    assert widget.gauge == Gauge(threshold=0.1)


def test_the_sentence_says_where_the_head_looks():
    weights = np.eye(4, k=-1)
    weights[0, 0] = 1
    maps = example_maps(layers=1, heads=1, length=4)
    maps.weights[:] = weights
    widget = explore(maps)
    widget.query = 3
    assert widget.sentence.startswith(
        "Head 0.0 of example looks at the previous token 100\u00a0% of the time, "
    )
    assert "looks most at \u2068␣incomprehensibility\u2069 (100\u00a0%)" in widget.sentence
    widget.pinned = [0, 0]
    assert "Pinned for comparison: head 0.0" in widget.sentence


def test_tokens_in_the_sentence_keep_their_direction_to_themselves():
    maps = example_maps(layers=1, heads=1, length=3)
    object.__setattr__(maps, "tokens", ("שלום", " עולם", " 42"))
    sentence = explore(maps, gauge=Gauge.paper(quantile=0.5)).sentence
    assert sentence.count("עולם") == sentence.count("\u2068␣עולם\u2069") > 0
    assert sentence.count("\u2068") == sentence.count("\u2069") == 3  # hub, token and target


def test_of_tokens_that_look_equally_much_at_two_or_at_another_the_first_is_opened():
    maps = example_maps(layers=1, heads=1, length=5)
    maps.weights[:] = np.eye(5)
    maps.weights[0, 0, 3:] = [[0, 0.5, 0.25, 0.25, 0], [0, 0, 0.5, 0.25, 0.25]]
    assert explore(maps).query == 3
    maps.weights[0, 0, 1:] = np.eye(5)[1:]
    maps.weights[0, 0, 2:4] = [[0.5, 0.25, 0.25, 0, 0], [0.5, 0, 0.25, 0.25, 0]]
    assert explore(maps).query == 2
    maps.weights[:] = np.eye(5)
    assert explore(maps).query == 0


def test_no_links_are_said_and_not_counted():
    maps = example_maps(layers=1, heads=1, length=3)
    maps.weights[:] = np.eye(3)
    assert "has no links" in explore(maps).sentence


def test_the_page_gets_every_word_it_asks_for():
    asked = set(re.findall(r"\bwords\.(\w+)", bundle("heads/explorer.js")))
    assert asked <= set(explore().frame["words"])
