"""Are different temperatures the reason why several heads help? A toy that can tell.

A head's queries and keys can absorb its temperature: dividing W_q by T does the same as T. So in
an ordinary head 'its own temperature' is not a question. Here queries and keys have length 1;
what is left is the direction a head looks in, and its temperature, and the two come apart:

- directions: all heads share one W_q and W_k, as wide as all of theirs, or each has its own;
- temperatures: all heads share one, each has its own (both learned), or powers of ten.

One direction at one temperature is one head: its four slices of values are read with one and the
same weights. Every arm has the same matrices, 4 of width × width, and does the same work.

The rules, written before anything was measured:

- Six seeds, 0 to 5, of the weights and the batches. Each seed's arms are a pair. Every arm has the
  same rate and 800 batches. A shared temperature starts at 0.1, four of their own start evenly in
  the logarithm from 1 to 0.01, around it. How many heads there are, and how wide they are, was
  chosen with seed 100: eight heads of six numbers did worse there than one of 48, four of 16 did
  better than one of 64.
- Judged is the text, which nobody made for the question: one layer of attention that predicts the
  next letter of two books, in nats a letter on passages kept aside.
- 'Temperatures are the reason' holds if own temperatures alone (one direction) bring more than
  directions of their own alone (one temperature).
- 'Its own temperature helps' holds if heads with directions of their own lose less with
  temperatures of their own than with a shared one. 'Powers of ten' holds if one direction read at
  10⁰, 10⁻¹, 10⁻², 10⁻³ loses less than one direction at one temperature that was learned.
- Beside it, not judged, a task made so that two temperatures are needed: of points on a circle,
  the value of the nearest, and the mean of all. Should temperatures not help there, the toy could
  not see them at all.

Added after a first look: temperatures of their own that all start at 0.1, since a spread at the
start is a handicap. Both starts are judged: one alone would have made the verdict.

`python -m gedig_edu.lab.head_scales OUT` measures it all again, in a few minutes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from gedig_edu.errors import GedigError, check_choice, check_whole
from gedig_edu.lab.kept_tables import keep
from gedig_edu.lab.passages import books
from gedig_edu.lab.runner import one_thread

if TYPE_CHECKING:
    import pandas as pd

SEEDS, BATCHES, RATE = range(6), 800, 5e-3
HEADS, WIDTH, CONTEXT, POINTS = 4, 64, 32, 12
WARMEST, COLDEST, SHARED = 1.0, 0.01, 0.1
LETTERS = "\n abcdefghijklmnopqrstuvwxyz.,;?"
ASIDE = 0.15  # of the passages
TEMPERATURES = ("one", "own", "even", "tens")


class Arm(NamedTuple):
    """How many directions the heads look in, and what their temperatures are."""

    directions: int
    temperatures: str


ARMS = {
    "one": Arm(1, "one"),
    "temperatures": Arm(1, "own"),
    "directions": Arm(HEADS, "one"),
    "both": Arm(HEADS, "own"),
    "tens": Arm(1, "tens"),
    "temperatures_even": Arm(1, "even"),
    "both_even": Arm(HEADS, "even"),
}


class Heads(nn.Module):
    """Attention with queries and keys of length 1: cosines over a temperature.

    Parameters
    ----------
    directions : int
        1, or as many as there are heads: how many W_q and W_k share the width.
    temperatures : {"one", "own", "even", "tens"}
        One for all heads, one for each that start apart, one for each that all start at 0.1, these
        learned, or 10⁰, 10⁻¹, … as the source says.
    width, heads : int

    Raises
    ------
    GedigError
        If an option is out of range.

    Examples
    --------
    >>> [f"{T:g}" for T in Heads(1, "tens", heads=4).temperature.tolist()]
    ['1', '0.1', '0.01', '0.001']
    """

    def __init__(
        self, directions: int, temperatures: str, *, width: int = WIDTH, heads: int = HEADS
    ) -> None:
        super().__init__()
        check_choice("temperatures", temperatures, TEMPERATURES)
        self.heads = check_whole("heads", heads, at_least=1)
        self.directions = check_whole("directions", directions, at_least=1, at_most=heads)
        if check_whole("width", width, at_least=1) % heads or heads % directions:
            raise GedigError(
                f"width={width}, heads={heads} and directions={directions} do not divide; give a "
                "width that is a multiple of the heads, and heads that are one of the directions."
            )
        self.query, self.key = _square(width), _square(width)
        self.value, self.out = _square(width), _square(width)
        logs = {
            "one": torch.tensor([math.log(SHARED)]),
            "own": torch.linspace(math.log(WARMEST), math.log(COLDEST), heads),
            "even": torch.full((heads,), math.log(SHARED)),
            "tens": -math.log(10) * torch.arange(heads),
        }[temperatures]
        self.log_temperature = nn.Parameter(logs, requires_grad=temperatures != "tens")

    @property
    def temperature(self) -> Tensor:
        """The temperatures, [heads] or [1]."""
        return self.log_temperature.detach().exp()

    def weights(self, asking: Tensor, offered: Tensor, seen: Tensor | None = None) -> Tensor:
        """Return what each head gives each key, [batch, heads, queries, keys]."""
        q = normalize(_split(asking @ self.query, self.directions), dim=-1)
        k = normalize(_split(offered @ self.key, self.directions), dim=-1)
        scores = (q @ k.mT) / self.log_temperature.exp()[:, None, None]
        scores = scores.expand(-1, self.heads, -1, -1)
        if seen is not None:
            scores = scores.masked_fill(~seen, -torch.inf)
        return torch.softmax(scores, dim=-1)

    def forward(self, asking: Tensor, offered: Tensor, seen: Tensor | None = None) -> Tensor:
        """Return what is read, [batch, queries, width]."""
        read = self.weights(asking, offered, seen) @ _split(offered @ self.value, self.heads)
        return read.transpose(1, 2).flatten(2) @ self.out


class NextLetter(nn.Module):
    """One layer of attention over letters and their places."""

    def __init__(self, arm: Arm) -> None:
        super().__init__()
        self.letter = nn.Embedding(len(LETTERS) + 1, WIDTH)
        self.place = nn.Embedding(CONTEXT, WIDTH)
        self.attention = Heads(*arm)
        self.says = nn.Linear(WIDTH, len(LETTERS) + 1)

    def loss(self, text: Tensor) -> Tensor:
        """Return the mean loss of text [rows, CONTEXT + 1], in nats a letter."""
        x = self.letter(text[:, :-1]) + self.place.weight
        seen = torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).tril()
        said = self.says(x + self.attention(x, x, seen))
        return cross_entropy(said.flatten(0, 1), text[:, 1:].flatten())


class NearAndFar(nn.Module):
    """Of points on a circle: the value of the one nearest to a place, and the mean of all."""

    def __init__(self, arm: Arm) -> None:
        super().__init__()
        self.takes = nn.Linear(4, WIDTH)
        self.attention = Heads(*arm)
        self.says = nn.Linear(WIDTH, 2)

    def loss(self, points: Tensor) -> Tensor:
        """Return the mean squared error; points [rows, 1 + POINTS, angle and value], first asks."""
        angle, value = points.unbind(-1)
        value = value * (torch.arange(POINTS + 1) > 0)
        x = self.takes(torch.stack([angle.cos(), angle.sin(), torch.ones_like(angle), value], -1))
        said = self.says(self.attention(x[:, :1], x[:, 1:]))[:, 0]
        nearest = (angle[:, 1:] - angle[:, :1]).cos().argmax(dim=1, keepdim=True)
        right = torch.cat([value[:, 1:].gather(1, nearest), value[:, 1:].mean(1, True)], dim=1)
        scale = torch.tensor([1.0, 1 / math.sqrt(POINTS)])  # both count in their own spread
        return (((said - right) / scale) ** 2).mean()


@cache
def letters() -> tuple[Tensor, Tensor]:
    """Return the passages to train on and those kept aside, as numbers of letters.

    Capitals are made small; what is none of `LETTERS` is one sign more.
    """
    read = books()
    cut = round(len(read) * (1 - ASIDE))
    place = {letter: at for at, letter in enumerate(LETTERS)}
    return tuple(
        torch.tensor([place.get(letter, len(LETTERS)) for letter in "\n".join(part).lower()])
        for part in (read[:cut], read[cut:])
    )  # type: ignore[return-value]


def text_rows(rows: int, rng: np.random.Generator, *, aside: bool = False) -> Tensor:
    """Return stretches of the books, [rows, CONTEXT + 1]."""
    text = letters()[int(aside)]
    starts = torch.from_numpy(rng.integers(0, len(text) - CONTEXT - 1, size=rows))
    return text[starts[:, None] + torch.arange(CONTEXT + 1)]


def point_rows(rows: int, rng: np.random.Generator, *, aside: bool = False) -> Tensor:  # noqa: ARG001
    """Return points with values, the first a place that is asked about."""
    angle = rng.uniform(0, 2 * math.pi, size=(rows, POINTS + 1))
    value = rng.normal(size=(rows, POINTS + 1))
    return torch.from_numpy(np.stack([angle, value], axis=-1)).float()


TASKS = {"text": (NextLetter, text_rows, 16), "circle": (NearAndFar, point_rows, 64)}


def train_heads(
    arm: str, task: str, *, seed: int, batches: int = BATCHES
) -> tuple[float, list[float]]:
    """Train one arm on a task.

    Parameters
    ----------
    arm : str
        Of `ARMS`.
    task : {"text", "circle"}
    seed, batches : int

    Returns
    -------
    (float, list of float)
        Its loss on what was kept aside, and its temperatures in the end, warmest first.

    Raises
    ------
    GedigError
        If there is no such arm or task.

    Examples
    --------
    >>> loss, temperatures = train_heads("temperatures", "circle", seed=0, batches=2)
    >>> len(temperatures)
    4
    """
    check_choice("arm", arm, tuple(ARMS))
    check_choice("task", task, tuple(TASKS))
    make, draw, rows = TASKS[task]
    torch.manual_seed(check_whole("seed", seed, at_least=0))
    rng = np.random.default_rng(seed)
    model = make(ARMS[arm])
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for batch in range(check_whole("batches", batches, at_least=1)):
        for group in optimizer.param_groups:
            warm = min(1, (batch + 1) / 50)
            group["lr"] = RATE * warm * (1 + math.cos(math.pi * batch / batches)) / 2
        loss = model.loss(draw(rows, rng))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        kept = model.loss(draw(1024, np.random.default_rng(1000), aside=True))
    found = model.attention.temperature
    return float(kept), sorted(found.tolist(), reverse=True)


def compare(
    seeds: Sequence[int], *, batches: int = BATCHES, report: Callable[[str], object] = str
) -> pd.DataFrame:
    """Return one row for each task, seed and arm: the loss, the warmest and coldest head."""
    import pandas as pd

    rows = []
    for task in TASKS:
        for seed in seeds:
            for arm in ARMS:
                with one_thread():
                    loss, found = train_heads(arm, task, seed=seed, batches=batches)
                row = {"task": task, "seed": seed, "arm": arm, "loss": loss}
                rows.append(row | {"warmest": found[0], "coldest": found[-1]})
                report(f"{rows[-1]}")
    return pd.DataFrame(rows)


def measure(out: Path, *, seeds: Sequence[int] = SEEDS, batches: int = BATCHES) -> None:
    """Compare, and write ``runs.csv`` and ``about.json`` into a folder."""
    runs = compare(seeds, batches=batches, report=lambda line: sys.stderr.write(f"{line}\n"))
    keep(out, {"runs": runs}, module="gedig_edu.lab.head_scales", seeds=seeds)


def _square(width: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(width, width) / math.sqrt(width))


def _split(x: Tensor, parts: int) -> Tensor:
    """Return x [batch, length, width] as [batch, parts, length, width / parts]."""
    return x.unflatten(-1, (parts, -1)).transpose(1, 2)


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
