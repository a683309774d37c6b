"""What lesson 07 quotes of kept tables and recalled claims is what stands there."""

import re
from pathlib import Path

import pytest

from gedig_edu.course import claims
from gedig_edu.lab.experiments.published import TABLE_2
from gedig_edu.lab.results import saved

LESSON = Path(__file__).parents[4] / "lessons" / "07_is_it_structure.py"
LLAMA = TABLE_2["llama_3"]


@pytest.fixture(scope="module")
def text():
    """Return the lesson's words on one line, without the signs that begin its own."""
    return " ".join(re.sub(r"^# ?", "", LESSON.read_text("utf-8"), flags=re.MULTILINE).split())


def row_of(model, against="random"):
    table = saved("table2", model, "short")["table2"]
    (row,) = table[
        (table["gauge"] == "released") & (table["mask"] == "none") & (table["against"] == against)
    ].to_dict("records")
    return row


def test_how_far_minilm_lies_below_llama_on_short_lines(text):
    below = [printed - row_of("minilm", name)["delta"] for name, printed in LLAMA.items()]
    assert f"MiniLM lies {min(below):.3f} to {max(below):.3f} below Llama" in text


def test_the_pooled_d_of_three_models_on_short_lines(text):
    ours, minilm, smollm2 = (row_of(one)["d"] for one in ("gpt2-mini", "minilm", "smollm2"))
    assert f"{ours:.1f} on 200 short lines of WikiText, where MiniLM has {minilm:.1f}" in text
    assert f"and SmolLM2 {smollm2:.1f} (" in text


def test_a_pattern_of_layers_can_be_rare_though_the_first_is_not_the_lowest(text):
    (found,) = claims.recall(["07.h2_step"], "minilm")
    read = {one.name: one.value for one in found.readings}
    assert f"in MiniLM it is {read['script_p']:.3f}, though layer 0 is not the lowest" in text
    assert read["script_lowest"] > 1 / 6


def test_the_least_that_entropy_orders_delta_f_by(text):
    (found,) = claims.recall(["07.low_entropy"], "smollm2")
    least = next(one.value for one in found.readings if one.name == "text")
    assert f"SmolLM2 by the paper's formula, {least:.2f}".replace("-", "−") in text
