import json

import numpy as np
import pytest
from scipy.special import softmax

from gedig_edu.errors import GedigError
from gedig_edu.lab.worlds import KINDS, Statement, generate

WORLDS = [generate(seed) for seed in range(9)]


def pairs(edges):
    return [frozenset((one.thing, one.other)) for one in edges]


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_gives_one_world_and_another_seed_another(kind):
    assert generate(5, kind=kind) == generate(5, kind=kind)
    assert generate(5, kind=kind) != generate(6, kind=kind)
    assert generate(5, kind=kind).name == f"{kind} 5"


def test_worlds_of_successive_seeds_take_turns_in_kind_and_differ_in_size():
    assert [world.name for world in WORLDS[:4]] == [
        "communities 0", "hierarchy 1", "small world 2", "communities 3",
    ]  # fmt: skip
    assert len({len(world.statements) for world in WORLDS}) > 5


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_no_pair_is_said_twice_and_none_that_is_known(world):
    said = pairs(world.statements)
    assert len(set(said)) == len(said)
    assert not set(said) & set(pairs(world.start))
    assert all(len(pair) == 2 for pair in said)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_wherever_possible_one_of_the_two_was_heard_of_before(world):
    heard, waiting = set(world.graph()), pairs(world.statements)
    while waiting:
        assert waiting[0] & heard or not any(pair & heard for pair in waiting)
        heard |= waiting.pop(0)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_right_and_wrong_come_in_the_shares_that_are_told(world):
    right = world.right
    assert 0.55 < (~right).sum() / right.sum() < 1.65
    likeness = np.array([one.likeness for one in world.statements])
    assert 0 <= likeness.min() <= likeness.max() <= 1
    # The truth has what is unlike, and what is wrong is alike often enough to mislead.
    assert likeness[right].min() < np.median(likeness[~right])
    assert likeness[~right].max() > np.median(likeness[right])


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_exist_is_named_by_wrong_statements_alone(kind):
    world = generate(3, kind=kind, things=20)
    ghosts = {thing for thing in world.things if int(thing[1:]) >= 20}
    named = [one for one in world.statements if {one.thing, one.other} & ghosts]
    assert len(ghosts) == len(named) > 0
    assert not any(one.right for one in named)
    assert not ghosts & set(world.graph())


def test_probabilities_are_a_softmax_of_likeness_with_the_named_one_first():
    said = Statement("a", "b", 0.7, (0.9, 0.2), right=False)
    np.testing.assert_allclose(said.probabilities, softmax([7.0, 9.0, 2.0]), rtol=1e-12)
    assert Statement("a", "b", 0.3, (), right=True).probabilities.tolist() == [1.0]


def test_a_page_gets_the_same_world():
    world = generate(2, things=13)
    page = json.loads(json.dumps(world.for_page()))
    names = page["things"]
    assert names == list(world.things)
    assert [(names[u], names[v], likeness) for u, v, likeness in page["start"]] == [*world.start]
    for told, said in zip(page["statements"], world.statements, strict=True):
        assert (names[told["thing"]], names[told["other"]]) == (said.thing, said.other)
        assert (told["likeness"], told["right"]) == (said.likeness, said.right)
        assert told["probabilities"] == said.probabilities.tolist()


def test_the_known_graph_carries_likeness():
    world = WORLDS[0]
    graph = world.graph()
    assert len(graph.edges) == len(world.start)
    for thing, other, likeness in world.start:
        assert graph.edges[thing, other]["likeness"] == likeness


@pytest.mark.parametrize("options", [{"kind": "ring"}, {"things": 11}, {"things": 12.5}])
def test_what_cannot_be_drawn_is_refused(options):
    with pytest.raises(GedigError):
        generate(0, **options)


@pytest.mark.parametrize(("likeness", "others"), [(1.5, ()), (float("nan"), ()), (0.5, (-0.1,))])
def test_a_likeness_that_is_none_is_refused(likeness, others):
    with pytest.raises(GedigError, match="at least 0 and at most 1"):
        Statement("a", "b", likeness, others, right=True)
