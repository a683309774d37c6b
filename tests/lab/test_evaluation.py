"""Bits per character and repetition, on models whose answers are known by hand."""

import math

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab.corpus import train_tokenizer
from gedig_edu.lab.evaluation import bits_per_character, repeated_random
from gedig_edu.lab.formation import measure_model, measure_run
from gedig_edu.lab.pretrain import pretrain
from gedig_edu.lab.small_gpt2 import PretrainConfig, build_model
from gedig_edu.theory.gauge import Gauge

TEXT = "the cat sat on the mat and the dog sat on the cat. " * 40
CONFIG = PretrainConfig(layers=2, heads=3, width=24, context=29, vocabulary=300)


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer([TEXT], vocabulary=300)


@pytest.fixture
def model():
    model = build_model(CONFIG).eval()
    model.set_attn_implementation("eager")
    return model


def silence(model):
    """Make every next token equally likely."""
    with torch.no_grad():
        model.transformer.ln_f.weight.zero_()
        model.transformer.ln_f.bias.zero_()
    return model


@pytest.mark.parametrize("fresh", [None, 11, 29])
def test_a_model_that_knows_nothing_pays_log_vocabulary_for_each_token(model, tokenizer, fresh):
    text = TEXT[:501]
    expected = len(tokenizer.encode(text).ids) * math.log2(300) / 501
    measured = bits_per_character(silence(model), tokenizer, text, fresh=fresh)
    assert measured == pytest.approx(expected, rel=1e-6)


def test_one_window_is_the_loss_transformers_reports(model, tokenizer):
    text = TEXT[:61]
    tokens = torch.tensor([[0, *tokenizer.encode(text).ids]])
    assert tokens.shape[1] <= 29
    with torch.inference_mode():
        mean = model(input_ids=tokens, labels=tokens).loss.item()
    expected = mean * (tokens.shape[1] - 1) / math.log(2) / 61
    assert bits_per_character(model, tokenizer, text, fresh=29) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("fresh", [30, 0, -1])
def test_a_window_cannot_score_more_than_it_holds(model, tokenizer, fresh):
    with pytest.raises(GedigError, match="fresh"):
        bits_per_character(model, tokenizer, TEXT, fresh=fresh)


def test_an_untrained_model_gains_nothing_from_a_repetition(model):
    read = repeated_random(silence(model), period=13, sequences=3)
    assert read.first_half == pytest.approx(math.log(300), rel=1e-6)
    assert read.gain == pytest.approx(0, abs=1e-6)
    assert read.induction.shape == read.previous_token.shape == (2, 3)


def test_every_head_is_read_in_both_conventions(model, tokenizer):
    sentence = TEXT[:50]
    table = measure_model(model, tokenizer, [sentence])
    assert len(table) == 6
    tokens = torch.tensor([tokenizer.encode(sentence).ids])
    with torch.inference_mode():
        weights = torch.cat(model(input_ids=tokens, output_attentions=True).attentions).numpy()
    expected = Gauge.released().read(weights, causal=True).F.ravel()
    np.testing.assert_allclose(table["released_F"], expected, atol=1e-5)


def test_a_run_becomes_one_table_from_step_zero_to_the_end(tmp_path):
    for stem in ("one", "two"):
        (tmp_path / f"{stem}.txt").write_text(TEXT * 30)
    config = PretrainConfig(
        layers=2, heads=3, width=24, context=131, vocabulary=300, rows=5, steps=7, warmup=2,
        validation_rows=3, points=4,
    )  # fmt: skip
    pretrain(tmp_path, tmp_path / "run", config=config, progress=False)
    table = measure_run(tmp_path / "run", [TEXT[:50], TEXT[3:90]])
    assert table.groupby("step").size().to_dict() == dict.fromkeys(config.measured_steps(), 6)
    assert table.notna().all().all()
    assert {"validation", "repeat_gain", "induction", "paper_F", "released_entropy"} <= set(table)


def test_a_folder_without_a_finished_run_is_refused(tmp_path):
    with pytest.raises(GedigError, match="no finished run"):
        measure_run(tmp_path, ["a"])
