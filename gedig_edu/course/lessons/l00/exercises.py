"""Exercises and quiz of lesson 00: the whole forward pass, read once."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gedig_edu.course.items import Exercise, questions
from gedig_edu.course.sentences import CAPTAIN
from gedig_edu.lab.attribution import LogitParts, logit_parts
from gedig_edu.models import load
from gedig_edu.shapes import Float
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.gpt2 import softmax
from gedig_edu.theory.heads import previous_token_score

WORD = " captain"
SCORES = np.array([2.0, 1.0, 0.0, 3.0])
QUERY = 2


def shares_of_the_third() -> Float[np.ndarray, " 4"]:
    """Return the shares of the query at position 2, which may not see position 3."""
    seen = np.where(np.arange(4) <= QUERY, SCORES, -np.inf)
    return softmax(seen)


def _other_shares() -> dict[str, Any]:
    right, plain, key = shares_of_the_third(), softmax(SCORES), np.arange(4)
    seen = np.where(key <= QUERY, SCORES, -np.inf)
    return {
        "no_mask": plain,
        "masked_late": np.where(key <= QUERY, plain, 0.0),
        "wrong_side": softmax(np.where(key >= QUERY, SCORES, -np.inf)),
        "itself_hidden": softmax(np.where(key < QUERY, SCORES, -np.inf)),
        "percent": 100 * right,
        "sign": softmax(np.where(key <= QUERY, -SCORES, -np.inf)),
        "base_two": softmax(seen * np.log(2)),
        "base_ten": softmax(seen * np.log(10)),
        "powers": np.exp(seen),
        "zero_score": softmax(np.where(key <= QUERY, SCORES, 0.0)),
        "no_exponential": np.array([2.0, 1.0, 0.0, 0.0]) / 3,
        "three_numbers": right[:3],
    }


def head_that_looks_back() -> tuple[int, int]:
    """Return layer and head of the bundled model that look most at the token before."""
    score = previous_token_score(load("gpt2-mini").attend(CAPTAIN).weights)  # [layers, heads]
    return _best(score)


def _other_heads() -> dict[str, Any]:
    layer, head = head_that_looks_back()
    weights = load("gpt2-mini").attend(CAPTAIN).weights
    _, (first, second), _ = _logits()
    return {
        "swapped": (head, layer),
        "from_one": (layer + 1, head + 1),
        "itself": _best(np.diagonal(weights, axis1=-2, axis2=-1).mean(axis=-1)),
        "first_token": _best(weights[..., 0].mean(axis=-1)),
        "finds_it_again": _best(weights[:, :, second - 1, first]),  # what followed the first 'old'
        "counted_through": layer * weights.shape[1] + head,
    }


def chances_of_the_word() -> tuple[float, float]:
    """Return the probability of the word each time, just before it comes."""
    model = load("gpt2-mini")
    tokens = model.encode(CAPTAIN).tokens
    places = [place for place, token in enumerate(tokens) if token == WORD]
    number = model.encode(CAPTAIN).ids[places[0]]
    before, after = (softmax(model.logits(CAPTAIN)[place - 1])[number] for place in places)
    return float(before), float(after)


def _other_chances() -> dict[str, Any]:
    right = np.array(chances_of_the_word())
    logits, places, number = _logits()
    shares = softmax(logits)
    return {
        "swapped": right[::-1],
        "one_late": shares[places, number],
        "logits": logits[places - 1, number],
        "logarithms": np.log(right),
        "percent": 100 * right,
        "surprise": -np.log(right),
        "bits": -np.log2(right),
        "one_early": shares[places - 2, number],
        "over_positions": softmax(logits.T).T[places - 1, number],
        "ratio": right[1] / right[0],
    }


@cache
def _logits() -> tuple[Float[np.ndarray, "L vocabulary"], np.ndarray, int]:
    """Return all logits, the places of the word, and its number."""
    model = load("gpt2-mini")
    encoded = model.encode(CAPTAIN)
    places = np.flatnonzero(np.array(encoded.tokens) == WORD)
    return model.logits(CAPTAIN), places, encoded.ids[places[0]]


def _best(score: Float[np.ndarray, "layers heads"]) -> tuple[int, int]:
    layer, head = np.unravel_index(score.argmax(), score.shape)
    return int(layer), int(head)


def head_by_hand(
    q: Float[np.ndarray, "L d"], k: Float[np.ndarray, "L d"], v: Float[np.ndarray, "L d"]
) -> Float[np.ndarray, "L d"]:
    """Return what one head of GPT-2 brings to each token."""
    scores = q @ k.T / np.sqrt(q.shape[-1])  # [L, L]
    future = np.triu(np.ones(scores.shape, dtype=bool), 1)
    shares = softmax(np.where(future, -np.inf, scores))  # [L, L], rows sum to 1
    return shares @ v


def _over_queries(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return what a head brings whose columns sum to 1 instead of its rows."""
    powers = np.where(np.tri(len(q)) > 0, np.exp(dot_scores(q, k)), 0.0)
    return powers / powers.sum(axis=0) @ v


def _looks_ahead(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    return attend(dot_scores(q, k), v, mask=np.triu(np.ones((len(q), len(k)), dtype=bool))).output


OTHER_HEADS = {
    "shares": lambda q, k, v: head_by_hand(q, k, np.eye(len(v))),
    "unscaled": lambda q, k, v: head_by_hand(q * np.sqrt(q.shape[-1]), k, v),
    "no_mask": lambda q, k, v: attend(dot_scores(q, k), v).output,
    "looks_ahead": _looks_ahead,
    "over_queries": _over_queries,
    "by_length": lambda q, k, v: head_by_hand(q * np.sqrt(q.shape[-1] / len(q)), k, v),
    "by_d": lambda q, k, v: head_by_hand(q / np.sqrt(q.shape[-1]), k, v),
    "swapped": lambda q, k, v: head_by_hand(k, q, v),
    "sign": lambda q, k, v: head_by_hand(-q, k, v),
    "base_two": lambda q, k, v: head_by_hand(q * np.log(2), k, v),
    "masked_late": lambda q, k, v: np.tril(softmax(dot_scores(q, k))) @ v,
    "zero_score": lambda q, k, v: softmax(np.tril(dot_scores(q, k))) @ v,
    "percent": lambda q, k, v: 100 * head_by_hand(q, k, v),
}


def head_that_wrote_the_rise() -> tuple[int, int]:
    """Return layer and head that add more to the word's logit the second time than the first."""
    first, second = (part.heads for part in _parts())  # [layers, heads] each
    return _best(second - first)


def _other_writers() -> dict[str, Any]:
    layer, head = head_that_wrote_the_rise()
    first, second = (part.heads for part in _parts())
    return {
        "swapped": (head, layer),
        "from_one": (layer + 1, head + 1),
        "second_alone": _best(second),
        "fell_most": _best(first - second),
        "counted_through": layer * first.shape[1] + head,
    }


def _parts() -> list[LogitParts]:
    """Return the parts of the word's logit just before each of its places."""
    _, places, number = _logits()
    model = load("gpt2-mini")
    return [logit_parts(model, CAPTAIN, word=number, at=int(place) - 1) for place in places]


def _three_arrays() -> dict[str, Any]:
    return {"": np.random.default_rng(5).normal(size=(3, 7, 4))}


EXERCISES = (
    Exercise("00.1", "compute it", shares_of_the_third, _other_shares, tolerance=0.02),
    Exercise("00.2", "read it off", head_that_looks_back, _other_heads, seconds=60.0),
    Exercise("00.3", "measure it", chances_of_the_word, _other_chances, 0.02, seconds=60.0),
    Exercise("00.4", "build it", head_by_hand, OTHER_HEADS, tolerance=1e-5, cases=_three_arrays),
    Exercise("00.5", "measure it", head_that_wrote_the_rise, _other_writers, seconds=60.0),
)

QUIZ = questions("00", right="cbdab")
