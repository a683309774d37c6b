"""The numbers that a model card of ours states, measured in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import check_whole
from gedig_edu.lab.evaluation import RepeatedRandom, bits_per_character, repeated_random
from gedig_edu.lab.hypotheses import h1_summary, h1_table
from gedig_edu.models import load

if TYPE_CHECKING:
    from gedig_edu.models import AttentionModel

PROMPTS = (
    "It was a dark night, and the",
    "“I do not know,” said the captain,",
    "The old house at the end of the street",
    "My dear sister, I have",
    "In the morning they found",
)
CONTINUED = 40  # tokens


def measure_card(
    folder: Path | str, *, held_out: Mapping[str, str], sentences: Sequence[str], seed: int = 0
) -> dict[str, Any]:
    """Measure what the card of a small language model states.

    Parameters
    ----------
    folder : path
        A model folder as `pretrain` writes it.
    held_out : mapping of str to str
        Texts that training never saw, by name.
    sentences : sequence of str
        Read for H1, with `Gauge.released`.
    seed : int
        Of the random sequences, the random baselines and the sampled continuations.

    Returns
    -------
    dict
        ``bits_per_character`` by text, with windows that overlap by half and with windows that
        do not; ``repeated_random``; ``heads``; ``h1`` and ``h1_by_layer``; ``continuations``.
    """
    import pandas as pd

    seed = check_whole("seed", seed, at_least=0)
    model = load(str(folder))
    network, tokenizer = model.network, model.tokenizer
    whole: Any = network
    table = h1_table(model.attend_many(sentences), seed=seed)
    by_layer = h1_summary(table, by="layer")["share_positive"].unstack("baseline")
    return {
        "bits_per_character": {
            name: {
                "half_new": round(bits_per_character(whole, tokenizer, text), 4),
                "all_new": round(
                    bits_per_character(whole, tokenizer, text, fresh=model.context), 4
                ),
            }
            for name, text in held_out.items()
        },
        **_heads(repeated_random(whole, seed=seed)),
        "h1": h1_summary(table).round(4).to_dict("index"),
        "h1_by_layer": pd.DataFrame(by_layer).round(3).to_dict("index"),
        "continuations": _continuations(model, seed=seed),
    }


def _heads(read: RepeatedRandom) -> dict[str, Any]:
    def best(scores: np.ndarray) -> dict[str, Any]:
        layer, head = np.unravel_index(scores.argmax(), scores.shape)
        return {"head": f"{layer}.{head}", "score": round(float(scores.max()), 4)}

    halves = {"first_half": read.first_half, "second_half": read.second_half, "gain": read.gain}
    return {
        "repeated_random": {name: round(value, 4) for name, value in halves.items()},
        "heads": {"previous_token": best(read.previous_token), "induction": best(read.induction)},
    }


def _continuations(model: AttentionModel, *, seed: int) -> list[dict[str, str]]:
    return [
        {
            "prompt": prompt,
            "greedy": model.generate(prompt, tokens=CONTINUED),
            "sampled": model.generate(
                prompt, tokens=CONTINUED, temperature_sampling=0.8, seed=seed
            ),
        }
        for prompt in PROMPTS
    ]
