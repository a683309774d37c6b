"""What one run of an experiment is: frozen, and written beside its rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gedig_edu.errors import GedigError, check_choice, check_whole, known_names
from gedig_edu.words import refusal

GAUGES = ("paper", "released")
SETS = ("short", "prose")
TAKES_HEADS = ("quality",)
_MOST_SEED = 2**31


@known_names
@dataclass(frozen=True, kw_only=True)
class Setting:
    """One run of one experiment.

    Attributes
    ----------
    experiment : str
        A name of `catalogue.EXPERIMENTS`.
    model : str
        As `gedig_edu.models.load` takes it.
    texts : str
        A file with one text a line, or a name that `passages` knows.
    only : {"short", "prose"}, optional
        Which of the texts: "short" is the authors' filter, lines of under 120 characters,
        headings among them; "prose" is lines that are no heading and have at least 16 tokens, which
        are the model's own.
    limit : int, optional
        At most so many texts, the first ones.
    cut : int, optional
        A longer text is cut after so many tokens.
    seed : int
    heads : int, optional
        At most so many heads of each layer are taken out of a text, drawn anew for each text;
        all by default. Only `quality` takes heads out; the others refuse it.
    fitted : int
        At most so many heads of a text, spread over its layers, have their graphs held against
        graphs with the same expected degrees, which takes longest; each text draws them anew.

    Examples
    --------
    >>> Setting(experiment="table2", model="gpt2-mini", texts="books", limit=0)
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: limit=0 is out of range; give a finite number at least 1.
    """

    experiment: str
    model: str
    texts: str
    only: str | None = None
    limit: int | None = None
    cut: int | None = None
    seed: int = 0
    heads: int | None = None
    fitted: int = 72

    def __post_init__(self) -> None:
        for name in ("experiment", "model", "texts"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise GedigError(f"{name}={getattr(self, name)!r} is no name; give one.")
        if self.only is not None:
            check_choice("only", self.only, SETS)
        for name in ("limit", "cut", "heads"):
            if getattr(self, name) is not None:
                value = check_whole(name, getattr(self, name), at_least=1)
                object.__setattr__(self, name, value)
        if self.heads is not None and self.experiment not in TAKES_HEADS:
            takes = " and ".join(TAKES_HEADS)
            raise refusal("experiment.no_heads", experiment=self.experiment, takes=takes)
        object.__setattr__(self, "seed", check_whole("seed", self.seed, at_least=0))
        object.__setattr__(self, "fitted", check_whole("fitted", self.fitted, at_least=1))

    def rng(self, line: int, *more: int) -> np.random.Generator:
        """Return the random numbers of one text: the same in whatever order texts are measured.

        Parameters
        ----------
        line : int
            The text's.
        *more : int
            What else tells one use of random numbers from another.
        """
        return np.random.default_rng([self.seed, line, *more])

    def seed_of(self, line: int, *more: int) -> int:
        """Return a seed of one text, for what takes a number.

        Examples
        --------
        >>> setting = Setting(experiment="table2", model="gpt2-mini", texts="books")
        >>> setting.seed_of(3) == setting.seed_of(3), setting.seed_of(3) == setting.seed_of(4)
        (True, False)
        """
        return int(self.rng(line, *more).integers(_MOST_SEED))
