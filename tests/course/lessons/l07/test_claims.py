"""Each claim of lesson 07 can come out either way."""

from types import SimpleNamespace

import numpy as np
import pytest

from gedig_edu.course.catalogue import measure_of
from gedig_edu.course.claims import find
from gedig_edu.course.evidence import Verdict
from gedig_edu.course.lessons.l07 import measures

HOLDS, NOT, BOTH = Verdict.HOLDS, Verdict.DOES_NOT_HOLD, Verdict.CONTRADICTORY
RNG = np.random.default_rng(0)
STEP = np.array([-0.6, -0.2, -0.25, -0.27, -0.3, -0.32])
"""Levels by layer of which the first is lowest and the second highest."""


def reading(F, entropy, random):
    """Return what a claim asks of a text's reading; one baseline for all heads."""
    return SimpleNamespace(
        real=SimpleNamespace(F=F, entropy=entropy), delta=lambda _, matched=False: F - random
    )


def context_of(F, entropy=None, random=0.0):
    """Return a context whose heads have this F on each text, by either formula."""
    entropy = -F if entropy is None else entropy
    random = np.broadcast_to(random, len(F))
    readings = [reading(*one) for one in zip(F, entropy, random, strict=True)]
    maps = [SimpleNamespace(read=lambda _, one=one: one.real) for one in readings]
    return SimpleNamespace(
        prose=readings, written=readings, maps=maps,
        per_head=lambda read: np.stack([read(one) for one in readings]),
    )  # fmt: skip


def heads(levels, *, apart=0.0, rest=0.002, texts=31, count=7):
    """Return F [texts, layers, heads] with these levels and so much between heads and beside."""
    levels = np.asarray(levels, dtype=float)[:, None]
    of_heads = apart * RNG.normal(size=(len(levels), count))
    return levels + of_heads + rest * RNG.normal(size=(texts, len(levels), count))


def decided(topic, context):
    claim = find(f"07.{topic}")
    readings = measure_of(claim)(context)
    return claim.rule(readings), {one.name: one for one in readings}


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [(STEP, HOLDS), (STEP[::-1], NOT), ([-0.6, -0.5, -0.3, -0.2, -0.2, -0.1], NOT)],
)
def test_a_step_after_layer_0_is_held_against_later_steps_and_other_orders(levels, verdict):
    found, read = decided("h2_step", context_of(heads(levels)))
    assert found == verdict
    assert (read["script_p"].value < 0.05) == (verdict == HOLDS)


def test_a_step_of_one_layer_alone_does_not_pass_the_orders():
    found, read = decided("h2_step", context_of(heads([-0.6, -0.3, -0.3, -0.3, -0.3, -0.3])))
    assert read["script"].low > 0
    assert read["script_p"].value > 0.1
    assert read["script_lowest"].value == pytest.approx(1 / 6)
    assert found != HOLDS


@pytest.mark.parametrize(("apart", "verdict"), [(0.05, HOLDS), (0.0, NOT)])
def test_heads_are_diverse_where_they_lie_apart(apart, verdict):
    found, read = decided("head_diversity", context_of(heads(STEP, apart=apart, rest=0.02)))
    assert found == verdict
    assert read["script_differ"].value == (1.0 if verdict == HOLDS else 0.0)


@pytest.mark.parametrize(("lowest", "verdict"), [(0.1, HOLDS), (-0.1, NOT)])
def test_one_layer_below_random_is_enough_against_every_layer(lowest, verdict):
    found, read = decided("every_layer", context_of(heads([0.3, lowest, 0.3, 0.4])))
    assert found == verdict
    assert read["script_above"].value == (1.0 if verdict == HOLDS else 0.75)


@pytest.mark.parametrize(("sign", "verdict"), [(-1, HOLDS), (1, NOT)])
def test_less_entropy_goes_with_more_of_f_unless_the_rest_of_f_outweighs_it(sign, verdict):
    F = heads(STEP, apart=0.05)
    assert decided("low_entropy", context_of(F, sign * F))[0] == verdict


@pytest.mark.parametrize(
    ("paths", "without", "verdict"),
    [(-0.45, -0.3, HOLDS), (-0.3, -0.2, NOT), (-0.5, -0.4, BOTH), (-0.3, -0.25, BOTH)],
)
def test_levels_are_within_those_of_figure_2_or_not(paths, without, verdict):
    F, bare = heads([paths] * 4), heads([without] * 4)
    context = context_of(F)
    for one, F_bare in zip(context.prose, bare, strict=True):
        one.combine = lambda F_bare=F_bare, **_: SimpleNamespace(real=SimpleNamespace(F=F_bare))
    assert decided("levels_figure", context)[0] == verdict


def test_the_papers_own_words_contradict_each_other_on_which_f_is_good(monkeypatch):
    found, read = decided("direction", None)
    assert found == NOT
    assert {name for name, one in read.items() if one.value < 0} == {"gates", "inference", "loss"}
    monkeypatch.setattr(measures, "decide", lambda F, *_, **__: "accept" if F > 0 else "reject")
    monkeypatch.setattr(measures, "GOOD", {"h1": 1.0, "loss": 1.0})
    assert decided("direction", None)[0] == HOLDS


@pytest.mark.parametrize(("mean", "verdict"), [(0.5, HOLDS), (0.02, NOT)])
def test_the_effect_is_asked_of_both_d_and_larger_over_texts(mean, verdict):
    F = heads(np.full(4, mean), apart=0.05)
    found, read = decided("effect_size", context_of(F, random=0.001 * RNG.normal(size=len(F))[0]))
    assert found == verdict
    assert read["d"].value == pytest.approx(np.sqrt(2) * read["d_z"].value, rel=1e-3)
    assert read["texts_d_z"].value > 5 * read["d_z"].value


@pytest.mark.parametrize(("follows", "verdict"), [(True, HOLDS), (False, NOT)])
def test_f_tells_roles_where_heads_of_one_role_have_one_f(monkeypatch, follows, verdict):
    previous = np.zeros((2, 30), dtype=bool)
    previous[:, ::2] = True
    scores = dict.fromkeys(measures.ROLES, np.zeros(previous.shape))
    scores |= {"previous": 0.5 * previous, "own": 0.5 * ~previous}
    monkeypatch.setattr(measures, "roles_of", lambda *_: scores)
    F = np.where(previous, 1.0, 0.0) if follows else np.repeat(np.arange(30.0), 2).reshape(2, 30)
    context = context_of(np.stack([F] * 3))
    context.model, context.few = None, ("a", "b", "c")
    found, read = decided("roles", context)
    assert found == verdict
    assert read["commonest"].value == 0.5
