"""The experiment `interventions`: F and loss when keys go or scores are disturbed."""

import numpy as np
import pandas as pd
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.experiments import compare, interventions
from gedig_edu.lab.experiments.catalogue import find
from gedig_edu.lab.experiments.interventions import (
    INTERVENTIONS,
    Intervention,
    largest,
    measure,
    potential,
)
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.models import load
from tests.models import tiny

TEXT = "the gate was open , and seven boats came"
SETTING = Setting(experiment="interventions", model="tiny", texts="t")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    return {kind: load(tiny.save(kind, folder / kind)) for kind in ("gpt2", "bert")}


@pytest.fixture(scope="module")
def columns(models):
    return measure(models["gpt2"], TEXT, SETTING, 3)


@pytest.mark.parametrize("kind", ["top", "any"])
def test_as_many_keys_as_tokens_change_nothing(models, kind):
    model = models["gpt2"]
    maps = model.attend(TEXT)
    U = potential(Intervention(kind, len(maps)), maps, np.random.default_rng(0))
    np.testing.assert_array_equal(U, 0)
    loss = model.next_token_loss(TEXT)
    assert model.next_token_loss(TEXT, potential=U) == pytest.approx(loss, abs=1e-6)


@pytest.mark.parametrize("kind", ["top", "any"])
def test_each_row_keeps_so_many_visible_keys(models, kind):
    model = models["gpt2"]
    maps = model.attend(TEXT)
    U = potential(Intervention(kind, 3), maps, np.random.default_rng(0))
    bent = model.attend(TEXT, potential=U).weights
    visible = np.minimum(np.arange(len(maps)) + 1, 3)
    np.testing.assert_array_equal((bent > 0).sum(axis=-1), np.broadcast_to(visible, bent.shape[:3]))
    kept = bent[0] > 0
    if kind == "top":  # in layer 0, whose inputs are as they were
        smallest = np.where(kept, maps.weights[0], 1).min(axis=-1)
        assert (np.where(kept, 0, maps.weights[0]).max(axis=-1) <= smallest).all()
    else:
        assert (kept != largest(maps.weights[0], 3)).any()


def test_of_equal_keys_the_first_stay_and_no_more_than_asked_for():
    assert largest(np.full((1, 5), 0.2), 2).tolist() == [[True, True, False, False, False]]


def test_noise_is_the_same_for_every_strength_but_for_its_size(models):
    maps = models["gpt2"].attend(TEXT)
    one, two = (potential(Intervention("noise", s), maps, SETTING.rng(3, 11)) for s in (0.5, 2.0))
    np.testing.assert_allclose(two, 4 * one)
    assert np.std(two) == pytest.approx(2, rel=0.05)


def test_columns_are_those_of_the_model_under_the_potential(models, columns):
    model, one = models["gpt2"], Intervention("top", 2)
    U = potential(one, model.attend(TEXT), SETTING.rng(3, 11))
    bent = model.attend(TEXT, potential=U)
    for compared in compare.compared(model.attend(TEXT), SETTING, 3):
        own = columns["gauge"] == compared.name
        expected = bent.read(compared.gauge)
        np.testing.assert_allclose(columns["F_top_2"][own], expected.F.ravel())
        np.testing.assert_allclose(columns["entropy_top_2"][own], expected.entropy.ravel())
    np.testing.assert_allclose(columns["loss_top_2"], model.next_token_loss(TEXT, potential=U))
    np.testing.assert_allclose(columns["loss"], model.next_token_loss(TEXT))


def test_an_encoder_is_refused_in_one_sentence(models):
    with pytest.raises(GedigError, match=r"needs a decoder and .* is an encoder"):
        measure(models["bert"], TEXT, SETTING, 3)


def made(F, loss):
    """Return rows of two gauges in which F and loss of every intervention are given."""
    text, layer, head = (x.ravel() for x in np.indices((5, 2, 3)))
    rows = pd.DataFrame({"text": text, "layer": layer, "head": head, "tokens": 20})
    rows = rows.assign(F=-0.5, entropy=0.75, loss=4.0)
    for one in INTERVENTIONS:
        rows[f"F_{one.column}"] = F(one)
        rows[f"loss_{one.column}"] = loss(one)
        rows[f"entropy_{one.column}"] = 0.5
    return pd.concat([rows.assign(gauge=name) for name in ("paper", "released")])


def test_the_table_holds_each_difference_to_the_untouched_model():
    told = find("interventions").tables(made(lambda _: -0.3, lambda one: 4 + one.strength))
    one = told["interventions"].set_index(["gauge", "kind", "strength"]).loc["paper", "top", 8]
    assert one["loss_rise"] == one["loss_rise_low"] == one["loss_rise_high"] == 8
    assert one["F_change"] == pytest.approx(0.2)
    assert one["entropy_change"] == pytest.approx(-0.25)
    assert one["share_rising"] == 1
    assert len(told["interventions"]) == 2 * len(INTERVENTIONS)


def test_f_that_rises_where_keys_go_and_falls_with_noise_tracks_the_loss_within_a_kind_alone():
    """Loss rises with what is done; F goes up with it for keys taken away, down for noise."""

    def harm(one):
        return one.strength if one.kind == "noise" else 1 / one.strength

    def level(one):
        return -0.5 + (-0.05 if one.kind == "noise" else 0.1) * harm(one)

    told = find("interventions").tables(made(level, lambda one: 4 + harm(one)))["tracking"]
    rho = told[told["gauge"] == "paper"].set_index("kinds")["rho"]
    assert (rho["top"], rho["any"], rho["noise"]) == (1, 1, -1)
    assert -1 < rho["top + any + noise"] < 1


def test_k_keys_drawn_are_held_against_the_k_largest():
    made_F = made(
        lambda one: -0.3 if one.kind == "any" else -0.4,
        lambda one: 4 + one.strength * (2 if one.kind == "any" else 1),
    )
    told = find("interventions").tables(made_F)["which_keys"].set_index(["gauge", "keys"])
    assert len(told) == 2 * 5
    one = told.loc[("released", 8)]
    assert one["loss_difference"] == one["loss_difference_low"] == 8
    assert one["F_difference"] == pytest.approx(0.1)
    assert one["entropy_difference"] == 0


def test_every_intervention_has_columns_of_its_own():
    names = [one.column for one in interventions.INTERVENTIONS]
    assert len(set(names)) == len(names) == 14
