import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.removal import loss_rise, spread_heads
from gedig_edu.models import load
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
