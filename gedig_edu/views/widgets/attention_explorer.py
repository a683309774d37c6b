"""Every head of a text at a glance, and one or two of them as arcs, matrix and graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_choice, check_number, check_whole
from gedig_edu.shapes import Float
from gedig_edu.theory.comparison import BASELINES, TERMS, Comparison
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.heads import head_scores, telling_query
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views.packing import MASKS, pack_about, pack_edges, pack_numbers, pack_picture
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.standalone import stands_alone
from gedig_edu.views.widgets.told import failure_told, weakly
from gedig_edu.views.widgets.traits import Finite, Whole
from gedig_edu.words import section
from gedig_edu.words.numbers import fill

PAPER = Gauge.paper()
QUANTITIES = ("F", "delta", *TERMS, "previous", "induction")
READ = ("path_length", "threshold", "edges", "nodes")
LABEL_WIDTH = 24


class AttentionExplorer(Hero):
    """Explore the heads of one text: a map of all, and the chosen one as arcs, matrix and graph.

    λ and γ answer in the page, from exact terms; the quantile, a baseline and a layer not seen
    before ask the kernel. Weights travel as bytes for their picture alone, edges as bits, and
    each layer when the page first shows it. A page that will have no kernel gets all of it at once
    (`standalone`), and the quantile is disabled there. The traits named in `state` are what a
    learner sets; `values`, `numbers` and `sentence` are what the page then shows.

    Parameters
    ----------
    maps : AttentionMaps
        What to explore.
    gauge : Gauge
        Convention, threshold, λ and γ; with an absolute threshold there is no quantile to move.
    quantity : str
        What colours the map and sorts the list: "F", "delta" (ΔF against `baseline`), "density",
        "entropy", "path_gain", "previous" (previous-token score) or "induction".
    baseline : str
        "random", "uniform", "local", "diagonal" or "row_shuffled".
    matched : bool
        Whether a causal model's baseline sees only what the model sees.
    period : int, optional
        Where the text repeats: tokens from one occurrence to the next. "induction" needs it.
    layer, head : int, optional
        The head to open with; the one of highest F if neither is given. The token to open with is
        its `telling_query`, so that there is a look to see.
    seed : int
        Seed of the random baselines.

    Raises
    ------
    GedigError
        If `maps` are no attention maps, or empty; if a name is not known or a number out of range.

    Examples
    --------
    >>> weights = np.array([[[[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.1, 0.8, 0.1]]]], np.float32)
    >>> maps = AttentionMaps(
    ...     tokens=("The", " cat", " sat"), weights=weights, causal=True,
    ...     special=np.zeros(3, bool), offsets=np.zeros((3, 2), int), model="example")
    >>> explorer = AttentionExplorer(maps, quantity="previous")
    >>> explorer.values.round(2).tolist()
    [[0.85]]
    >>> print(explorer.sentence.split(".")[0] + "." + explorer.sentence.split(".")[1])
    Head 0.0 of example looks at the previous token 85...% of the time, ...
    """

    script = "heads/explorer.js"
    _css = styles("kit/frame.css", "kit/off.css", "heads/heads.css", "heads/explorer.css")
    section = "attention_explorer"
    needs_kernel = True
    state = (
        "layer", "head", "query", "pinned", "quantity", "baseline", "matched", "lam", "gamma",
        "quantile",
    )  # fmt: skip
    controls = (
        Control("quantile", "slider", 0.5, 0.99, 0.01),
        Control("lam", "slider", 0, 2, 0.05),
        Control("gamma", "slider", 0, 2, 0.05),
    )
    readouts = ("F", "density", "entropy", "path_gain", "path_length", "previous")

    layer = Whole(0).tag(sync=True)
    head = Whole(0).tag(sync=True)
    query = Whole(0).tag(sync=True)
    pinned = traitlets.List(Whole()).tag(sync=True)
    quantity = traitlets.Enum(QUANTITIES, "F").tag(sync=True)
    baseline = traitlets.Enum(BASELINES, "random").tag(sync=True)
    matched = traitlets.Bool(False).tag(sync=True)
    lam = Finite(1.0).tag(sync=True)
    gamma = Finite(0.5).tag(sync=True)
    quantile = Finite(0.9).tag(sync=True)

    about = traitlets.Dict().tag(sync=True)
    overview = traitlets.Dict().tag(sync=True)
    against = traitlets.Dict().tag(sync=True)
    pictures = traitlets.Dict().tag(sync=True)
    edges = traitlets.Dict().tag(sync=True)
    ask = traitlets.Dict().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    standalone = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        maps: AttentionMaps,
        *,
        gauge: Gauge = PAPER,
        quantity: str = "F",
        baseline: str = "random",
        matched: bool = False,
        period: int | None = None,
        layer: int | None = None,
        head: int | None = None,
        seed: int = 0,
    ) -> None:
        check_choice("quantity", quantity, QUANTITIES)
        check_choice("baseline", baseline, BASELINES)
        self._heads = heads = Comparison.read(maps, gauge, seed=seed)
        self._scores, self._count = head_scores(maps, period=period), 0
        if layer is None and head is None:
            layer, head = divmod(int(heads.real.F.argmax()), maps.heads)
        layer, head = self._place("layer", layer or 0), self._place("head", head or 0)
        super().__init__(
            layer=layer, head=head, query=telling_query(maps.weights[layer, head]),
            quantity=quantity, baseline=baseline, matched=matched,
            lam=gauge.lam, gamma=gauge.gamma, standalone=stands_alone(maps),
            about=pack_about(maps, width=LABEL_WIDTH) | {"induction": "induction" in self._scores},
            quantile=PAPER.quantile if gauge.quantile is None else gauge.quantile,
        )  # fmt: skip
        self._send_reading()
        self._send_pictures(self._shown_layers)
        self.observe(weakly(self._read_again), names=["quantile"])
        self.observe(weakly(self._send_baseline), names=["quantity", "baseline", "matched"])
        self.observe(weakly(self._answer), names=["ask"])

    # ---- what it shows --------------------------------------------------------------------

    @property
    def gauge(self) -> Gauge:
        """The gauge of the controls; an absolute threshold stays what it is."""
        changes = {"lam": self.lam, "gamma": self.gamma}
        if self._heads.gauge.threshold is None:
            changes["quantile"] = self.quantile
        return replace(self._heads.gauge, **changes)

    @property
    def explored(self) -> Comparison:
        """Every head as the controls weigh it."""
        return self._heads.again(self.gauge)

    @property
    def values(self) -> Float[np.ndarray, "layers heads"]:
        """The chosen quantity of every head."""
        if self.quantity == "delta":
            return self.explored.delta(self.baseline, matched=self.matched)
        return self._quantity(self.explored, self.quantity)

    @property
    def numbers(self) -> dict[str, Any]:
        """The readout of the chosen head, and the quantity of all; the page has the same."""
        return plain(self._of_head(self.layer, self.head) | {"values": self.values.ravel()})

    @property
    def sentence(self) -> str:
        """The text alternative: the chosen head, its graph, the chosen token, the pinned head."""
        now = self._told(self.layer, self.head) | self._of_graph()
        graph = "sentence_graph" if now["links"] else "sentence_no_graph"
        said = [(name, now) for name in ("sentence", graph, "sentence_token")]
        if self.pinned:
            said.append(("sentence_pinned", self._told(*self.pinned)))
        words = self.frame["words"]
        return " ".join(fill(words[name], numbers) for name, numbers in said)

    # ---- what a learner may set -----------------------------------------------------------

    @traitlets.validate("layer", "head", "query")
    def _check_place(self, proposal: Any) -> int:
        return self._place(proposal["trait"].name, proposal["value"])

    @traitlets.validate("pinned")
    def _check_pinned(self, proposal: Any) -> list[int]:
        pinned = proposal["value"]
        if pinned and len(pinned) != 2:
            raise GedigError(f"pinned={pinned!r} is no head; give [layer, head], or [] for none.")
        return [self._place(name, at) for name, at in zip(("layer", "head"), pinned, strict=False)]

    @traitlets.validate("quantile")
    def _check_quantile(self, proposal: Any) -> float:
        return check_number("quantile", proposal["value"], above=0, below=1)

    @traitlets.validate("quantity")
    def _check_quantity(self, proposal: Any) -> str:
        if proposal["value"] == "induction" and "induction" not in self._scores:
            raise GedigError(
                "quantity='induction' needs a repeated text; give its period, the tokens from "
                "one occurrence to the next."
            )
        return proposal["value"]

    def _place(self, name: str, value: object) -> int:
        maps = self._heads.maps
        count = {"layer": maps.layers, "head": maps.heads, "query": len(maps)}[name]
        return check_whole(name, value, at_least=0, at_most=count - 1)

    # ---- what goes to the page ------------------------------------------------------------

    def _frame(self) -> dict[str, Any]:
        frame = super()._frame()
        frame["words"] = section("widgets.heads") | frame["words"]
        if self._heads.gauge.threshold is not None:
            frame["controls"] = [one for one in frame["controls"] if one["name"] != "quantile"]
        return frame

    def _send_reading(self) -> None:
        """Send the exact numbers of all heads, and the edges of the layers in sight."""
        self._count += 1
        names = [*TERMS, *READ, *self._scores]
        numbers = pack_numbers(np.stack([self._quantity(self._heads, name) for name in names]))
        self.overview = {
            "reading": self._count, "quantile": self.quantile, "names": names, "numbers": numbers,
        }  # fmt: skip
        self._send_edges(self._shown_layers)
        self._send_baseline()

    def _send_pictures(self, layers: Sequence[int], number: int = 0) -> None:
        maps = self._heads.maps
        packed = {
            str(layer): pack_picture(maps.weights[layer], causal=maps.causal) for layer in layers
        }
        self.pictures = {"ask": number, "layers": packed}

    def _send_edges(self, layers: Sequence[int], number: int = 0) -> None:
        weights, thresholds = self._heads.maps.weights, self._heads.real.threshold
        packed = {str(layer): pack_edges(weights[layer], thresholds[layer]) for layer in layers}
        self.edges = {"ask": number, "reading": self._count, "layers": packed}

    def _send_baseline(self, _change: object = None) -> None:
        """Send the terms of what the page compares with; without a kernel, of all it may."""
        if self.quantity != "delta" and not self.standalone:
            return
        names = BASELINES if self.standalone else [self.baseline]
        terms = self._heads.baseline_terms
        with self._failures_shown():
            packed = {
                f"{name} {mask}": pack_numbers(terms(name, matched=matched))
                for name, (mask, matched) in product(names, MASKS.items())
                if self.standalone or matched == self.matched
            }
            self.against = {"reading": self._count, "terms": packed}

    def _read_again(self, _change: object) -> None:
        with self._failures_shown(), self.hold_sync():
            self._heads = self.explored
            self._send_reading()

    def _answer(self, _change: object) -> None:
        """Send the layers the page asks for: ``{"number", "pictures": [...], "edges": [...]}``."""
        with self._failures_shown(), self.hold_sync():
            for kind, send in (("pictures", self._send_pictures), ("edges", self._send_edges)):
                asked = self.ask.get(kind, [])
                layers = asked if isinstance(asked, list) else [asked]
                if layers := [self._place("layer", layer) for layer in layers]:
                    send(layers, self.ask.get("number", 0))

    @property
    def _shown_layers(self) -> list[int]:
        if self.standalone:
            return list(range(self._heads.maps.layers))
        return sorted({self.layer, *self.pinned[:1]})

    def _quantity(self, heads: Comparison, name: str) -> Float[np.ndarray, "layers heads"]:
        """Return what the gauge reads under this name, or the score of this name."""
        return self._scores[name] if name in self._scores else getattr(heads.real, name)

    def _of_head(self, layer: int, head: int) -> dict[str, float | None]:
        """Return one head's F, terms, mean shortest path (None without one) and scores."""
        heads, names = self.explored, ("F", *TERMS, "path_length", *self._scores)
        numbers = {name: float(self._quantity(heads, name)[layer, head]) for name in names}
        numbers["weighed_entropy"] = self.lam * numbers["entropy"]
        numbers["weighed_path_gain"] = self.lam * self.gamma * numbers["path_gain"]
        return {name: None if np.isnan(number) else number for name, number in numbers.items()}

    def _told(self, layer: int, head: int) -> dict[str, Any]:
        model = self._heads.maps.model
        return {"layer": layer, "head": head, "model": model, **self._of_head(layer, head)}

    def _of_graph(self) -> dict[str, Any]:
        """Return what the sentence says of the chosen head's graph and of the chosen token."""
        tokens = self.about["tokens"]
        row = self._heads.maps.weights[self.layer, self.head, self.query]
        degree = self._heads.degree(self.layer, self.head)
        hub, target = int(degree.argmax()), int(row.argmax())
        return {
            "links": degree.sum() // 2, "hub": tokens[hub], "degree": degree[hub],
            "token": tokens[self.query], "target": tokens[target], "share": row[target],
        }  # fmt: skip

    @contextmanager
    def _failures_shown(self) -> Iterator[None]:
        """Tell the page what stopped the kernel, and let it be raised."""
        try:
            yield
        except Exception as failure:
            self.message = failure_told(failure)
            raise
        self.message = ""
