"""How the claims of lesson 11 about small trained models, and about scales, are measured.

The rules stand in `lab.block_comparison` and `lab.head_scales`, with all that was chosen before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import softmax

from gedig_edu.course.context import FEW_TEXTS, SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.lab.kept_tables import BLOCKS, HEADS, by_arm, read_table
from gedig_edu.lab.passages import books
from gedig_edu.lab.three_scales import read_at_scale
from gedig_edu.shapes import Float
from gedig_edu.theory.energy import DOCUMENT_FROM, KNOWLEDGE_FROM

CHARACTERS_A_TOKEN = 3  # or more: as many fit into a model's context for sure


def depth_pays(_: Context) -> Sequence[Reading]:
    """Hold depth until nothing moves against a fixed depth of as many steps, by seed."""
    runs = read_table(BLOCKS, "runs")
    right, steps = by_arm(runs, "right"), by_arm(runs, "steps")
    still = right["apart_still"]
    depths = read_table(BLOCKS, "depths")
    adapted, at_once = (by_arm(depths, name)["apart_still"] for name in ("right", "one_depth"))
    return [
        Reading.mean("fixed", still - right["apart_fixed"]),
        Reading.mean("random", still - by_arm(runs, "at_random")["apart_still"]),
        Reading.mean("same", adapted - at_once, condition=False),
        Reading.mean("steps", steps["apart_still"], judged=False),
        Reading.mean("fixed_steps", steps["apart_fixed"], judged=False),
        Reading.exact("gains", (still > right["apart_fixed"]).mean(), judged=False),
    ]


def apart(_: Context) -> Sequence[Reading]:
    """Hold a block that encodes structure and information apart against together, by seed."""
    right = by_arm(read_table(BLOCKS, "runs"), "right")
    return [
        *(
            Reading.mean(name, right[f"apart_{name}"] - right[f"together_{name}"])
            for name in ("still", "fixed")
        ),
        Reading.mean("apart", right["apart_still"], judged=False),
        Reading.mean("together", right["together_still"], judged=False),
        Reading.mean("together_fixed", right["together_fixed"], judged=False),
        Reading.mean("wide", right["wide_still"], judged=False),
    ]


def potential_rests(_: Context) -> Sequence[Reading]:
    """Return what stopping where the potential stands still costs against 24 steps, by seed."""
    runs = read_table(BLOCKS, "runs")

    def of(column: str) -> Float[np.ndarray, " seeds"]:
        return by_arm(runs, column)["apart_still"]

    steps = {"potential": "potential_steps", "state": "steps", "strict": "strict_steps"}
    return [
        Reading.mean("lost", of("all_steps") - of("potential_right")),
        *(Reading.mean(name, of(column), judged=False) for name, column in steps.items()),
    ]


def _losses(task: str) -> dict[str, Float[np.ndarray, " seeds"]]:
    tasks = dict(list(read_table(HEADS, "runs").groupby("task")))
    return by_arm(tasks[task], "loss")


def reason(_: Context) -> Sequence[Reading]:
    """Hold what temperatures alone bring against what directions alone bring, by seed.

    Temperatures that start spread, and temperatures that all start alike.
    """
    text, circle = _losses("text"), _losses("circle")
    return [
        Reading.mean("more", text["directions"] - text["temperatures"]),
        Reading.mean("more_even", text["directions"] - text["temperatures_even"]),
        *(
            Reading.mean(f"{arm}_{task}", losses["one"] - losses[arm], judged=False)
            for task, losses in (("text", text), ("circle", circle))
            for arm in ("temperatures", "directions", "both")
        ),
    ]


def own_temperature(_: Context) -> Sequence[Reading]:
    """Hold heads with a temperature each, from both starts, against heads with one for all."""
    text, circle = _losses("text"), _losses("circle")
    return [
        Reading.mean("text", text["directions"] - text["both"]),
        Reading.mean("even", text["directions"] - text["both_even"]),
        Reading.mean("circle", circle["directions"] - circle["both"], judged=False),
    ]


def powers_of_ten(_: Context) -> Sequence[Reading]:
    """Hold temperatures of 1, 0.1, 0.01, 0.001 against one that is learned, by seed."""
    text, circle = _losses("text"), _losses("circle")
    return [
        Reading.mean("text", text["one"] - text["tens"]),
        Reading.mean("learned", text["one"] - text["temperatures"], judged=False),
        Reading.mean("circle", circle["one"] - circle["tens"], judged=False),
    ]


def absorbed(_: Context) -> Sequence[Reading]:
    """Return the largest difference of a weight between W_q over T and scores over T."""
    rng = np.random.default_rng(SEED)
    worst = 0.0
    for T in (0.01, 0.3, 1.0, 7.0, 1000.0):
        x = rng.normal(size=(9, 16))
        query, key = rng.normal(size=(2, 16, 4)) / 4
        heated = softmax((x @ query) @ (x @ key).T / (2 * T), axis=-1)
        divided = softmax((x @ (query / T)) @ (x @ key).T / 2, axis=-1)
        worst = max(worst, float(np.abs(heated - divided).max()))
    return [Reading.exact("error", worst)]


def across_scales(context: Context) -> Sequence[Reading]:
    """Hold how far F moves where a text changes its scale against how it varies from text to text.

    30 texts, each of two passages of one book, cut at 999 and 1,000 characters, or at as many as
    the model has room for.
    """
    model, texts = context.model, books()
    cut = min(DOCUMENT_FROM - 1, CHARACTERS_A_TOKEN * model.context)
    F = np.array(
        [
            [
                read_at_scale(text[:cut], model, scale="token").F,
                read_at_scale(text[: cut + 1], model, scale="token").F,
                read_at_scale(text[: cut + 1], model, scale="document").F,
            ]
            for text in (" ".join(texts[at : at + 3 : 2]) for at in _first_of_pairs())
        ]
    )

    def jump(chosen: np.ndarray, after: int = 2, spread_of: int = 0) -> float:
        moved = np.abs(F[chosen, after] - F[chosen, 0]).mean()
        among = F[chosen, spread_of]
        return float(moved / among.std()) if np.ptp(among) else math.nan  # all one text

    whole = "\n".join(texts)[:KNOWLEDGE_FROM]
    knowledge = read_at_scale(whole, model, scale="knowledge").F
    return [
        Reading.resampled("jump", jump, FEW_TEXTS),
        Reading.resampled("wide", lambda some: jump(some, spread_of=2), FEW_TEXTS, judged=False),
        Reading.resampled("within", lambda some: jump(some, after=1), FEW_TEXTS, judged=False),
        Reading.mean("token", F[:, 0], judged=False),
        Reading.mean("document", F[:, 2], judged=False),
        Reading.exact("knowledge", knowledge, judged=False),
        Reading.exact("cut", cut, judged=False),
    ]


def _first_of_pairs() -> list[int]:
    """Return the places of 30 passages with the next of the same book after them, none in two."""
    return [4 * (pair // 2) + pair % 2 for pair in range(FEW_TEXTS)]
