"""The bundled GPT-2 is what its card says: small, real, and with structure of its own."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import gedig_edu
from gedig_edu.lab.evaluation import repeated_random
from gedig_edu.models import load
from gedig_edu.theory import gpt2

FOLDER = Path(gedig_edu.__file__).parent / "models" / "data" / "gpt2-mini"


@pytest.fixture(scope="module")
def model():
    return load("gpt2-mini")


@pytest.fixture(scope="module")
def facts():
    return json.loads((FOLDER / "evaluation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(FOLDER / "formation.csv")


def test_it_is_a_gpt2_of_the_promised_shape(model):
    assert type(model.network).__name__ == "GPT2LMHeadModel"
    assert model.layers >= 6
    assert model.heads >= 6
    assert model.context == 256
    assert model.source == "bundled"


def test_everything_together_stays_small():
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert sum(sizes.values()) <= 13_000_000, sizes
    assert sizes["formation.csv"] < 300_000


def test_weights_are_half_precision_on_disk():
    from safetensors import safe_open

    with safe_open(FOLDER / "model.safetensors", framework="np") as held:
        assert {str(held.get_tensor(name).dtype) for name in held.keys()} == {"float16"}  # noqa: SIM118


def test_it_opens_in_transformers_alone():
    from transformers import AutoModelForCausalLM, AutoTokenizer

    network = AutoModelForCausalLM.from_pretrained(FOLDER)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    ids = tokenizer("The captain opened the door.", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        assert torch.isfinite(network(ids).logits).all()


def test_the_numpy_page_is_this_model(model):
    text = "The captain opened the door and looked at the harbour."
    torchs = load("gpt2-mini", backend="torch")
    ours = gpt2.forward(np.array(model.encode(text).ids), model.weights(), heads=model.heads)
    np.testing.assert_allclose(ours.logits, torchs.logits(text), atol=1e-4)
    np.testing.assert_allclose(ours.attention, torchs.attend(text).weights, atol=1e-5)


@pytest.mark.parametrize("period", [32, 64, 100])
def test_it_continues_what_was_said_before(model, period):
    read = repeated_random(model.network, period=period, sequences=8, seed=7)
    assert read.gain >= 2
    assert read.induction.max() > 0.3


def test_a_head_looks_one_back(model, facts):
    read = repeated_random(model.network)
    assert read.previous_token.max() > 0.5
    assert read.previous_token.max() == pytest.approx(
        facts["heads"]["previous_token"]["score"], abs=2e-3
    )


def test_prose_costs_what_a_trained_model_pays(model):
    text = "She looked at him for a moment, and then went out of the room without a word."
    assert model.next_token_loss(text) < 4.5


def test_the_card_states_the_measured_numbers(facts):
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for book, bits in facts["bits_per_character"].items():
        assert re.search(rf"{book}\b.*{bits['half_new']:.3f}", card), book
    assert f"{facts['repeated_random']['gain']:.2f}" in card
    assert f"{facts['h1']['random']['share_positive']:.1%}".replace("%", " %") in card
    for said in facts["continuations"]:
        assert said["greedy"].strip() in card
        assert said["sampled"].strip() in card


def test_continuations_are_the_models_own(model, facts):
    said = facts["continuations"][0]
    assert model.generate(said["prompt"], tokens=12) in said["greedy"]
    sampled = model.generate(said["prompt"], tokens=12, temperature_sampling=0.8)
    assert sampled in said["sampled"]


def test_formation_runs_from_an_untrained_model_to_this_one(table, model):
    points = table["step"].nunique()
    assert 35 <= points <= 60
    assert len(table) == points * model.layers * model.heads
    by_step = table.groupby("step")
    assert by_step["validation"].first().iloc[-1] < by_step["validation"].first().iloc[0] - 3
    assert by_step["induction"].max().iloc[0] < 0.1
    first = table[table["step"] == 0]
    np.testing.assert_allclose(
        first["paper_F"],
        first["paper_density"] - (first["paper_entropy"] + 0.5 * first["paper_path_gain"]),
        atol=3e-5,
    )


def test_its_recipe_can_be_trained_by_again(model):
    from gedig_edu.lab.small_gpt2 import PretrainConfig

    recipe = PretrainConfig.read(FOLDER / "recipe.json")
    assert (recipe.layers, recipe.heads) == (model.layers, model.heads)
    assert set(recipe.held_out) == {"36", "161"}
