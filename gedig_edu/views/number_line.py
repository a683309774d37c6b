"""Numbers on a line with the limits that they are held to: a drawing for any width of page.

Places along the line are per cent of its width, so that the drawing needs neither the page's width
nor a script. The line receives its numbers with their words; what decides them, it does not know.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from gedig_edu.words import inline
from gedig_edu.words.numbers import short

DECADES = 2  # from so many powers of ten on, a line of numbers above zero counts powers
MARGIN = 0.08  # of the numbers' spread, kept free beyond the outermost
ROOM = 0.12  # of the line, kept beyond the outermost limit, so that both of its sides are seen
WORDS = 0.4  # the same where the words of the limit stand, on the side on which it holds
NEAR = 2.0  # what is not on a limit is drawn so many per cent beside it or more, on its own side
ZERO, FIRST = 5.0, 14.0  # where a line of powers has what is not above zero, and where it begins
EDGE = 4.0  # a tick's number nearer than that to an end of the line would leave it
TICKS = 5
LARGEST = 300  # powers of ten beyond it are no numbers of a computer


@dataclass(frozen=True)
class Mark:
    """One number of a line.

    Attributes
    ----------
    name : str
        What it is, in words.
    value, low, high : float
        The number and its interval, both ends equal to it where it has none; NaN is not drawn.
    number : str
        The same as it is written.
    kind : {"judged", "without", "compared"}
        Judged; judged without the condition under which it should hold; or shown beside.
    """

    name: str
    value: float
    low: float
    high: float
    number: str
    kind: Literal["judged", "without", "compared"] = "judged"


@dataclass(frozen=True)
class Scale:
    """Where numbers stand on a line, in per cent of its width.

    Attributes
    ----------
    low, high : float
        Its ends; powers of ten where it is logarithmic.
    logarithmic : bool
    has_zero : bool
        Whether a line of powers keeps a place for what is not above zero.
    limits : tuple of float
        Numbers of whose sides nothing may be in doubt.

    Examples
    --------
    >>> Scale(0.0, 10.0, logarithmic=False, has_zero=False, limits=())(2.5)
    25.0
    """

    low: float
    high: float
    logarithmic: bool
    has_zero: bool
    limits: tuple[float, ...]

    @classmethod
    def of(
        cls, numbers: Iterable[float], limits: tuple[float, ...], rooms: tuple[float, float]
    ) -> Scale:
        """Return the scale on which all finite numbers and all limits are seen apart.

        At its ends it keeps the `rooms`, shares of the line, beyond the outermost limits.

        Examples
        --------
        >>> Scale.of([4e-16], (1e-6,), (0.1, 0.1)).logarithmic
        True
        >>> line = Scale.of([0.4, 0.7], (0.5,), (0.1, 0.1))
        >>> line(0.4) < line(0.5) < line(0.7)
        True
        """
        finite = [number for number in (*numbers, *limits) if math.isfinite(number)]
        above = [number for number in finite if number > 0]
        least = min(limits, default=0)
        powers = least > 0 and max(above) >= 10**DECADES * min(above)
        powers = powers and min(finite) > -least / 10**DECADES  # else its sign and size count
        places = [math.log10(number) for number in above] if powers else finite or [0.0]
        spread = max(places) - min(places) or max(abs(places[0]), 1.0)
        low, high = min(places) - MARGIN * spread, max(places) + MARGIN * spread
        below, beyond = rooms
        for limit in map(math.log10, limits) if powers else limits:
            low = min(low, limit - below / (1 - below) * (high - limit))
            high = max(high, limit + beyond / (1 - beyond) * (limit - low))
        if not powers and min(places) >= 0:  # what is never below zero gets no room there
            low = max(low, -MARGIN * spread)
        return cls(low, high, powers, powers and len(above) < len(finite), limits)

    def __call__(self, number: float) -> float:
        """Return the place of a finite number; what is not on a limit stands clear of it."""
        place = self._place(number)
        for limit in self.limits:
            if number > limit:
                place = max(place, self._place(limit) + NEAR)
            elif number < limit:
                place = min(place, self._place(limit) - NEAR)
        return place

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round numbers along the line, and zero where it has a place of its own."""
        step = (self.high - self.low) / TICKS
        step = math.ceil(step) if self.logarithmic else _round_step(step)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        rounds = [float(f"{step * at:.12g}") + 0.0 for at in range(first, last + 1)]
        if self.logarithmic:
            rounds = [10.0**power for power in rounds if abs(power) <= LARGEST]
        inside = [one for one in rounds if EDGE < self._place(one) < 100 - EDGE]
        return ((0.0,) if self.has_zero else ()) + tuple(inside)

    def _place(self, number: float) -> float:
        if self.logarithmic and number <= 0:
            return ZERO
        first = FIRST if self.has_zero else 0.0
        along = math.log10(number) if self.logarithmic else number
        return first + (100 - first) * (along - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class NumberLine:
    """Numbers, the limits they are held to, and the side of these on which all should lie.

    Attributes
    ----------
    limits : tuple of float
    holding : tuple of (float, float)
        Stretches on which a number does what it should; none where that takes several numbers.
    side : str
        The same in few words.
    marks : tuple of Mark
    said : str
        The whole drawing in one sentence.
    without : str
        What a hollow dot says: that its number was taken without the claim's condition.

    Examples
    --------
    >>> mark = Mark("share", 0.8, 0.7, 0.9, "0.8 [0.7, 0.9]")
    >>> line = NumberLine((0.5,), ((0.5, math.inf),), "holds above 0.5", (mark,), "All above.")
    >>> line.html()[:55]
    '<div class="gn-line" role="img" aria-label="All above."'
    """

    limits: tuple[float, ...]
    holding: tuple[tuple[float, float], ...]
    side: str
    marks: tuple[Mark, ...]
    said: str
    without: str = ""

    @property
    def scale(self) -> Scale:
        """The scale on which all of it is seen."""
        numbers = [end for one in self.marks for end in (one.low, one.value, one.high)]
        outer = [end for stretch in self.holding for end in stretch]
        rooms = (WORDS if end in outer else ROOM for end in (-math.inf, math.inf))
        return Scale.of(numbers, self.limits, (next(rooms), next(rooms)))

    def html(self) -> str:
        """Return the drawing, a row for each number with its words."""
        scale = self.scale
        rows = [
            _row(
                f"gn-{mark.kind}", inline(mark.name), escape(mark.number), self._ground(scale, mark)
            )
            for mark in self.marks
        ] or [_row("gn-none", "", "", self._ground(scale))]
        hollow = any(mark.kind == "without" for mark in self.marks)
        axis = _row("gn-axis", self.without if hollow else "", "", self._ticks(scale))
        return self._framed("gn-line", [*rows, axis], scale)

    def small(self) -> str:
        """Return the drawing of what is judged alone.

        Where that is one number it stands beside it, without its interval, which is drawn.
        """
        scale = self.scale
        judged = [mark for mark in self.marks if mark.kind != "compared"]
        rows = [
            _row(
                f"gn-{mark.kind}",
                "",
                escape(mark.number.split(" [")[0]) if len(judged) == 1 else "",
                self._ground(scale, mark),
            )
            for mark in judged
        ] or [_row("gn-none", "", "", self._ground(scale))]
        return self._framed("gn-small", rows, scale)

    def _framed(self, style: str, rows: Sequence[str], scale: Scale) -> str:
        words = _svg("gn-side", self._words(scale))
        first = rows[0].replace('<div class="gn-track">', f'{words}<div class="gn-track">')
        drawn = "".join([first, *rows[1:]])
        return f'<div class="{style}" role="img" aria-label="{escape(self.said)}">{drawn}</div>'

    def _ground(self, scale: Scale, mark: Mark | None = None) -> list[str]:
        """Return the side on which a number should lie, the limits, the line, and a number."""
        ends = [[_end(scale, number) for number in stretch] for stretch in self.holding]
        shaded = [
            f'<rect class="gn-holds" x="{_at(low)}" width="{_at(high - low)}" height="100%"/>'
            for low, high in ends
        ]
        first = (FIRST + ZERO) / 2 if scale.has_zero else 0.0
        line = f'<line class="gn-base" x1="{_at(first)}" x2="100%" y1="50%" y2="50%"/>'
        limits = [
            f'<line class="gn-limit" x1="{_at(scale(limit))}" x2="{_at(scale(limit))}" y2="100%"/>'
            for limit in self.limits
        ]
        return [*shaded, line, *limits, *(_drawn(mark, scale) if mark else ())]

    def _words(self, scale: Scale) -> list[str]:
        """Return the words of the limit, above the side that they speak of."""
        if len(self.limits) != 1 or not self.holding:
            middle = sum(map(scale, self.limits)) / len(self.limits)
            if middle < 50 * WORDS:  # half of the words would leave the line
                return [_text(0.0, self.side, "start")]
            return [_text(middle, self.side)]
        place = scale(*self.limits)
        if math.isinf(self.holding[0][1]):
            return [_text(place, self.side, "start")]
        wide = place > 100 * WORDS - 1
        return [_text(place, self.side, "end") if wide else _text(0.0, self.side, "start")]

    def _ticks(self, scale: Scale) -> list[str]:
        numbers = {*self.limits, *(one.value for one in self.marks if math.isfinite(one.value))}
        if len(numbers) < 2:
            return []
        least, ticks = min(numbers), scale.ticks
        texts = [f"≤ {text}" if tick == 0 > least and scale.has_zero else text
                 for tick, text in zip(ticks, _apart(ticks), strict=True)]  # fmt: skip
        return [_text(scale._place(tick), text) for tick, text in zip(ticks, texts, strict=True)]


def _apart(ticks: Sequence[float]) -> list[str]:
    """Return ticks as numbers of three digits, or of as many as tell them apart.

    Examples
    --------
    >>> _apart([0.5, 1.0]), _apart([0.76175, 0.7618])
    (['0.5', '1'], ['0.76175', '0.7618'])
    """
    texts = [short(tick) for tick in ticks]
    if len(set(texts)) == len(ticks):
        return texts
    return [f"{tick:.12g}".replace("-", "−") for tick in ticks]


def _drawn(mark: Mark, scale: Scale) -> list[str]:
    """Return the dot of a number and the bar of its interval."""
    if not math.isfinite(mark.value):
        return []
    low, high = (scale(end if math.isfinite(end) else mark.value) for end in (mark.low, mark.high))
    bar = f'<line class="gn-bar" x1="{_at(low)}" x2="{_at(high)}" y1="50%" y2="50%"/>'
    dot = f'<circle class="gn-dot" cx="{_at(scale(mark.value))}" cy="50%" r="5"/>'
    return [bar, dot] if mark.low < mark.high else [dot]


def _end(scale: Scale, number: float) -> float:
    if math.isinf(number):
        return 0.0 if number < 0 else 100.0
    return scale(number)


def _row(style: str, name: str, number: str, track: Iterable[str]) -> str:
    words = {"gn-name": name, "gn-number": number}
    spans = "".join(f'<span class="{one}">{text}</span> ' for one, text in words.items() if text)
    return f'<div class="gn-row {style}">{spans}{_svg("gn-track", track)}</div>'


def _svg(style: str, parts: Iterable[str]) -> str:
    return f'<div class="{style}"><svg aria-hidden="true">{" ".join(parts)}</svg></div>'


def _text(place: float, text: str, anchor: str = "middle") -> str:
    aside = {"start": ' dx="5"', "end": ' dx="-5"'}.get(anchor, "")
    return f'<text x="{_at(place)}" y="50%"{aside} text-anchor="{anchor}">{escape(text)}</text>'


def _at(place: float) -> str:
    return f"{place:.4g}%"


def _round_step(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10 ** math.floor(math.log10(least))
    return next(size * power for size in (1, 2, 5, 10) if size * power >= least * (1 - 1e-9))
