"""The experiments by name; each is a module of this folder, imported when it is asked for."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.models.model import AttentionModel
from gedig_edu.words import refusal

if TYPE_CHECKING:
    import pandas as pd

Columns: TypeAlias = Mapping[str, np.ndarray]
"""Columns of equal length by name: one row a (layer, head, gauge) of one text."""

NAMES = (
    "table2", "layers", "thresholds", "lambda_scan", "decomposition", "fingerprint",
    "interventions", "quality", "head_roles", "length",
)  # fmt: skip


class Experiment(NamedTuple):
    """What is measured on one text, and what the rows of all texts say.

    Attributes
    ----------
    name : str
    measure : callable
        Takes a model, a text, the setting and the text's line, from which its random numbers
        come; returns columns, ``layer``, ``head`` and ``gauge`` among them. Raises `GedigError`
        for a text that cannot be measured.
    tables : callable
        Takes all rows and returns small tables by name.
    """

    name: str
    measure: Callable[[AttentionModel, str, Setting, int], Columns]
    tables: Callable[[pd.DataFrame], dict[str, pd.DataFrame]]


class _Catalogue(Mapping[str, Experiment]):
    """The experiments by name; a module is imported when its experiment is asked for."""

    def __getitem__(self, name: str) -> Experiment:
        if name not in list(self):
            raise KeyError(name)
        module = import_module(f"gedig_edu.lab.experiments.{name}")
        return Experiment(name, module.measure, module.tables)

    def __iter__(self) -> Iterator[str]:
        folder = Path(__file__).parent
        return (name for name in NAMES if (folder / f"{name}.py").is_file())

    def __len__(self) -> int:
        return len(list(iter(self)))


EXPERIMENTS: Mapping[str, Experiment] = _Catalogue()
OF_TRAINING = ("grokking",)  # what `gedig-edu experiment` does besides: it needs no model, no texts


def find(name: str) -> Experiment:
    """Return the experiment of that name.

    Raises
    ------
    GedigError
        If there is none; names that look alike are said.

    Examples
    --------
    >>> find("tabel2")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: There is no experiment 'tabel2'; did you mean 'table2'?
    """
    if name in EXPERIMENTS:
        return EXPERIMENTS[name]
    names = [*EXPERIMENTS, *OF_TRAINING]
    known = ", ".join(map(repr, names))
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if near:
        raise refusal("experiment.near", name=name, near=", ".join(map(repr, near)))
    raise refusal("experiment.unknown", name=name, known=known)
