"""How good a small language model is: bits per character, and whether it can repeat."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.errors import check_whole
from gedig_edu.shapes import Brief, Float, Int
from gedig_edu.theory.heads import induction_score, previous_token_score

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import GPT2LMHeadModel


def bits_per_character(
    model: GPT2LMHeadModel, tokenizer: Tokenizer, text: str, *, fresh: int | None = None
) -> float:
    """Return the mean cost of a character of `text` under `model`.

    The sum over all tokens of -log2 p(token | what came before), over the number of characters.
    Windows fill the model's context; each scores its last `fresh` tokens, so that every token
    is scored once. The first window starts from token 0, the end of a text before.

    Parameters
    ----------
    model : GPT2LMHeadModel
    tokenizer : tokenizers.Tokenizer
    text : str
    fresh : int, optional
        Tokens scored in a window: half the context by default; the whole context gives the
        cheaper figure of windows that do not overlap.

    Returns
    -------
    float, bits per character
    """
    import torch

    context = model.config.n_positions
    fresh = context // 2 if fresh is None else fresh
    fresh = check_whole("fresh", fresh, at_least=1, at_most=context)
    tokens = np.concatenate([[0], tokenizer.encode(text).ids])
    total = 0.0
    for first in range(1, tokens.size, fresh):
        stop = min(first + fresh, tokens.size)
        window = torch.from_numpy(tokens[max(0, stop - 1 - context) : stop])
        total += _token_losses(model, window[None])[0, first - stop :].sum()
    return total / math.log(2) / len(text)


@dataclass(frozen=True, repr=False)
class RepeatedRandom(Brief):
    """What a model does on random tokens said twice.

    Attributes
    ----------
    first_half, second_half : float
        Mean loss in nats per token.
    previous_token, induction : float array [layers, heads]
        Scores of every head on these sequences.
    """

    first_half: float
    second_half: float
    previous_token: Float[np.ndarray, "layers heads"]
    induction: Float[np.ndarray, "layers heads"]

    @property
    def gain(self) -> float:
        """Nats per token by which the second half is cheaper than the first."""
        return self.first_half - self.second_half


def repeated_random(
    model: GPT2LMHeadModel, *, period: int | None = None, sequences: int = 16, seed: int = 0
) -> RepeatedRandom:
    """Read losses and head scores off random token sequences repeated twice.

    Parameters
    ----------
    model : GPT2LMHeadModel
        With eager attention, since the weights themselves are read.
    period : int, optional
        Tokens in one occurrence: a quarter of the context by default.
    sequences : int
        Number of sequences.
    seed : int
    """
    import torch

    period = model.config.n_positions // 4 if period is None else period
    size = (
        check_whole("sequences", sequences, at_least=1),
        check_whole("period", period, at_least=1),
    )
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    half = rng.integers(1, model.config.vocab_size, size=size)
    rows = torch.from_numpy(np.concatenate([half, half], axis=1))
    losses = _token_losses(model, rows)  # [sequences, 2 * period - 1]
    with torch.inference_mode():
        attentions = model(input_ids=rows, output_attentions=True).attentions
    weights = torch.stack(attentions).numpy()  # [layers, sequences, heads, L, L]
    return RepeatedRandom(
        first_half=float(losses[:, : period - 1].mean()),
        second_half=float(losses[:, period - 1 :].mean()),
        previous_token=previous_token_score(weights).mean(axis=1),
        induction=induction_score(weights, period=period).mean(axis=1),
    )


def _token_losses(
    model: GPT2LMHeadModel, rows: Int[torch.Tensor, "rows L"]
) -> Float[np.ndarray, "rows L-1"]:
    import torch

    with torch.inference_mode():
        logits = model(input_ids=rows[:, :-1]).logits.float()  # [rows, L - 1, vocabulary]
        losses = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), rows[:, 1:].flatten(), reduction="none"
        )
    return losses.view(rows.shape[0], -1).double().numpy()
