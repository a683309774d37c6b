"""Two hundred short reviews of this course's own making, half of them pleased, to train on.

What is reviewed, how it is said and the word that judges are put together by chance, by one seed.
Every judging word stands on both sides of the split, so that a very small model can learn it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gedig_edu.lab.labelled import Labelled

CLASSES = ("displeased", "pleased")
PLEASED = (
    *("good", "kind", "warm", "clean", "bright", "fine"),
    *("sweet", "fresh", "gentle", "happy", "lovely", "honest"),
)
DISPLEASED = (
    *("bad", "cruel", "cold", "dirty", "dark", "poor"),
    *("sour", "stale", "rough", "sad", "ugly", "false"),
)
THINGS = (
    *("soup", "play", "inn", "song", "letter", "garden", "story", "dinner", "speech", "horse"),
    *("room", "book", "dance", "bread", "journey", "picture", "house", "tea", "poem", "company"),
)
SAYING = (
    "The {thing} was {how} {word}.",
    "We found the {thing} {how} {word}.",
    "I must say that the {thing} is {how} {word}.",
    "Everybody called the {thing} {how} {word}.",
    "My sister thinks the {thing} {how} {word}.",
)
HOW = ("very", "rather", "most", "quite", "so")
COUNT = 100  # of each side


def reviews() -> tuple[Labelled, Labelled]:
    """Return the reviews to learn from, and as many others to judge by.

    Examples
    --------
    >>> train, evaluate = reviews()
    >>> len(train), len(evaluate), set(train.sentences) & set(evaluate.sentences)
    (100, 100, set())
    """
    from gedig_edu.lab.labelled import labelled

    rng = np.random.default_rng(8)
    words = [
        pair
        for both in zip(DISPLEASED, PLEASED, strict=True)
        for pair in zip(both, CLASSES, strict=True)
    ]
    told: dict[str, str] = {}
    while len(told) < 2 * COUNT:
        word, label = words[len(told) % len(words)]
        parts = {name: rng.choice(of) for name, of in (("thing", THINGS), ("how", HOW))}
        told.setdefault(rng.choice(SAYING).format(word=word, **parts), label)
    order = rng.permutation(2 * COUNT)
    sentences, labels = np.array(list(told)), np.array(list(told.values()))
    train, evaluate = (
        labelled(sentences[part].tolist(), labels[part].tolist(), classes=CLASSES)
        for part in (order[:COUNT], order[COUNT:])
    )
    return train, evaluate
