import numpy as np
import pytest

from gedig_edu.course.context import FEW_TEXTS
from gedig_edu.course.sentences import PROSE
from gedig_edu.errors import GedigError
from gedig_edu.lab.removal import loss_rise, measure_removal, recorded_removal, spread_heads
from gedig_edu.models import load
from gedig_edu.theory.gauge import Gauge
from tests.models import tiny

TEXTS = ("a boat came down", "the gate was open")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    return {kind: load(tiny.save(kind, folder / kind)) for kind in ("gpt2", "bert")}


@pytest.mark.parametrize("way", ["zero", "mean"])
def test_each_rise_is_the_loss_without_that_head_less_the_whole_one(models, way):
    model = models["gpt2"]
    rise = loss_rise(model, TEXTS, heads=[1], way=way)
    assert rise.shape == (2, model.layers, 1)
    layer = model.layers - 1
    without = model.next_token_loss(TEXTS[1], ablate={(layer, 1): way})
    assert rise[1, layer, 0] == pytest.approx(without - model.next_token_loss(TEXTS[1]))
    assert np.abs(rise).max() > 0


def test_an_encoder_has_no_loss_to_lose(models):
    with pytest.raises(GedigError, match="next_token_loss"):
        loss_rise(models["bert"], TEXTS, heads=[0], way="zero")


@pytest.mark.parametrize(
    ("heads", "layers", "most", "expected"),
    [
        (6, 6, 108, [0, 1, 2, 3, 4, 5]),
        (9, 30, 108, [0, 4, 8]),
        (32, 80, 8, [0, 31]),
        (1, 5, 9, [0]),
    ],
)
def test_heads_are_taken_evenly_and_as_many_in_every_layer(heads, layers, most, expected):
    assert spread_heads(heads, layers, most=most).tolist() == expected


def test_a_head_is_read_and_removed_on_the_same_texts(models):
    model = models["gpt2"]
    table = measure_removal(model, TEXTS)
    assert len(table) == model.layers * model.heads
    row = table.set_index(["layer", "head"]).loc[(1, 0)]
    gauge = Gauge.released()
    F = [gauge.read(model.attend(text).weights[1, 0], causal=True).F for text in TEXTS]
    assert row["F"] == pytest.approx(np.mean(F))
    for way in ("zero", "mean"):
        assert row[way] == pytest.approx(
            loss_rise(model, TEXTS, heads=[0], way=way)[:, 1, 0].mean()
        )


def test_the_record_has_a_row_for_every_head_of_the_bundled_model_and_its_own_f():
    table, model = recorded_removal(), load("gpt2-mini")
    assert table[["layer", "head"]].to_numpy().tolist() == [
        [layer, head] for layer in range(model.layers) for head in range(model.heads)
    ]
    readings = [
        Gauge.released().read(maps.weights, causal=True).F
        for maps in model.attend_many(PROSE[:FEW_TEXTS])
    ]
    np.testing.assert_allclose(table["F"], np.mean(readings, axis=0).ravel(), atol=1e-4)
