"""The experiment `head_roles`: where each head looks, and how high its F is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.experiments import ranks
from gedig_edu.lab.experiments.catalogue import find
from gedig_edu.lab.experiments.head_roles import NONE, ROLES, assigned, measure, said_twice
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.models import load
from gedig_edu.theory import baselines
from gedig_edu.theory.heads import duplicate_score, local_score
from gedig_edu.theory.maps import AttentionMaps
from tests.models import tiny

TEXT = "a boat came down"
SETTING = Setting(experiment="head_roles", model="tiny", texts="t")


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch):
    monkeypatch.setattr(ranks, "RESAMPLES", 30)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    return {kind: load(tiny.save(kind, folder / kind)) for kind in ("gpt2", "bert")}


class Model:
    """A model of one layer whose heads look where `make` says, a token a word."""

    layers, context, causal = 1, 61, True

    def __init__(self, *make):
        self.make = make

    def encode(self, text):
        """Return words as tokens."""
        words = text.split()
        return AttentionMaps(tokens=words, weights=np.eye(len(words))[None, None], causal=True)

    def attend(self, text):
        """Return the maps that were made."""
        words = text.split()
        maps = np.stack([make(len(words)) for make in self.make])
        return AttentionMaps(tokens=words, weights=maps[None], causal=True)


def looking_back(steps):
    """Return a head that gives all weight to the token so many steps back, or the first."""

    def make(length):
        weights = np.zeros((length, length))
        weights[np.arange(length), np.maximum(np.arange(length) - steps, 0)] = 1
        return weights

    return make


WORDS = "one two three four five six seven"


def even(length):
    return baselines.uniform(length, causal=True)


@pytest.mark.parametrize(
    ("head", "role"),
    [
        (looking_back(1), "previous"),
        (looking_back(0), "own"),
        (looking_back(99), "first"),
        (looking_back(2), "local"),
        (looking_back(7), "duplicate"),
        (looking_back(6), "induction"),
        (even, NONE),
    ],
)
def test_a_head_that_does_one_thing_has_that_role(head, role):
    columns = measure(Model(head, even), WORDS, SETTING, 0)
    rows = pd.DataFrame(columns).assign(text=0)
    assert assigned(rows).tolist() == [[role, NONE]]
    if role != NONE:
        assert rows[f"role_{role}"][0] > 0.2
    np.testing.assert_allclose(rows.loc[rows["head"] == 1, [f"role_{r}" for r in ROLES]], 0,
                               atol=1e-7)  # fmt: skip


@pytest.mark.parametrize("kind", ["gpt2", "bert"])
def test_the_second_round_of_a_text_has_the_tokens_of_the_first_and_no_added_ones(models, kind):
    model = models[kind]
    twice = said_twice(model, TEXT)
    own = int((~model.encode(" " + TEXT).special).sum())
    assert twice.shape == (model.layers, model.heads, 2 * own, 2 * own)
    weights = model.attend(f" {TEXT} {TEXT}").weights
    added = int(model.encode(TEXT).special.sum())
    np.testing.assert_array_equal(twice[1, 2, 3], weights[1, 2, 3 + added // 2][
        added // 2 : added // 2 + 2 * own])  # fmt: skip


def test_without_room_for_a_second_round_two_roles_are_not_told_and_the_rest_is(models):
    long = " ".join([TEXT] * 4)
    model = models["gpt2"]
    assert len(model.encode(long)) <= model.context < 2 * len(model.encode(long))
    columns = measure(model, long, SETTING, 0)
    assert np.isnan(columns["role_induction"]).all()
    assert np.isnan(columns["role_duplicate"]).all()
    assert np.isfinite(columns["role_previous"]).all()


def test_other_tokens_the_second_time_are_no_repetition(monkeypatch):
    model = Model(even)
    attend = model.attend
    monkeypatch.setattr(
        model, "attend", lambda text: replace(attend(text), tokens=tuple(map(str, range(14))))
    )
    assert said_twice(model, WORDS) is None


def test_the_tables_say_which_roles_stand_high():
    text, layer, head = (x.ravel() for x in np.indices((7, 2, 5)))
    rows = pd.DataFrame({"text": text, "layer": layer, "head": head, "tokens": 20})
    rows = rows.assign(**{f"role_{role}": 0.0 for role in ROLES}, entropy=0.75)
    rows["role_previous"] = np.where(head < 2, 0.5, 0.0) + 0.01 * head - 0.001 * layer - 0.03
    rows["role_induction"] = np.nan
    rows["F"] = rows["role_previous"] - 1
    both = pd.concat([rows.assign(gauge=name) for name in ("paper", "released")])
    told = find("head_roles").tables(both)
    roles = told["roles"].set_index(["gauge", "role"])
    assert roles.loc[("released", "previous"), "rho"] == pytest.approx(1)
    assert np.isnan(roles.loc[("released", "own"), "rho"])
    assert np.isnan(roles.loc[("released", "induction"), "rho"])
    levels = told["levels"].set_index(["gauge", "role"])
    assert levels.loc["paper", "heads"].to_dict() == {"previous": 4, NONE: 6}
    assert levels.loc[("paper", "previous"), "F"] == pytest.approx(0.5 + 0.005 - 0.0005 - 1.03)
    assert levels.loc[("paper", NONE), "order"] == pytest.approx(0.25)


def test_a_score_of_nearness_counts_five_tokens_and_one_of_repetition_a_round():
    assert local_score(np.eye(7, k=-2) + np.eye(7, k=-3) * 0.0, causal=True) == pytest.approx(5 / 6)
    assert duplicate_score(np.eye(10, k=-5), period=5) == 1
    assert duplicate_score(np.eye(10, k=-4), period=5) == 0
    with pytest.raises(GedigError, match="period=9 does not fit 7 tokens"):
        duplicate_score(np.eye(7), period=9)
