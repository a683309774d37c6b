"""The gauge on attention: F = density - λ (entropy + γ · path gain), one number per map.

The threshold turns a map into a graph; density is what the graph costs, entropy and path gain are
what it buys. Two conventions are in use, the published text (`Gauge.paper`) and the authors'
scoring script (`Gauge.released`), and they differ in more than a constant: see each parameter.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError, check_choice, check_flag, check_number, known_names
from gedig_edu.shapes import Float
from gedig_edu.theory.engines.batch import MapBatch, collect
from gedig_edu.theory.engines.dispatch import engine_for, read_terms
from gedig_edu.theory.engines.given import EPSILON
from gedig_edu.theory.engines.refusals import refuse
from gedig_edu.theory.engines.rule import Rule
from gedig_edu.theory.paths import GAINS
from gedig_edu.theory.reading import Reading

if TYPE_CHECKING:
    import networkx as nx

POOLS = ("visible", "all")
ENTROPIES = ("cells", "support")

_DEFAULT_QUANTILE = 0.90
_SUPPORT_FLOOR = 1e-10
_TOLERANCE = 8.0


@known_names
@dataclass(frozen=True, kw_only=True, repr=False)
class Gauge:
    """How attention maps are read: threshold, terms and their weights.

    Parameters
    ----------
    lam, gamma : float
        The weights λ and γ in F = density - λ (entropy + γ · path_gain).
    quantile : float, optional
        In (0, 1): the threshold τ is this quantile of the pool, 0.90 where no threshold is given.
    threshold : float, optional
        An absolute τ instead; an edge is a weight strictly above τ.
    pool : {"visible", "all"}
        What the quantile is taken over: the weights that can be non-zero, or all valid cells,
        the zeros above the diagonal of a causal map included.
    entropy : {"cells", "support"}
        Relative to log n², or, over the cells above 1e-10 alone, to the log of their number.
    path : {"chain_gain", "inverse_length"}
        (ℓ_chain - ℓ)/ℓ_chain with ℓ_chain = (n + 1)/3, or 1/ℓ; ℓ is the mean shortest path of the
        largest component of n nodes. Of components of equal size the first convention takes the
        one with the smallest ℓ, the second the one with the lowest node.

    Raises
    ------
    GedigError
        If a value is not in the range stated, or quantile and threshold are both given.

    Examples
    --------
    >>> Gauge().quantile
    0.9
    >>> Gauge(quantile=90)
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: quantile=90 is out of range; give a finite number above 0 and
    below 1.
    """

    lam: float = 1.0
    gamma: float = 0.5
    quantile: float | None = None
    threshold: float | None = None
    pool: str = "visible"
    entropy: str = "cells"
    path: str = "chain_gain"

    def __post_init__(self) -> None:
        check_number("lam", self.lam)
        check_number("gamma", self.gamma)
        check_choice("pool", self.pool, POOLS)
        check_choice("entropy", self.entropy, ENTROPIES)
        check_choice("path", self.path, GAINS)
        if self.quantile is not None and self.threshold is not None:
            raise GedigError(
                f"quantile={self.quantile!r} and threshold={self.threshold!r} are both given; "
                "give the one that sets the threshold."
            )
        if self.threshold is not None:
            check_number("threshold", self.threshold, at_least=0)
            return
        quantile = _DEFAULT_QUANTILE if self.quantile is None else self.quantile
        object.__setattr__(self, "quantile", check_number("quantile", quantile, above=0, below=1))

    @classmethod
    @known_names
    def paper(
        cls,
        *,
        lam: float = 1.0,
        gamma: float = 0.5,
        quantile: float | None = None,
        threshold: float | None = None,
        pool: str = "visible",
        entropy: str = "cells",
        path: str = "chain_gain",
    ) -> Gauge:
        """Return the convention of the published text; see `Gauge` for what can be changed.

        Examples
        --------
        >>> Gauge.paper(lam=0.5)
        Gauge.paper(lam=0.5)
        >>> Gauge.paper(lamda=0.5)
        Traceback (most recent call last):
        gedig_edu.errors.GedigError: Gauge.paper has no lamda; choose among lam, gamma, quantile,
        threshold, pool, entropy, path.
        """
        return cls(
            lam=lam, gamma=gamma, quantile=quantile, threshold=threshold, pool=pool,
            entropy=entropy, path=path,
        )  # fmt: skip

    @classmethod
    @known_names
    def released(
        cls,
        *,
        lam: float = 0.5,
        gamma: float = 0.5,
        quantile: float | None = None,
        threshold: float | None = None,
        pool: str = "all",
        entropy: str = "support",
        path: str = "inverse_length",
    ) -> Gauge:
        """Return the convention of the authors' script; see `Gauge` for what can be changed.

        Examples
        --------
        >>> Gauge.released().lam, Gauge.released(lam=1.0).pool
        (0.5, 'all')
        """
        return cls(
            lam=lam, gamma=gamma, quantile=quantile, threshold=threshold, pool=pool,
            entropy=entropy, path=path,
        )  # fmt: skip

    def __repr__(self) -> str:
        changes = {
            name: [
                f"{field.name}={getattr(self, field.name)!r}"
                for field in fields(self)
                if getattr(self, field.name) not in (None, getattr(convention, field.name))
            ]
            for name, convention in _CONVENTIONS.items()
        }
        nearest = min(changes, key=lambda name: len(changes[name]))
        return f"Gauge.{nearest}({', '.join(changes[nearest])})"

    @known_names
    def read(
        self,
        weights: Float[Any, "*batch L L"],
        *,
        causal: bool,
        mask: Any = None,
        normalized: bool = True,
        engine: str | None = None,
    ) -> Reading:
        """Read F and its terms from attention maps.

        Parameters
        ----------
        weights : array or tensor [..., L, L], or a tuple of one a layer
            Row = query, column = key; float16, bfloat16 (torch), float32 or float64, with or
            without gradients. A tuple, as models of transformers return, is read as its stack.
        causal : bool
            Whether the maps are zero above the diagonal by construction.
        mask : bool array, optional
            Valid tokens: [L], [B, L] for weights [B, H, L, L] or [layers, B, H, L, L], or
            ``weights.shape[:-1]``;
            padding may lie on either side. The other rows and columns are removed first.
        normalized : bool
            Whether rows must sum to 1 within 8·eps(dtype)·√n.
        engine : {"numba", "numpy", "torch"}, optional
            By default the fastest for where the weights lie, and for maps of up to 128 tokens
            NumPy until numba is imported (`warm_up`).

        Raises
        ------
        GedigError
            If the weights are no attention maps; the sentence says where and why.

        Examples
        --------
        >>> reading = Gauge.paper().read(np.full((8, 8), 1 / 8), causal=False)
        >>> float(reading.F), float(reading.density), float(reading.entropy)
        (-1.0, 0.0, 1.0)
        """
        check_flag("causal", causal, "whether the model is causal")
        batch = collect(weights, mask)
        rule = self._rule(batch, causal=causal, normalized=normalized)
        terms, name = read_terms(batch, rule, engine=engine)
        suspects = np.flatnonzero(terms["suspect"])
        if len(suspects):
            refuse(batch, suspects, causal=causal, tolerance=rule.tolerance)
        return Reading.of_terms(
            terms.reshape(batch.leading),
            engine=name,
            per_cell=self.entropy == "cells",
            against_chain=self.path == "chain_gain",
            lam=self.lam,
            gamma=self.gamma,
        )

    @known_names
    def graph(
        self,
        weights: Float[Any, "L L"],
        *,
        causal: bool,
        mask: Any = None,
        normalized: bool = True,
    ) -> nx.DiGraph:
        """Return one map's graph: an edge i → j, with its weight, where the weight exceeds τ.

        Nodes are the positions of the valid tokens; τ stands in ``graph.graph["threshold"]``.

        Raises
        ------
        GedigError
            If `weights` is not one map [L, L], or no attention map.

        Examples
        --------
        >>> graph = Gauge(threshold=0.3).graph([[1.0, 0.0], [0.25, 0.75]], causal=True)
        >>> sorted(graph.edges(data="weight"))
        [(0, 0, 1.0), (1, 1, 0.75)]
        """
        import networkx as nx

        reading = self.read(weights, causal=causal, mask=mask, normalized=normalized)
        if reading.threshold.size != 1:
            raise GedigError(
                f"weights hold {reading.threshold.size} maps; give one, [L, L], for instance "
                "weights[layer, head]."
            )
        batch = collect(weights, mask)
        tokens, cells = batch.tokens(0), batch.original(0)
        cells = cells[np.ix_(tokens, tokens)]
        graph = nx.DiGraph(threshold=reading.threshold.item())
        graph.add_nodes_from(tokens.tolist())
        rows, columns = np.nonzero(cells > reading.threshold)
        ends = (tokens[rows].tolist(), tokens[columns].tolist(), cells[rows, columns].tolist())
        graph.add_weighted_edges_from(zip(*ends, strict=True))
        return graph

    def _rule(self, batch: MapBatch, *, causal: bool, normalized: bool) -> Rule:
        return Rule(
            causal=bool(causal),
            pool_all=self.pool == "all",
            lowest_tie=self.path == "inverse_length",
            quantile=np.nan if self.quantile is None else float(self.quantile),
            threshold=np.nan if self.threshold is None else float(self.threshold),
            floor=_SUPPORT_FLOOR if self.entropy == "support" else 0.0,
            tolerance=_TOLERANCE * EPSILON[batch.dtype] if normalized else np.inf,
        )


_CONVENTIONS = {"paper": Gauge.paper(), "released": Gauge.released()}


def warm_up(*, background: bool = False) -> None:
    """Compile the engine, or load it from numba's cache, before the first reading needs it.

    Parameters
    ----------
    background : bool
        Return at once and compile in a thread; a reading of short maps that comes sooner does
        without, one of long maps waits for it.

    Examples
    --------
    >>> warm_up()
    """
    if background:
        threading.Thread(target=engine_for, name="gauge-warm-up", daemon=True).start()
    else:
        engine_for()
