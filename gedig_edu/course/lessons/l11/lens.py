"""What the picture of depth that stops shows: a text as each layer of a decoder would go on."""

from __future__ import annotations

from typing import Any

from gedig_edu.lab.settling import lens_and_ids, settling_of
from gedig_edu.models import AttentionModel

LONGEST = 15  # tokens that have a next one
EXACT = 6  # digits behind the point, nats


def lens_of(model: AttentionModel, text: str) -> dict[str, Any]:
    """Return what each layer would say next, how far it changes that, and what it costs.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    text : str
        At least two tokens; of a longer one, the first 16.

    Returns
    -------
    dict
        What `gedig_edu.views.widgets.lens_settling.LensSettling` takes.

    Raises
    ------
    GedigError
        As `gedig_edu.lab.settling.settling` does.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> found = lens_of(load("gpt2-mini"), "The boat came home")
    >>> found["tokens"], len(found["says"]), found["loss"].shape
    (['The', ' boat', ' came', ' home'], 7, (7, 3))
    """
    lens, ids = lens_and_ids(model, text)
    found = settling_of(lens, ids)
    tokens = list(model.encode(text).tokens[: LONGEST + 1])
    shown = len(tokens) - 1
    likeliest = lens[:, :shown].argmax(axis=-1)  # [layers + 1, n]
    return {
        "tokens": tokens,
        "says": [[model.tokenizer.decode([int(one)]) for one in row] for row in likeliest],
        "change": found.change[:, :shown].round(EXACT),
        "left": found.left[:, :shown].round(EXACT),
        "loss": found.loss[:, :shown].round(EXACT),
    }
