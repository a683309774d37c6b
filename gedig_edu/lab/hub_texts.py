"""Texts from the hub, through ``datasets``: those that the published figures were measured on."""

from __future__ import annotations

import importlib
from typing import NamedTuple

from gedig_edu.words import refusal


class HubTexts(NamedTuple):
    """Where a set of texts lies on the hub.

    Attributes
    ----------
    repository, configuration, split, column : str
    """

    repository: str
    configuration: str | None
    split: str
    column: str


SETS = {
    "wikitext": HubTexts("Salesforce/wikitext", "wikitext-2-v1", "validation", "text"),
    "sst2": HubTexts("stanfordnlp/sst2", None, "validation", "sentence"),
}


def read(name: str) -> list[str]:
    """Return the texts of a set in their order, blank ones too.

    What ``datasets`` has in its cache is taken from there where the hub does not answer within
    three seconds.

    Raises
    ------
    GedigError
        If ``datasets`` is missing, or the texts are neither in its cache nor to be had.
    """
    from gedig_edu.models import hub

    try:
        datasets = importlib.import_module("datasets")
    except ImportError as missing:
        raise refusal("experiment.extra", name="datasets") from missing
    wanted = SETS[name]
    answered = hub.answers(wanted.repository)
    config = datasets.config
    before = config.HF_HUB_OFFLINE
    config.HF_HUB_OFFLINE = before or not answered  # or it asks for 49 s before it looks here
    try:
        rows = datasets.load_dataset(wanted.repository, wanted.configuration, split=wanted.split)
        return list(rows[wanted.column])
    except Exception as trouble:  # the library's own kinds of trouble are many
        key = "not_fetched" if answered else "hub_silent"
        reason = str(trouble).partition("\n")[0]
        told = {"name": name, "repository": wanted.repository, "reason": reason}
        raise refusal(f"experiment.{key}", **told) from trouble
    finally:
        config.HF_HUB_OFFLINE = before
