"""The live F page: type a sentence, read F of every head, and see what carries it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_choice
from gedig_edu.theory.comparison import BASELINES, TERMS, Comparison, terms_of
from gedig_edu.theory.gauge import Gauge, warm_up
from gedig_edu.theory.heads import telling_query
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views.describe import describe_heads
from gedig_edu.views.packing import MASKS, pack_about, pack_edges, pack_numbers, pack_picture
from gedig_edu.views.widgets.bundle import bundle, styles
from gedig_edu.views.widgets.standalone import stands_alone
from gedig_edu.views.widgets.told import Told, failure_told, weakly
from gedig_edu.views.widgets.traits import Finite, Steady, Whole
from gedig_edu.words import section, word

QUANTITIES = ("delta", "F", *TERMS)
CONVENTIONS = {"paper": Gauge.paper, "released": Gauge.released}
OF_MODEL = ("text", "model", "temperature")
ASKED = (*OF_MODEL, "convention", "quantile")  # what only the kernel can answer
STATUSES = ("empty", "loading", "ready", "error")
CONTROLS = (
    "temperature", "convention", "quantile", "lam", "gamma", "baseline", "matched", "shown", "view",
)  # fmt: skip


@dataclass
class _Sentence:
    """One of the page's two sentences: which traits are its own, and what was read of it."""

    text: str
    prefix: str = ""
    reading: Comparison | None = None
    said: tuple[str, str] = ("empty", "")  # status and message of its last text

    def trait(self, name: str) -> str:
        return f"{self.prefix}{name}"


class LiveF(Told, Steady):
    """F for every head of a sentence, live.

    λ, γ, the baseline, the mask and what is coloured answer in the page itself, from exact
    terms. Text, model and temperature ask `attend` and `read`, convention and quantile `read`. The
    traits are the only state; `reading` is what the page shows, as numbers, and `answered` what the
    kernel was last asked: where the controls differ from it, the page waits. A convention brings
    its λ and γ, chosen in the page or set in Python; what is set after it stays. A page that will
    have no kernel gets every head at once (`standalone`), of the examples too (`prepared`), and
    what only the kernel can answer is disabled there.

    A second sentence, `beside`, is read whenever it is not empty, with the same settings, by the
    same protocol: `beside_status`, `beside_message`, `beside_answered` (its "text" is what `beside`
    was) and `beside_picture`, which is empty where `beside` is. It has no `details`.

    An engine of the page's own, where the page's model says `engine`, answers as this class does
    and disables nothing. It may set `picture` at once with some of `names` missing among
    `baselines`, and again, as a new object, with the rest; while `status` is "loading", `message`
    may say what is being made ready.

    Parameters
    ----------
    attend : callable (text, model name, *, temperature) -> AttentionMaps
        The model behind the page. Only another temperature than 1 is handed on; where `attend`
        takes none, the page offers none.
    read : callable (maps, gauge=...) -> Comparison
        The measurement, for example ``gedig_edu.lab.live.live``.
    models : sequence of str
        Names the learner can choose from, repeated ones once; the first is chosen.
    text : str
        The first sentence.
    examples : sequence of str
        Sentences to click where the box is empty, or where there is no kernel to read another.
    alone : bool
        Whether it is made for a page without a kernel, as ``GEDIG_STANDALONE=1`` says of all.
    **controls
        Values of the controls to start from, for example ``convention="released"``. Without a
        layer or a head the first text opens at the head of highest ΔF against its baseline, and
        without a query each text at the head's `telling_query`, until a token is chosen.

    Raises
    ------
    GedigError
        If no model is named, a name is not known, or a number is out of range.
    """

    has_engine = True  # a page of the site reads sentences itself, by views/engine

    _esm = bundle("heads/live.js")
    _css = styles("kit/frame.css", "kit/off.css", "heads/heads.css", "heads/live.css")

    text = traitlets.Unicode().tag(sync=True)
    temperature = Finite(1.0, min=0.25, max=4.0).tag(sync=True)
    heated = traitlets.Bool(False).tag(sync=True)
    examples = traitlets.List(traitlets.Unicode()).tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    models = traitlets.List(traitlets.Unicode(), minlen=1).tag(sync=True)
    convention = traitlets.Enum(tuple(CONVENTIONS), "paper").tag(sync=True)
    quantile = Finite(0.9, min=0.01, max=0.99).tag(sync=True)
    lam = Finite(1.0, min=0.0, max=2.0).tag(sync=True)
    gamma = Finite(0.5, min=0.0, max=2.0).tag(sync=True)
    baseline = traitlets.Unicode("random").tag(sync=True)
    matched = traitlets.Bool(False).tag(sync=True)
    shown = traitlets.Enum(QUANTITIES, "delta").tag(sync=True)
    layer = Whole(0, min=0).tag(sync=True)
    head = Whole(0, min=0).tag(sync=True)
    query = Whole(0, min=0).tag(sync=True)
    view = traitlets.Enum(("arcs", "matrix", "graph"), "arcs").tag(sync=True)
    status = traitlets.Enum(STATUSES, "empty").tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    answered = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)
    details = traitlets.Dict().tag(sync=True)
    beside = traitlets.Unicode().tag(sync=True)
    beside_status = traitlets.Enum(STATUSES, "empty").tag(sync=True)
    beside_message = traitlets.Unicode().tag(sync=True)
    beside_answered = traitlets.Dict().tag(sync=True)
    beside_picture = traitlets.Dict().tag(sync=True)
    standalone = traitlets.Bool(False).tag(sync=True)
    prepared = traitlets.Dict().tag(sync=True)
    defaults = traitlets.Dict().tag(sync=True)
    weights = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        attend: Callable[..., AttentionMaps],
        read: Callable[..., Comparison],
        *,
        models: Sequence[str],
        text: str,
        examples: Sequence[str] = (),
        alone: bool = False,
        **controls: Any,
    ) -> None:
        if not models:
            raise GedigError("models is empty; name at least one model to read with.")
        convention = controls.get("convention", "paper")
        check_choice("convention", convention, CONVENTIONS)
        gauges = [(name, make()) for name, make in CONVENTIONS.items()]
        weights = {name: {"lam": gauge.lam, "gamma": gauge.gamma} for name, gauge in gauges}
        heated = _takes_temperature(attend)
        start = {**weights[convention], "model": models[0], "heated": heated, **controls}
        self._attend, self._read, self._alone, self._used = attend, read, alone, False
        self._first, self._second = _Sentence("text"), _Sentence("beside", "beside_")
        super().__init__(
            text=text, models=list(dict.fromkeys(models)), examples=list(examples), **start
        )
        self._opened = -1 if "query" in controls else self.query
        self._head_is_open = "layer" in controls or "head" in controls
        self.weights = weights
        self.defaults = {name: getattr(self, name) for name in CONTROLS}
        self.words = section("widgets.frame") | section("widgets.heads") | section("live.page")
        self._read_asked()
        self.observe(weakly(self._bring_weights), names=["convention"])
        self.observe(weakly(self._read_asked), names=[*ASKED, "beside"])
        self.observe(weakly(self._open_head), names=["layer", "head", "query"])
        self.observe(weakly(self._expect_more), names=[*ASKED, "beside", "layer", "head", "query"])

    @property
    def gauge(self) -> Gauge:
        """The gauge of the page's controls."""
        make = CONVENTIONS[self.convention]
        return make(quantile=self.quantile, lam=self.lam, gamma=self.gamma)

    @property
    def reading(self) -> Comparison:
        """What the page shows, weighed with its λ and γ.

        Raises
        ------
        GedigError
            If nothing has been read yet.
        """
        if self._first.reading is None:
            raise GedigError("The page has not read a sentence yet; type one first.")
        return self._first.reading.combine(lam=self.lam, gamma=self.gamma)

    @property
    def beside_reading(self) -> Comparison:
        """What the page shows of the second sentence, weighed with its λ and γ.

        Raises
        ------
        GedigError
            If no second sentence stands beside the first.
        """
        if self._second.reading is None:
            raise GedigError("No second sentence has been read; set beside first.")
        return self._second.reading.combine(lam=self.lam, gamma=self.gamma)

    def __repr__(self) -> str:
        """Return the page in one sentence, for where no widget can be shown."""
        said = word("live.page.empty")
        if self._first.reading is not None:
            said = f"{self._first.reading.maps.model}: {describe_heads(self.reading.real.F, 'F')}"
        return f"{said}\n{self.message}" if self.status == "error" else said

    def _expect_more(self, _change: object) -> None:
        """Have the engine for long texts at hand once somebody uses the page; no cell waits."""
        if not self._used:
            self._used = True
            warm_up(background=True)

    def _bring_weights(self, _change: object) -> None:
        if not self._page_speaks:
            gauge = CONVENTIONS[self.convention]()
            with self.hold_sync():
                self.lam, self.gamma = gauge.lam, gauge.gamma

    def _read_asked(self, _change: object = None) -> None:
        """Answer the page; of what changed together the first change asks for all."""
        try:
            self._read_sentence(self._first)
        finally:
            self._read_sentence(self._second)

    def _read_sentence(self, one: _Sentence) -> None:
        asked, answered = self._asked(one), getattr(self, one.trait("answered"))
        if any(asked[name] != answered.get(name) for name in OF_MODEL):
            self._read_text(one, asked["text"])
        elif asked != answered:
            self._read_maps(one)

    def _asked(self, one: _Sentence) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ASKED} | {"text": getattr(self, one.text)}

    def _maps(self, text: str) -> AttentionMaps:
        heat = {} if self.temperature == 1 else {"temperature": self.temperature}
        return self._attend(text, self.model, **heat)

    def _read_text(self, one: _Sentence, text: str) -> None:
        try:
            if text.strip():
                self._answer(one, lambda: self._show(one, self._maps(text)))
            else:
                self._say(one, "empty")
        finally:
            one.said = getattr(self, one.trait("status")), getattr(self, one.trait("message"))

    def _read_maps(self, one: _Sentence) -> None:
        """Read the last good maps again; what is said of a text not read yet stays said."""
        if (reading := one.reading) is None:
            self._say(one, *one.said)
        else:
            self._answer(one, lambda: self._show(one, reading.maps, said=one.said))

    def _say(self, one: _Sentence, status: str, message: str = "") -> None:
        """Tell the page how what it asked was answered, and what that was."""
        with self.hold_sync():
            self._tell(one, status=status, message=message, answered=self._asked(one))
            if one is self._second and not self.beside.strip():
                one.reading, self.beside_picture = None, {}

    def _tell(self, one: _Sentence, **said: Any) -> None:
        for name, value in said.items():
            setattr(self, one.trait(name), value)

    @traitlets.validate("temperature")
    def _check_temperature(self, proposal: Any) -> float:
        if proposal["value"] != 1 and not self.heated:
            raise GedigError(
                f"temperature={proposal['value']!r} reaches no model here; give an attend that "
                "takes a temperature."
            )
        return proposal["value"]

    @traitlets.validate("baseline")
    def _check_baseline(self, proposal: Any) -> str:
        names = BASELINES if (reading := self._first.reading) is None else reading.names
        check_choice("baseline", proposal["value"], names)
        return proposal["value"]

    def _open_head(self, _change: object = None) -> None:
        if (reading := self._first.reading) is None:
            return
        layers, heads = reading.real.F.shape
        self.layer, self.head = min(self.layer, layers - 1), min(self.head, heads - 1)
        self.query = min(self.query, len(reading.maps) - 1)
        if str(self.layer) not in self.details:
            self.details = _pack_layers(reading, [self.layer])

    def _answer(self, one: _Sentence, work: Any) -> None:
        """Run `work` with the page told what is going on, and what went wrong."""
        self._tell(one, status="loading", message="")
        try:
            work()
        except Exception as failure:
            self._say(one, "error", failure_told(failure))
            if not isinstance(failure, GedigError):
                raise

    def _show(
        self, one: _Sentence, maps: AttentionMaps, *, said: tuple[str, str] = ("ready", "")
    ) -> None:
        reading, before = self._read(maps, gauge=self.gauge), one.reading
        with self.hold_sync():
            one.reading = reading
            self._tell(one, picture=_pack_heads(reading))
            if one is self._first:
                self._open(reading, new=before is None or before.maps is not maps)
            self._say(one, *said)

    def _open(self, reading: Comparison, *, new: bool) -> None:
        """Open a head of the first sentence, and a token where none was chosen."""
        maps = reading.maps
        self.standalone = stands_alone(maps, asked=self._alone)
        self.details = _pack_layers(reading, range(maps.layers) if self.standalone else [])
        self.prepared = self._prepare_examples() if self.standalone else {}
        if self.baseline not in reading.names:
            self.baseline = reading.names[0]
        if not self._head_is_open:  # the first text opens where F is highest above its baseline
            above = reading.delta(self.baseline, matched=self.matched)
            self.layer, self.head = map(int, np.unravel_index(above.argmax(), above.shape))
        self._head_is_open, untouched = True, self.query == self._opened
        self._open_head()
        if untouched and new:
            self.query = self._opened = telling_query(maps.weights[self.layer, self.head])

    def _prepare_examples(self) -> dict[str, dict[str, Any]]:
        """Read every example, for a page that could not ask for it."""
        prepared = {}
        for text in self.examples:
            maps = self._maps(text)
            if stands_alone(maps, asked=self._alone):
                reading = self._read(maps, gauge=self.gauge)
                details = _pack_layers(reading, range(maps.layers))
                prepared[text] = {"picture": _pack_heads(reading), "details": details}
        return prepared


def _takes_temperature(attend: Callable[..., object]) -> bool:
    try:
        signature(attend).bind("text", "model", temperature=2.0)
    except (TypeError, ValueError):  # bound otherwise; a callable that shows no signature
        return False
    return True


def _pack_heads(reading: Comparison) -> dict[str, Any]:
    """Return what the page needs of all heads: labels and exact terms as float64 bytes.

    Each buffer is [3, layers, heads] in C order: density, entropy, path gain.
    """
    return pack_about(reading.maps) | {
        "terms": pack_numbers(terms_of(reading.real)),
        "names": list(reading.names),  # in order; a saved notebook sorts the keys of a mapping
        "baselines": {
            name: {
                mask: pack_numbers(reading.baseline_terms(name, matched=matched))
                for mask, matched in MASKS.items()
            }
            for name in reading.names
        },
    }


def _pack_layers(reading: Comparison, layers: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Return what the page needs to draw the heads of these layers, by number.

    The weights are a picture, the edges bits, and the thresholds exact, as `views.packing` says.
    """
    maps, thresholds = reading.maps, np.asarray(reading.real.threshold)
    return {
        str(layer): {
            **pack_picture(maps.weights[layer], causal=maps.causal),
            "edges": pack_edges(maps.weights[layer], thresholds[layer]),
            "thresholds": pack_numbers(thresholds[layer]),
        }
        for layer in layers
    }
