"""A finished run leaves beside its weights what a card needs."""

import json

import numpy as np
import pandas as pd
import pytest

from gedig_edu.course import training_record
from gedig_edu.errors import GedigError
from gedig_edu.lab.pretrain import pretrain
from gedig_edu.lab.small_gpt2 import PretrainConfig

CONFIG = PretrainConfig(
    layers=2, heads=3, width=24, context=131, vocabulary=300, rows=5, steps=5, warmup=2,
    validation_rows=3, points=3, held_out=("kept",),
)  # fmt: skip


def test_the_record_of_a_run(tmp_path, monkeypatch):
    words = ["the", "cat", "sat", "on", "a", "mat", "and", "slept."]
    for stem in ("one", "kept"):
        text = " ".join(np.random.default_rng(len(stem)).choice(words, size=20000))
        (tmp_path / f"{stem}.txt").write_text(text)
    monkeypatch.setattr(training_record, "PROSE", training_record.PROSE[:3])
    model = pretrain(tmp_path, tmp_path / "run", config=CONFIG, progress=False)
    training_record.write_record(tmp_path / "run", tmp_path)
    facts = json.loads((model / "evaluation.json").read_text(encoding="utf-8"))
    assert set(facts["bits_per_character"]) == {"kept"}
    assert facts["h1"]["random"]["count"] == 3 * 6
    assert len(facts["continuations"]) == 5
    table = pd.read_csv(model / "formation.csv")
    assert set(table["step"]) == set(CONFIG.measured_steps())
    assert (model / "formation.png").read_bytes().startswith(b"\x89PNG")


def test_an_unfinished_run_leaves_nothing(tmp_path):
    with pytest.raises(GedigError, match="no finished run"):
        training_record.write_record(tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []
