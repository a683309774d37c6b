"""F and ΔF by the length of a text: the same texts, cut after more and more tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.experiments import compare
from gedig_edu.lab.experiments.catalogue import Columns
from gedig_edu.lab.experiments.compare import Compared
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.experiments.summary import (
    above,
    gauges,
    means,
    named,
    read_columns,
    rounded,
    sample,
    where,
)
from gedig_edu.lab.passages import Passage, cut
from gedig_edu.models.model import AttentionModel

if TYPE_CHECKING:
    import pandas as pd

CUTS = (8, 16, 32, 64, 128, 256)
AGAINST = {
    "delta_random": ("random", False),
    "delta_random_matched": ("random", True),
    "delta_row_shuffled": (compare.SHUFFLED, True),
    "delta_entropy_matched_matched": (compare.HEATED, True),
}
ENOUGH = 30


def measure(model: AttentionModel, text: str, setting: Setting, line: int) -> Columns:
    """Return the columns of `compare.measure`, and F and ΔF of the text's beginnings.

    ``F_16``, ``delta_random_16`` and so on are of the first 16 tokens, NaN in a shorter text.

    Raises
    ------
    GedigError
        If the model cannot read the text.
    """
    whole = compare.compared(model.attend(text), setting, line)
    columns = [compare.base(one, setting, line) for one in whole]
    for most in CUTS:
        if most > len(whole[0].maps):
            begun = [_nowhere(one) for one in whole]
        else:
            shorter = cut(Passage(line, text), most, model.tokenizer)
            maps = model.attend(shorter.text)
            begun = [_begun(one) for one in compare.compared(maps, setting, line)]
        for one, more in zip(columns, begun, strict=True):
            one |= {f"{name}_{most}": value for name, value in more.items()}
    return compare.joined(columns)


def _begun(one: Compared) -> dict[str, np.ndarray]:
    deltas = {
        name: one.delta(against, matched=matched) for name, (against, matched) in AGAINST.items()
    }
    return {"F": np.asarray(one.real.F), **deltas}


def _nowhere(one: Compared) -> dict[str, np.ndarray]:
    return {name: np.full(one.real.F.shape, np.nan) for name in ("F", *AGAINST)}


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return F and ΔF by length.

    Returns
    -------
    dict of str to DataFrame
        ``length``: one row a (gauge, length): the number of texts that are as long, and means over
        them with intervals. ``same_texts``: the same of the texts alone that reach the longest
        cut that 30 texts reach, so that nothing but the length differs; not there where no cut
        is reached by so many. ``sample``: texts and their lengths.
    """
    tokens = rows.groupby("text")["tokens"].first().to_numpy()
    reached = [most for most in CUTS if np.count_nonzero(tokens >= most) >= ENOUGH]
    same = where(rows, rows["tokens"].to_numpy() >= max(reached, default=np.inf))
    tables = {
        "length": _by_length(rows, CUTS),
        "same_texts": _by_length(same, reached),
        "sample": sample(rows),
    }
    return {name: table for name, table in tables.items() if len(table)}


def _by_length(rows: pd.DataFrame, cuts: Sequence[int]) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        for most in cuts:
            long = where(part, part["tokens"].to_numpy() >= most)
            if not len(long):
                continue
            read = read_columns(long, [f"{name}_{most}" for name in ("F", *AGAINST)])
            row: dict[str, object] = {
                "gauge": gauge,
                "tokens": most,
                "texts": len(read[f"F_{most}"]),
            }
            for name, told_of in means(read).items():
                row |= named(name.removesuffix(f"_{most}"), told_of)
            for name in AGAINST:
                row[f"share_positive_{name}"] = float(above(read[f"{name}_{most}"]).mean())
            told.append(row)
    return rounded(pd.DataFrame(told))
