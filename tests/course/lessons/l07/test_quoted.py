"""What lesson 07 quotes of kept tables and recalled claims is what stands there."""

import inspect
import re
from pathlib import Path

import pytest

from gedig_edu.course import claims
from gedig_edu.lab.experiments.published import TABLE_2
from gedig_edu.lab.results import saved
from gedig_edu.lab.statistics import PairedEffect

LESSON = Path(__file__).parents[4] / "lessons" / "07_is_it_structure.py"
LLAMA = TABLE_2["llama_3"]


@pytest.fixture(scope="module")
def text():
    """Return the lesson's words on one line, without the signs that begin its own."""
    return " ".join(re.sub(r"^# ?", "", LESSON.read_text("utf-8"), flags=re.MULTILINE).split())


MODELS = ("gpt2-mini", "minilm", "smollm2")


def row_of(model, against="random", *, texts="short", gauge="released", mask="none"):
    table = saved("table2", model, texts)["table2"]
    (row,) = table[
        (table["gauge"] == gauge) & (table["mask"] == mask) & (table["against"] == against)
    ].to_dict("records")
    return row


def read_of(claim, model):
    (found,) = claims.recall([claim], model)
    return {one.name: one for one in found.readings}


def signed(number):
    return f"{number:+.3f}".replace("-", "−")


def with_ends(row):
    return f"{signed(row['delta'])} [{signed(row['delta_low'])}, {signed(row['delta_high'])}]"


def test_how_far_minilm_lies_below_llama_on_short_lines(text):
    below = [printed - row_of("minilm", name)["delta"] for name, printed in LLAMA.items()]
    assert f"MiniLM lies {min(below):.3f} to {max(below):.3f} below Llama" in text


def test_the_pooled_d_of_three_models_on_short_lines(text):
    ours, minilm, smollm2 = (row_of(one)["d"] for one in MODELS)
    said = f"On 200 short lines of WikiText it has {ours:.1f}, MiniLM {minilm:.1f}, "
    assert f"{said}SmolLM2 {smollm2:.1f}; on" in text


def test_the_pooled_d_of_three_models_on_prose(text):
    ours, minilm, smollm2 = (row_of(one, texts="prose")["d"] for one in MODELS)
    assert f"on 200 of prose {ours:.1f}, {minilm:.1f}, {smollm2:.1f}. So" in text


def test_against_uniform_maps_the_papers_formula_turns_with_length(text):
    on_prose = [row_of(one, "uniform", texts="prose", gauge="paper") for one in MODELS]
    sentences = read_of("07.h1", "gpt2-mini")["uniform_text"]
    assert sentences.low > 0 > max(row["delta_high"] for row in on_prose)
    assert f"is {signed(sentences.value)} on sentences of about 20 tokens, and " in text
    minilm, smollm2 = (signed(row["delta"]) for row in on_prose[1:])
    others = f"(MiniLM {minilm}, SmolLM2 {smollm2})"
    assert f"and {with_ends(on_prose[0])} on prose of 128 {others}: there H1 fails" in text


def test_on_long_prose_alone_the_bundled_model_lies_above_its_shuffle(text):
    kept = {"texts": "prose", "mask": "matched"}
    ours, minilm, smollm2 = (row_of(one, "row_shuffled", **kept) for one in MODELS)
    assert ours["delta_low"] > 0 > max(minilm["delta_high"], smollm2["delta_high"])
    assert read_of("07.h1_structure", "gpt2-mini")["row_shuffled"].high < 0
    assert f"{with_ends(ours)} above its shuffle, a quarter of its ΔF against random" in text
    assert 0.2 < ours["delta"] / row_of("gpt2-mini", **kept)["delta"] < 0.3
    others = (signed(one["delta"]) for one in (minilm, smollm2))
    assert "against random (MiniLM {}, SmolLM2 {})".format(*others) in text
    sizes = saved("table2", "gpt2-mini", "prose")["sample"]
    assert sizes["tokens_median"].tolist() == [128]


def test_d_is_less_than_root_two_of_d_z_where_random_maps_vary_with_the_length():
    """The docstring of `PairedEffect` says how much by either formula."""
    apart = {
        gauge: [
            row["d"] / row["d_z"]
            for row in (
                row_of(model, texts=texts, gauge=gauge, mask=mask)
                for model in MODELS
                for texts in ("short", "prose")
                for mask in ("none", "matched")
            )
        ]
        for gauge in ("released", "paper")
    }
    words = " ".join(inspect.getdoc(PairedEffect).split())
    for gauge, said in (("released", "{} to {})"), ("paper", "({} to {})")):
        ends = (f"{end(apart[gauge]):.2f}" for end in (min, max))
        assert said.format(*ends) in words


def test_a_pattern_of_layers_can_be_rare_though_the_first_is_not_the_lowest(text):
    read = {name: one.value for name, one in read_of("07.h2_step", "minilm").items()}
    rare = f"{read['script_p']:.3f}"
    assert f"in MiniLM it is {rare} on sentences, though layer 0 is not the lowest there" in text
    assert read["script_lowest"] > 1 / 6


def test_the_least_that_entropy_orders_delta_f_by(text):
    least = read_of("07.low_entropy", "smollm2")["text"].value
    assert f"SmolLM2 by the paper's formula, {least:.2f}".replace("-", "−") in text
