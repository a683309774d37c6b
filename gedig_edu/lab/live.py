"""F for every head of one text, beside the baselines it has to be held against."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.lab.statistics import DeltaSummary, summarise
from gedig_edu.shapes import Bool, Float, Shaped
from gedig_edu.theory.comparison import BASELINES, TERMS, Comparison
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps, check_maps
from gedig_edu.words import word

if TYPE_CHECKING:
    import pandas as pd


class Attends(Protocol):
    """Anything that turns a text into attention maps."""

    def attend(self, text: str, /) -> AttentionMaps:
        """Return the attention maps of `text`."""
        ...


SHORT = 16
"""Below so many tokens a graph has a handful of links, and F is nearly the entropy alone."""


@dataclass(frozen=True, eq=False, repr=False)
class LiveReading(Comparison):
    """A comparison as tables, and as what files of them hold.

    Attributes
    ----------
    text : str
        What was read, "" where only maps were given.
    """

    text: str = ""

    @property
    def links(self) -> tuple[int, int]:
        """The fewest and the most links that the graph of a head has, self-loops included."""
        return int(self.real.edges.min()), int(self.real.edges.max())

    @property
    def warning(self) -> str:
        """What to bear in mind of a text of fewer than `SHORT` tokens; "" of a longer one."""
        if len(self.maps) >= SHORT:
            return ""
        found = {"tokens": len(self.maps), "links": span(self.links)}
        return word("cli.live.short", **found, enough=SHORT)

    @property
    def tokens(self) -> tuple[int, int]:
        """The fewest and the most tokens of what was read: one text, so its own, twice."""
        return len(self.maps), len(self.maps)

    def as_map(self, column: str) -> Float[np.ndarray, "layers heads"]:
        """Return a column of the table as layers × heads."""
        return self.columns()[column].reshape(self.real.F.shape)

    def columns(self, *, matched: bool | None = None) -> dict[str, Shaped[np.ndarray, " rows"]]:
        """Return `table` as one array a column, which needs no pandas."""
        layer, head = np.indices(self.real.F.shape)
        columns: dict[str, np.ndarray] = {"layer": np.asarray(layer), "head": np.asarray(head)}
        for name in (*TERMS, "path_length", "F"):
            columns[name] = np.asarray(getattr(self.real, name))
        for name in self.names:
            columns[f"delta_{name}"] = self.delta(name, matched=matched)
        return {name: values.ravel() for name, values in columns.items()}

    def table(self, *, matched: bool | None = None) -> pd.DataFrame:
        """Return one row per head: its terms, F, and ΔF against each baseline.

        Columns: layer, head, density, entropy, path_gain, path_length, F, ``delta_<baseline>``.
        """
        import pandas as pd

        return pd.DataFrame(self.columns(matched=matched))

    def summaries(self, *, matched: bool | None = None) -> dict[str, DeltaSummary]:
        """Return what ΔF against each baseline says, by its name."""
        return {name: summarise(self.delta(name, matched=matched)) for name in self.names}

    def summary(self, *, matched: bool | None = None) -> pd.DataFrame:
        """Return one row per baseline: mean ΔF, spread, share above zero, effect size."""
        import pandas as pd

        rows = {name: one.to_dict() for name, one in self.summaries(matched=matched).items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("baseline")

    def hubs(self, layer: int, head: int) -> pd.DataFrame:
        """Return the tokens of one head's graph by degree, the best connected first.

        Columns: position, token, degree (other tokens joined to it, either way) and
        looked_at_by (other tokens with an edge to it).
        """
        import pandas as pd

        edges = self.edges(layer, head) & ~np.eye(len(self.maps), dtype=bool)
        rows = {
            "position": np.arange(len(self.maps)),
            "token": self.maps.tokens,
            "degree": self.degree(layer, head),
            "looked_at_by": edges.sum(axis=0),
        }
        order = ["degree", "looked_at_by", "position"]
        frame = pd.DataFrame(rows).sort_values(order, ascending=[False, False, True])
        return frame.reset_index(drop=True)

    @property
    def settings(self) -> dict[str, Any]:
        """Return how it was read: model, mask, gauge, kind of baselines and seed."""
        return {
            "model": self.maps.model,
            "causal": self.maps.causal,
            "gauge": {n: getattr(self.gauge, n) for n in self.gauge.__dataclass_fields__},
            "matched": self.matched,
            "seed": self.seed,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return everything that can be written as JSON: settings, text, summary, heads."""
        heads = [plain(row) for row in rows_of(self.columns())]
        return self.settings | self.content() | {"heads": heads}

    def content(self) -> dict[str, Any]:
        """Return what is said of the text as a whole, as JSON values: NaN as None."""
        return {
            "text": self.text,
            "tokens": list(self.maps.tokens),
            "warning": self.warning or None,
            "draws": self.draws,
            "summary": {n: plain(one.to_dict()) for n, one in self.summaries().items()},
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)

    def to_csv(self) -> str:
        """Return `table` as CSV text."""
        return csv_of(self.columns())


def live(
    model_or_maps: Attends | AttentionMaps,
    text: str | None = None,
    *,
    gauge: Gauge,
    baselines: Sequence[str] = BASELINES,
    matched: bool = False,
    seed: int = 0,
    draws: int | None = None,
) -> LiveReading:
    """Read F for every head of a text, with the baselines of the same length beside it.

    Special tokens are kept; `without_tokens` takes them (or a first-token sink) out before.
    `random` and `row_shuffled` are averaged over seeded draws, and every draw stays in the
    record. One shuffle of a SmolLM2 head scatters in F by about 0.01 at 28 tokens and by 0.0001
    at 168, so short texts get more draws (`draws_for`).

    Parameters
    ----------
    model_or_maps : model with ``attend(text)``, or AttentionMaps
        What to read. With maps, `text` is not needed.
    text : str, optional
        The text for the model.
    gauge : Gauge
        Convention, threshold, λ and γ.
    baselines : sequence of str
        Some of ``BASELINES``.
    matched : bool
        Whether ΔF is taken against baselines with the model's own mask by default; both
        kinds are read.
    seed : int
        Seed of the random baselines, at least 0.
    draws : int, optional
        Draws of each random baseline, at least 1; by default as many as the length needs.

    Raises
    ------
    GedigError
        If a model comes without a text, a baseline is unknown, `draws` is no whole number above 0
        or `seed` none of at least 0.

    Examples
    --------
    >>> rows = np.full((1, 2, 3, 3), 1 / 3)
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b", " c"), weights=rows.astype(np.float32), causal=False,
    ...     special=np.zeros(3, bool), offsets=np.zeros((3, 2), int), model="uniform")
    >>> reading = live(maps, gauge=Gauge.paper())
    >>> reading.delta("uniform").round(6).tolist()
    [[0.0, 0.0]]
    """
    maps = _maps_of(model_or_maps, text)
    reading = LiveReading.read(
        maps, gauge, names=baselines, matched=matched, seed=seed, draws=draws
    )
    reading = replace(reading, text=text or "")
    for name, masked in product(reading.names, (False, True)):
        reading.baseline(name, matched=masked)
    return reading


def without_tokens(maps: AttentionMaps, drop: Bool[np.ndarray, " L"]) -> AttentionMaps:
    """Return the maps without some tokens, the rows of the others renormalised.

    Parameters
    ----------
    maps : AttentionMaps
        The maps as the model made them.
    drop : bool array [L]
        True for tokens to leave out, for example ``maps.special`` or a first-token sink.

    Raises
    ------
    GedigError
        If no token would be left, or a row keeps no weight.

    Examples
    --------
    >>> weights = np.array([[[[1, 0, 0], [0.5, 0.5, 0], [0.6, 0.1, 0.3]]]], dtype=np.float32)
    >>> maps = AttentionMaps(
    ...     tokens=("<s>", "a", " b"), weights=weights, causal=True,
    ...     special=np.array([True, False, False]), offsets=np.zeros((3, 2), int), model="tiny")
    >>> without_tokens(maps, maps.special).weights[0, 0].round(2).tolist()
    [[1.0, 0.0], [0.25, 0.75]]
    """
    keep = np.flatnonzero(~np.asarray(drop, dtype=bool))
    if keep.size == 0:
        raise GedigError("Every token would be dropped; keep at least one.")
    kept = maps.weights[..., keep[:, None], keep].astype(np.float64)
    mass = kept.sum(axis=-1, keepdims=True)
    if not (mass > 0).all():
        layer, head, row, _ = np.argwhere(mass <= 0)[0]
        raise GedigError(
            f"Token {maps.tokens[keep[row]]!r} of head {layer}.{head} looks only at dropped "
            "tokens; keep one that it looks at."
        )
    return replace(
        maps,
        tokens=tuple(maps.tokens[position] for position in keep),
        weights=(kept / mass).astype(np.float32),
        special=maps.special[keep],
        offsets=maps.offsets[keep],
        sink=None,
    )


def _maps_of(model_or_maps: Attends | AttentionMaps, text: str | None) -> AttentionMaps:
    if isinstance(model_or_maps, AttentionMaps):
        return model_or_maps
    if not hasattr(model_or_maps, "attend"):
        check_maps(model_or_maps)
    if text is None:
        raise GedigError("A model was given without a text; give the text to read.")
    return model_or_maps.attend(text)


def span(ends: tuple[int, int]) -> str:
    """Return the fewest and the most in words, one number where they are the same.

    Examples
    --------
    >>> span((7, 7)), span((7, 9))
    ('7', '7 to 9')
    """
    low, high = ends
    return str(low) if low == high else word("cli.live.range", low=low, high=high)


def rows_of(columns: Mapping[str, Shaped[np.ndarray, " rows"]]) -> Iterator[dict[str, Any]]:
    """Return columns as one dict a row, of Python's own numbers.

    Examples
    --------
    >>> list(rows_of({"layer": np.array([0, 1]), "F": np.array([-0.5, -0.25])}))
    [{'layer': 0, 'F': -0.5}, {'layer': 1, 'F': -0.25}]
    """
    for row in zip(*(values.tolist() for values in columns.values()), strict=True):
        yield dict(zip(columns, row, strict=True))


def csv_of(columns: Mapping[str, Shaped[np.ndarray, " rows"]]) -> str:
    r"""Return columns as CSV text, NaN as an empty field.

    Examples
    --------
    >>> csv_of({"layer": np.array([0, 1]), "F": np.array([-0.5, np.nan])})
    'layer,F\n0,-0.5\n1,\n'
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(plain(row).values() for row in rows_of(columns))
    return written.getvalue()


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON and CSV can hold it: what is no finite number as None.

    Examples
    --------
    >>> plain({"layer": 0, "path_length": float("nan")})
    {'layer': 0, 'path_length': None}
    """
    floats = {name: value for name, value in row.items() if isinstance(value, float)}
    return {**row, **{n: value if math.isfinite(value) else None for n, value in floats.items()}}
