"""What the picture of two texts shows: one prompt, written on at every strength of the track."""

from __future__ import annotations

from typing import Any

import numpy as np

from gedig_edu.lab.memory import Fields, Telling, write
from gedig_edu.models import AttentionModel
from gedig_edu.views.widgets.two_texts import STRENGTHS

LONGEST = 24  # tokens of a prompt


def grooves(
    model: AttentionModel, prompt: str, *, tokens: int = 32, seed: int = 0
) -> dict[str, Any]:
    """Let a decoder write on at each strength, by the track and by the same wells moved.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    prompt : str
        Of a longer one, its last 24 tokens.
    tokens : int
        How many to write at most.
    seed : int
        Of all texts.

    Returns
    -------
    dict
        What `gedig_edu.views.widgets.two_texts.TwoTexts` takes.

    Raises
    ------
    GedigError
        If the prompt cannot be read, or the model writes nothing.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> found = grooves(load("gpt2-mini"), "The boat came home", tokens=2)
    >>> found["prompt"], np.shape(found["looks"])
    (['The', ' boat', ' came', ' home'], (18, 2, 6))
    """
    prompt = last_part(model, prompt)
    told = [
        write(model, prompt, tokens=tokens, fields=Fields(track=w, moved=moved), seed=seed)
        for moved in (False, True)
        for w in STRENGTHS
    ]
    begun = told[0].tokens[: told[0].prompt]
    written = [list(one.written) for one in told]
    longest = max(map(len, written))
    looks = np.zeros((len(told), longest, len(begun) + longest))
    for look, one in zip(looks, told, strict=True):
        _fill(look, one)
    return {"prompt": list(begun), "written": written, "looks": looks.round(3)}


def last_part(model: AttentionModel, text: str) -> str:
    """Return the end of a text, from its 24th token from behind on."""
    offsets = model.encode(text).offsets
    return text[offsets[max(0, len(offsets) - LONGEST)][0] :]


def _fill(look: np.ndarray, one: Telling) -> None:
    seen = np.nan_to_num(one.attention)[: len(one.written)]
    look[: len(seen), : seen.shape[1]] = seen
