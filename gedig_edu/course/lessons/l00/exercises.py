"""Exercises and quiz of lesson 00: the whole forward pass, read once."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Float

from gedig_edu.course.answers import as_array, as_function, expect
from gedig_edu.course.items import Exercise, Question, Wording
from gedig_edu.course.sentences import CAPTAIN
from gedig_edu.models import load
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.gpt2 import softmax
from gedig_edu.theory.heads import previous_token_score

WORD = " captain"
SCORES = np.array([2.0, 1.0, 0.0, 3.0])
QUERY = 2


def head_that_looks_back() -> tuple[int, int]:
    """Return layer and head of the bundled model that look most at the token before."""
    score = previous_token_score(load("gpt2-mini").attend(CAPTAIN).weights)  # [layers, heads]
    return _best(score)


def _judge_head(answer: Any, wrong: Wording) -> None:
    layer, head = head_that_looks_back()
    weights = _weights()
    instead = {
        "swapped": (head, layer),
        "from_one": (layer + 1, head + 1),
        "itself": _best(np.diagonal(weights, axis1=-2, axis2=-1).mean(axis=-1)),
        "first_token": _best(weights[..., 0].mean(axis=-1)),
        "finds_it_again": head_that_finds_it_again(),
        "counted_through": layer * weights.shape[1] + head,
    }
    expect(answer, (layer, head), instead=instead, wrong=wrong)


def head_that_finds_it_again() -> tuple[int, int]:
    """Return the head in which the second 'old' looks most at what followed the first."""
    _, (first, second), _ = _logits()
    return _best(_weights()[:, :, second - 1, first])


def shares_of_the_third() -> Float[np.ndarray, " 4"]:
    """Return the shares of the query at position 2, which may not see position 3."""
    seen = np.where(np.arange(4) <= QUERY, SCORES, -np.inf)
    return softmax(seen)


def _judge_shares(answer: Any, wrong: Wording) -> None:
    right = shares_of_the_third()
    plain = softmax(SCORES)
    seen = np.where(np.arange(4) <= QUERY, SCORES, -np.inf)
    instead = {
        "no_mask": plain,
        "masked_late": np.where(np.arange(4) <= QUERY, plain, 0.0),
        "wrong_side": softmax(np.where(np.arange(4) >= QUERY, SCORES, -np.inf)),
        "itself_hidden": softmax(np.where(np.arange(4) < QUERY, SCORES, -np.inf)),
        "percent": 100 * right,
        "sign": softmax(np.where(np.arange(4) <= QUERY, -SCORES, -np.inf)),
        "base_two": softmax(seen * np.log(2)),
        "base_ten": softmax(seen * np.log(10)),
        "powers": np.exp(seen),
        "zero_score": softmax(np.where(np.arange(4) <= QUERY, SCORES, 0.0)),
        "no_exponential": np.array([2.0, 1.0, 0.0, 0.0]) / 3,
        "three_numbers": right[:3],
    }
    expect(answer, right, instead=instead, wrong=wrong, tolerance=0.02)


def chances_of_the_word() -> tuple[float, float]:
    """Return the probability of the word each time, just before it comes."""
    model = load("gpt2-mini")
    tokens = model.encode(CAPTAIN).tokens
    places = [place for place, token in enumerate(tokens) if token == WORD]
    number = model.encode(CAPTAIN).ids[places[0]]
    before, after = (softmax(model.logits(CAPTAIN)[place - 1])[number] for place in places)
    return float(before), float(after)


def _judge_chances(answer: Any, wrong: Wording) -> None:
    first, second = chances_of_the_word()
    logits, places, number = _logits()
    at = [place - 1 for place in places]
    shares = softmax(logits)
    instead = {
        "swapped": (second, first),
        "one_late": tuple(shares[places, number]),
        "logits": tuple(logits[at, number]),
        "logarithms": (np.log(first), np.log(second)),
        "percent": (100 * first, 100 * second),
        "surprise": (-np.log(first), -np.log(second)),
        "bits": (-np.log2(first), -np.log2(second)),
        "one_early": tuple(shares[[place - 2 for place in places], number]),
        "over_positions": tuple(softmax(logits.T).T[at, number]),
        "ratio": second / first,
    }
    expect(answer, (first, second), instead=instead, wrong=wrong, tolerance=0.02)


def head_by_hand(
    q: Float[np.ndarray, "L d"], k: Float[np.ndarray, "L d"], v: Float[np.ndarray, "L d"]
) -> Float[np.ndarray, "L d"]:
    """Return what one head of GPT-2 brings to each token."""
    scores = q @ k.T / np.sqrt(q.shape[-1])  # [L, L]
    future = np.triu(np.ones(scores.shape, dtype=bool), 1)
    shares = softmax(np.where(future, -np.inf, scores))  # [L, L], rows sum to 1
    return shares @ v


def _judge_head_by_hand(answer: Any, wrong: Wording) -> None:
    q, k, v = np.random.default_rng(5).normal(size=(3, 7, 4))
    scores = dot_scores(q, k)
    read = attend(scores, v, causal=True)
    instead = {
        "shares": read.weights,
        "unscaled": attend(dot_scores(q, k, scale=False), v, causal=True).output,
        "no_mask": attend(scores, v).output,
        "looks_ahead": attend(scores, v, mask=np.triu(np.ones((7, 7), dtype=bool))).output,
        "over_queries": _over_queries(q, k, v),
        "by_length": attend(dot_scores(q, k, scale=False) / np.sqrt(7), v, causal=True).output,
        "by_d": attend(dot_scores(q, k, scale=False) / 4, v, causal=True).output,
        "swapped": attend(dot_scores(k, q), v, causal=True).output,
        "sign": attend(-scores, v, causal=True).output,
        "base_two": attend(scores * np.log(2), v, causal=True).output,
        "masked_late": np.tril(attend(scores, v).weights) @ v,
        "zero_score": softmax(np.tril(scores)) @ v,
        "percent": 100 * read.output,
    }
    returned = as_array(as_function(answer)(q, k, v), finite=False)
    expect(returned, read.output, instead=instead, wrong=wrong, tolerance=1e-5)


def _over_queries(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return what a head brings whose columns sum to 1 instead of its rows."""
    powers = np.where(np.tri(len(q)) > 0, np.exp(dot_scores(q, k)), 0.0)
    return powers / powers.sum(axis=0) @ v


@cache
def _weights() -> Float[np.ndarray, "layers heads L L"]:
    return load("gpt2-mini").attend(CAPTAIN).weights


@cache
def _logits() -> tuple[Float[np.ndarray, "L vocabulary"], list[int], int]:
    model = load("gpt2-mini")
    encoded = model.encode(CAPTAIN)
    places = [place for place, token in enumerate(encoded.tokens) if token == WORD]
    return model.logits(CAPTAIN), places, encoded.ids[places[0]]


def _best(score: Float[np.ndarray, "layers heads"]) -> tuple[int, int]:
    layer, head = np.unravel_index(score.argmax(), score.shape)
    return int(layer), int(head)


EXERCISES = (
    Exercise(
        "00.1",
        level="compute it",
        judge=_judge_shares,
        reference=shares_of_the_third,
        typical={
            "no_mask": lambda: [0.2369, 0.0871, 0.0321, 0.6439],
            "masked_late": lambda: [0.2369, 0.0871, 0.0321, 0.0],
            "wrong_side": lambda: [0.0, 0.0, 0.0474, 0.9526],
            "no_exponential": lambda: [2 / 3, 1 / 3, 0.0, 0.0],
            "three_numbers": lambda: [0.6652, 0.2447, 0.0900],
            "itself_hidden": lambda: [0.7311, 0.2689, 0.0, 0.0],
            "percent": lambda: [66.5, 24.5, 9.0, 0.0],
            "sign": lambda: [0.09, 0.245, 0.665, 0.0],
            "base_two": lambda: [4 / 7, 2 / 7, 1 / 7, 0.0],
            "base_ten": lambda: [100 / 111, 10 / 111, 1 / 111, 0.0],
            "powers": lambda: [7.389, 2.718, 1.0, 0.0],
            "zero_score": lambda: [0.6103, 0.2245, 0.0826, 0.0826],
        },
    ),
    Exercise(
        "00.2",
        level="read it off",
        judge=_judge_head,
        reference=head_that_looks_back,
        typical={
            "swapped": lambda: (0, 3),
            "from_one": lambda: (4, 1),
            "finds_it_again": lambda: (5, 3),
            "counted_through": lambda: 18,
            "first_token": lambda: _best(_weights()[..., 0].mean(axis=-1)),
        },
        seconds=60.0,
    ),
    Exercise(
        "00.3",
        level="measure it",
        judge=_judge_chances,
        reference=chances_of_the_word,
        typical={
            "swapped": lambda: chances_of_the_word()[::-1],
            "one_late": lambda: softmax(_logits()[0])[_logits()[1], _logits()[2]],
            "logits": lambda: _logits()[0][[p - 1 for p in _logits()[1]], _logits()[2]],
            "percent": lambda: [100 * share for share in chances_of_the_word()],
            "ratio": lambda: chances_of_the_word()[1] / chances_of_the_word()[0],
            "surprise": lambda: -np.log(chances_of_the_word()),
            "bits": lambda: -np.log2(chances_of_the_word()),
            "one_early": lambda: softmax(_logits()[0])[[p - 2 for p in _logits()[1]], _logits()[2]],
            "over_positions": lambda: softmax(_logits()[0].T).T[
                [p - 1 for p in _logits()[1]], _logits()[2]
            ],
        },
        seconds=60.0,
    ),
    Exercise(
        "00.4",
        level="build it",
        judge=_judge_head_by_hand,
        reference=head_by_hand,
        builds=True,
        typical={
            "unscaled": lambda: lambda q, k, v: head_by_hand(2 * q, k, v),
            "no_mask": lambda: lambda q, k, v: softmax(q @ k.T / 2) @ v,
            "shares": lambda: lambda q, k, _: head_by_hand(q, k, np.eye(7)),
            "over_queries": lambda: _over_queries,
            "by_d": lambda: lambda q, k, v: head_by_hand(q / 2, k, v),
            "swapped": lambda: lambda q, k, v: head_by_hand(k, q, v),
            "sign": lambda: lambda q, k, v: head_by_hand(-q, k, v),
            "base_two": lambda: lambda q, k, v: head_by_hand(q * np.log(2), k, v),
            "masked_late": lambda: lambda q, k, v: np.tril(softmax(q @ k.T / 2)) @ v,
            "zero_score": lambda: lambda q, k, v: softmax(np.tril(q @ k.T / 2)) @ v,
            "percent": lambda: lambda q, k, v: 100 * head_by_hand(q, k, v),
        },
    ),
)


QUIZ = (
    Question("00.1", right="c"),
    Question("00.2", right="b"),
    Question("00.3", right="d"),
    Question("00.4", right="a"),
    Question("00.5", right="b"),
)
