from collections import Counter

import numpy as np
import pytest

from gedig_edu.lab.acceptance import area
from gedig_edu.lab.retrieval import FOUND, Fact, arrivals, decide_on_facts, facts, likenesses

FACTS = facts()


class ByMeaning:
    """Vectors that know what a fact is about, and nothing of its words."""

    def embed(self, texts):
        about = {one.text: one.about for one in FACTS}
        things = sorted(set().union(*about.values()))
        return np.array([[thing in about[text] for thing in things] for text in texts], float)


def test_there_are_two_hundred_facts_none_twice_each_about_two_things():
    assert len(FACTS) == len({one.text for one in FACTS}) == 200
    assert all(len(one.about) == 2 and len(one.text) < 90 for one in FACTS)
    assert all(one.text.endswith(".") for one in FACTS)


def test_every_fact_belongs_to_another_and_one_word_has_two_meanings():
    for one in FACTS:
        assert any(one.belongs_to(other) for other in FACTS if other is not one)
    things = Counter(thing for one in FACTS for thing in one.about)
    words = Counter(thing.partition("_")[0] for thing in things if "_" in thing)
    assert sum(count > 1 for count in words.values()) >= 25
    bird, machine = (
        next(x for x in FACTS if f"crane_{kind}" in x.about) for kind in ("bird", "machine")
    )
    assert "crane" in bird.text.lower()
    assert "crane" in machine.text.lower()
    assert not bird.belongs_to(machine)


def test_likeness_is_half_of_one_and_the_cosine_about_the_mean():
    class Three:
        def embed(self, texts):
            return np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 0.0]])[: len(texts)]

    # About the mean (1, 0) they are (0, 1), (0, -1) and nothing.
    alike = likenesses(Three(), ["a", "b", "c"])
    np.testing.assert_allclose(alike, [[1, 0, 0.5], [0, 1, 0.5], [0.5, 0.5, 0.5]], atol=1e-12)


def test_each_fact_meets_the_most_alike_of_those_before_it():
    read = [Fact(frozenset({"ab"[at % 2]}), str(at)) for at in range(8)]
    alike = np.array([[1 - abs(i - j) / 10 for j in range(8)] for i in range(8)])
    world = arrivals(read, alike, [7, 0, 1, 2, 3, 4, 5, 6])
    assert [(one.thing, one.other) for one in world.statements[:3]] == [
        ("0", "7"), ("1", "0"), ("1", "7"),
    ]  # fmt: skip
    last = world.statements[-FOUND:]
    assert [one.other for one in last] == ["7", "5", "4", "3", "2"]
    assert [one.right for one in last] == [False, False, True, False, True]
    assert last[0].likeness == pytest.approx(0.9)
    assert last[0].alternatives == pytest.approx((0.9, 0.8, 0.7, 0.6))


def test_vectors_that_know_the_meaning_decide_by_likeness_alone():
    found = decide_on_facts(ByMeaning(), ways=["likeness", "oracle"])
    assert found.area("oracle") == pytest.approx(1.0)
    assert found.area("likeness") > 0.95
    assert found.right.mean() < 0.4
    every = np.arange(200)
    assert found.area("likeness", every) == pytest.approx(found.area("likeness"), abs=1e-12)
    arrived = np.isin(found.arrived, [3, 5])
    expected = area(found.right[arrived], found.curves["likeness"][:, arrived])
    assert found.area("likeness", np.array([3, 5])) == pytest.approx(expected, abs=1e-12)
    assert found.chosen["oracle"].tolist() == found.right.tolist()
