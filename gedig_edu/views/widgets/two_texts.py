"""One prompt written on twice, without a track and with one: what differs, what is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_number
from gedig_edu.shapes import Float
from gedig_edu.views.labels import SIGNS
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Kept, Numbers, Place, Whole

HALF = 4  # strengths on each side of 0
STRENGTHS = tuple(2.0 * (place - HALF) for place in range(2 * HALF + 1))
LINES = {SIGNS["\n"]: ("\n", "\r")}
EXAMPLE_PROMPT = ("The", " sea")
EXAMPLE = [
    *([" and", " the", " sea"] * 2 for _ in range(2)),
    *([" and", " the", " ship", " and", " the", " sea"] for _ in range(2)),
    *([" was", " still", ",", " and", " the", " boat"] for _ in range(5)),
] + [[" was", " still", ",", " and", " the", " boat"]] * len(STRENGTHS)


class TwoTexts(Hero):
    """Choose w of the track, and read what a decoder writes beside what it writes without.

    Everything is written beforehand at `STRENGTHS`, with one seed; the page answers at once.

    Parameters
    ----------
    prompt : sequence of str, optional
        Its tokens; made-up texts where nothing is given.
    written : list of 18 lists of str, optional
        The tokens written at each of `STRENGTHS` by the track, and then at each with the same
        wells moved to other places; a text may end early.
    looks : array [18, steps, positions], optional
        What each of these tokens looked at before it was chosen, of prompt and text, 0 where
        nothing stands yet.
    **traits
        `chosen`, place of the strength shown, 0 to 8; 4 is w = 0. `moved`, whether the wells are
        moved; `step`, which written token looks back.

    Raises
    ------
    GedigError
        If there are not as many texts and looks, or a text is longer than its looks.

    Examples
    --------
    >>> texts = TwoTexts(chosen=0)
    >>> texts.strength, round(texts.numbers["distinct"], 3), texts.numbers["distinct_plain"]
    (-8.0, 0.6, 1.0)
    """

    _css = styles("kit/frame.css", "two_texts.css")
    script = "two_texts.js"
    strengths: ClassVar[tuple[float, ...]] = STRENGTHS
    state = ("prompt", "written", "looks", "chosen", "moved", "step")
    given = ("prompt", "written", "looks")
    controls = (
        Control("strength", "slider", STRENGTHS[0], STRENGTHS[-1], 2, under="over"),
        Control("moved", "toggle", under="over"),
        Control("step", "whole", 0, 5, under="looks"),
    )
    readouts = ("distinct:percent", "distinct_plain:percent", "first:whole", "own:percent")

    prompt = Kept(traitlets.Unicode()).tag(sync=True)
    written = Kept(traitlets.List(traitlets.Unicode())).tag(sync=True)
    looks = Numbers(None, None, None).tag(sync=True)
    chosen = Whole(HALF, min=0, max=2 * HALF).tag(sync=True)
    moved = traitlets.Bool(default_value=False).tag(sync=True)
    step = Place(of="looks", axis=1).tag(sync=True)

    def __init__(
        self,
        prompt: Sequence[str] = EXAMPLE_PROMPT,
        written: Sequence[Sequence[str]] = EXAMPLE,
        looks: Float[np.ndarray, "texts steps positions"] | None = None,
        **traits: Any,
    ) -> None:
        if looks is None:
            looks = _made_up(len(prompt), written)
        longest = max(map(len, written), default=0)
        texts, steps, positions = np.shape(looks)
        wanted = (2 * len(STRENGTHS), longest, len(prompt) + longest)
        if (len(written), steps, positions) != wanted or texts != len(written):
            raise GedigError(
                f"{len(written)} texts came with looks {np.shape(looks)}; give looks of {wanted}, "
                "a row for each token that the longest text has."
            )
        super().__init__(
            prompt=[*map(_on_one_line, prompt)],
            written=[[*map(_on_one_line, text)] for text in written],
            looks=looks,
            **traits,
        )

    @property
    def strength(self) -> float:
        """The track's w of the text shown; setting it takes the nearest that was written."""
        return STRENGTHS[self.chosen]

    @strength.setter
    def strength(self, value: float) -> None:
        wanted = check_number("strength", value)
        self.chosen = int(np.argmin(np.abs(np.array(STRENGTHS) - wanted)))

    @property
    def numbers(self) -> dict[str, Any]:
        """Distinct pairs of both texts and at all strengths, where they part, what is looked at."""
        written, count = self.written, len(STRENGTHS)
        at = self.chosen + count * self.moved
        text, other = written[at], written[HALF]
        look = np.array(self.looks[at][self.step])
        again = [_pairs_again(one) for one in written]
        distinct = [None if len(one) < 1 else 1 - sum(one) / len(one) for one in again]
        differs = [place >= len(other) or token != other[place] for place, token in enumerate(text)]
        here = self.step < len(text)
        return plain(
            {
                "strength": self.strength,
                "distinct": distinct[at],
                "distinct_plain": distinct[HALF],
                "curve": distinct[:count],
                "curve_moved": distinct[count:],
                "differs": differs,
                "again": [False, *again[at]][: len(text)],
                "again_plain": [False, *again[HALF]][: len(other)],
                "first": differs.index(True) + 1 if any(differs) else None,
                "look": look,
                "look_plain": self.looks[HALF][self.step],
                "own": look[len(self.prompt) :].sum() if here else None,
                "token": text[self.step] if here else None,
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of every control, the last token among them."""
        yield from (("strength", -8.0), ("step", 5), ("moved", True), ("strength", 8.0))
        yield from (("step", 0), ("moved", False), ("strength", 0.0), ("step", 3))


def _pairs_again(text: Sequence[str]) -> list[bool]:
    """Return of each pair of neighbours whether it stood before."""
    pairs = list(pairwise(text))
    return [pair in pairs[:place] for place, pair in enumerate(pairs)]


def _on_one_line(token: str) -> str:
    """Return a token with signs in place of line breaks, so that texts keep their height."""
    for sign, breaks in LINES.items():
        for one in breaks:
            token = token.replace(one, sign)
    return token


def _made_up(prompt: int, written: Sequence[Sequence[str]]) -> Float[np.ndarray, "t s p"]:
    """Return looks that fade with the distance."""
    steps = max(map(len, written))
    ages = prompt + np.arange(steps)[:, None] - 1 - np.arange(prompt + steps)
    fading = np.where(ages >= 0, 0.7 ** np.maximum(ages, 0), 0.0)
    return np.stack([fading / fading.sum(axis=1, keepdims=True)] * len(written))
