"""How the claims of lesson 00 are measured: which way an induction head finds a word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.sentences import PROSE
from gedig_edu.lab.patching import attend_without_path, repeated_words
from gedig_edu.shapes import Float
from gedig_edu.theory.heads import induction_score, previous_token_score

PERIOD = 24
CHOOSING = 10  # lists of words on which the heads are chosen, none of which is measured
WRITES, READS = 0.5, 0.25  # mean weight from which a head counts as previous-token, as induction

Heads = list[tuple[int, int]]


def _induction(context: Context) -> Sequence[Reading]:
    """Keep what previous-token heads write from the keys, or the queries, of induction heads.

    And what as many other heads of the same layers write from the keys. What is measured is the
    share of the induction heads' weight on the right token that is lost.
    """
    model = context.model
    texts = [repeated_words(model, PROSE, count=PERIOD, seed=SEED + n)
             for n in range(CHOOSING + len(context.few))]  # fmt: skip
    weights = np.mean([model.attend(text).weights for text in texts[:CHOOSING]], axis=0)
    writers = _places(previous_token_score(weights) > WRITES)
    readers = induction_score(weights, period=PERIOD) > READS  # [layers, heads]
    found = {"whole": [], "keys": [], "queries": [], "others": []}
    for number, text in enumerate(texts[CHOOSING:]):
        others = _others(writers, model.heads, seed=SEED + number)
        found["whole"].append(model.attend(text).weights)
        found["keys"].append(attend_without_path(model, text, writers, through="keys"))
        found["queries"].append(attend_without_path(model, text, writers, through="queries"))
        found["others"].append(attend_without_path(model, text, others, through="keys"))
    score = {name: readers * np.array([induction_score(one, period=PERIOD) for one in maps])
             for name, maps in found.items()}  # fmt: skip
    return _readings(score, writers=len(writers), readers=int(readers.sum()))


def _readings(
    score: dict[str, Float[np.ndarray, "texts layers heads"]], *, writers: int, readers: int
) -> Sequence[Reading]:
    """Return shares of the whole score; all NaN where the model has no such pair of heads."""
    whole = score["whole"] if writers and readers else np.full_like(score["whole"], np.nan)

    def share(name: str, part: Float[np.ndarray, "texts layers heads"], judged: bool) -> Reading:
        return Reading.crossed(name, part, whole, statistic=np.divide, judged=judged)

    return [
        share("beyond_queries", score["queries"] - score["keys"], True),
        share("beyond_others", score["others"] - score["keys"], True),
        share("keys", whole - score["keys"], False),
        Reading.exact("writers", writers, judged=False),
        Reading.exact("readers", readers, judged=False),
    ]


def _places(chosen: np.ndarray) -> Heads:
    return [(int(layer), int(head)) for layer, head in np.argwhere(chosen)]


def _others(writers: Heads, heads: int, *, seed: int) -> Heads:
    """Return as many other heads of the same layers, as far as there are."""
    rng, others = np.random.default_rng(seed), []
    for layer in sorted({layer for layer, _ in writers}):
        own = [head for at, head in writers if at == layer]
        rest = [head for head in range(heads) if head not in own]
        drawn = rng.choice(rest, min(len(own), len(rest)), replace=False)
        others += [(layer, int(head)) for head in drawn]
    return others


MEASURES = {
    "induction": _induction,
}
