"""A small block of energy attention that goes on until it stands still, and a task with depth.

The micro-geDIG text sketches it: structure and information encoded apart, a potential formed from
both, attention computed from that potential, and a detector that stops where nothing changes any
more. The sketch names no sizes and no formulas; those below are ours.

The task needs as many steps as a chain is long. Things point at things, some at themselves, and
those have a colour; every thing has to say the colour in which its chain ends. Structure is who
points where, information is the colour. Two chains are equally long, so that what has not arrived
cannot be guessed from what is left over: a block that stops too early must toss a coin.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, embedding

from gedig_edu.errors import check_number, check_whole
from gedig_edu.theory._arrays import check_generator

THINGS, COLOURS, ROOTS, DEEPEST = 16, 4, 2, 7
WIDTHS = {True: (24, 8), False: (0, 21)}  # structure, information: 2,184 parameters either way


class Forests(NamedTuple):
    """Graphs in which every thing points at one thing, and what each thing should say.

    Attributes
    ----------
    points : int tensor [graphs, things]
        At which thing each points; a root points at itself.
    shown : int tensor [graphs, things]
        0 for a thing without a colour, 1 + its colour for a root.
    colour : int tensor [graphs, things]
        The colour in which its chain ends: the answer.
    depth : int tensor [graphs, things]
        How many steps away that end is; a graph needs as many as its deepest thing.
    """

    points: Tensor
    shown: Tensor
    colour: Tensor
    depth: Tensor

    @property
    def needed(self) -> Tensor:
        """How many steps each graph needs, [graphs]."""
        return self.depth.amax(dim=1)


def draw_forests(graphs: int, rng: np.random.Generator, *, depth: int | None = None) -> Forests:
    """Draw graphs: two roots of different colours, under each a chain as long as `depth`.

    The things left over hang anywhere above that depth.

    Parameters
    ----------
    graphs : int
    rng : Generator
    depth : int, optional
        1 to 7; where not given, each graph draws its own, short ones more often: p ∝ 1/depth.

    Raises
    ------
    GedigError
        If an option is out of range.

    Examples
    --------
    >>> drawn = draw_forests(3, np.random.default_rng(0), depth=5)
    >>> drawn.needed.tolist(), drawn.points.shape
    ([5, 5, 5], torch.Size([3, 16]))
    """
    graphs = check_whole("graphs", graphs, at_least=1)
    check_generator(rng)
    each = np.arange(1, DEEPEST + 1)
    if depth is None:
        needed = rng.choice(each, size=graphs, p=(1 / each) / (1 / each).sum())
    else:
        needed = np.full(graphs, check_whole("depth", depth, at_least=1, at_most=DEEPEST))
    parent, deep = _hang(needed, rng)
    root = parent
    for _ in range(math.ceil(math.log2(DEEPEST))):
        root = np.take_along_axis(root, root, 1)
    palette = rng.permuted(np.tile(np.arange(COLOURS), (graphs, 1)), axis=1)
    colour = np.take_along_axis(palette, root, 1)
    name = rng.permuted(np.tile(np.arange(THINGS), (graphs, 1)), axis=1)
    order = name.argsort(axis=1)  # names say nothing about the place in a chain
    points = np.take_along_axis(name, parent, 1)
    shown = np.where(deep == 0, colour + 1, 0)
    by_name = (np.take_along_axis(one, order, 1) for one in (points, shown, colour, deep))
    return Forests(*map(torch.from_numpy, by_name))


def _hang(needed: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return what each thing hangs on, and how deep it then is: roots, chains, the rest."""
    graphs = len(needed)
    parent = np.tile(np.arange(THINGS), (graphs, 1))
    deep = np.zeros((graphs, THINGS), dtype=np.int64)
    for thing in range(ROOTS, THINGS):
        chance = np.where(deep[:, :thing] < needed[:, None], rng.random((graphs, thing)), -1)
        in_chain = thing < ROOTS * (1 + needed)
        parent[:, thing] = np.where(in_chain, thing - ROOTS, chance.argmax(axis=1))
        deep[:, thing] = np.take_along_axis(deep, parent[:, thing, None], 1)[:, 0] + 1
    return parent, deep


class EnergyBlock(nn.Module):
    """One block, used again and again: attention p = exp(−F) / Z from a potential F.

    Apart, a thing has two vectors. Its structure s (its name and where it points) never changes;
    its information z (its colour) is what flows, and F = −(fit of structure + fit of information).
    Together, name, pointer and colour are added up in one vector z, and all of it flows, as in a
    transformer. Both have 2,184 parameters.

    Parameters
    ----------
    apart : bool
        Whether structure and information are encoded apart.
    wide : bool
        Together alone: as wide as both vectors apart are, 32, with twice the parameters.

    Examples
    --------
    >>> [sum(p.numel() for p in EnergyBlock(apart).parameters()) for apart in (True, False)]
    [2184, 2184]
    """

    def __init__(self, apart: bool = True, *, wide: bool = False) -> None:
        super().__init__()
        structure, information = (0, sum(WIDTHS[True])) if wide else WIDTHS[apart]
        self.apart = apart
        names = structure if apart else information
        self.name, self.pointer = _matrix(THINGS, names), _matrix(THINGS, names)
        self.shown = _matrix(COLOURS + 1, information)
        if apart:
            self.asks, self.offers = _matrix(names, names), _matrix(names, names)
        self.query, self.key = _matrix(information, information), _matrix(information, information)
        self.value = _matrix(information, information)
        self.says = _matrix(information, COLOURS)

    def encode(self, forests: Forests) -> tuple[Tensor, Tensor]:
        """Return the structural fit [graphs, things, things] and what is known [.., information].

        Together, there is no fit by itself: it is 0.
        """
        structure = self.name + embedding(forests.points, self.pointer)
        known = embedding(forests.shown, self.shown)
        if not self.apart:
            return known.new_zeros(()), known + structure
        return _fit(_unit(structure), self.asks, self.offers), known

    def potential(self, fit: Tensor, z: Tensor) -> Tensor:
        """Return F [graphs, things, things]: low where structure and information fit."""
        return -(fit + _fit(z, self.query, self.key))

    def step(self, fit: Tensor, known: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """Return the next z and the potential by which it was read.

        What is known is put in again at each step, so that it cannot be forgotten.
        """
        F = self.potential(fit, z)
        return _unit(known + torch.softmax(-F, dim=-1) @ z @ self.value), F

    def forward(self, forests: Forests, steps: int) -> Tensor:
        """Return the scores of the colours after each step, [steps, graphs, things, colours]."""
        fit, known = self.encode(forests)
        z, said = _unit(known), []
        for _ in range(steps):
            z, _ = self.step(fit, known, z)
            said.append(z @ self.says)
        return torch.stack(said)


class Thought(NamedTuple):
    """What a block did on graphs, step by step.

    Attributes
    ----------
    right : bool array [steps, graphs]
        Whether every thing would say the right colour if it stopped there.
    moved : float array [steps, graphs]
        How far the step moved the thing that it moved most: root mean square, states have 1.
    potential_moved : float array [steps, graphs]
        By how much the step changed the potential where it changed most; infinite at the first.
    """

    right: np.ndarray
    moved: np.ndarray
    potential_moved: np.ndarray

    def steps(self, tol: float = 0.1, *, of: str = "moved") -> np.ndarray:
        """Return after how many steps each graph stands still, [graphs]; all where it never does.

        Parameters
        ----------
        tol : float
            Still is what moves less.
        of : {"moved", "potential_moved"}
            Whose rest counts: the state's or the potential's.
        """
        check_number("tol", tol, above=0)
        still = getattr(self, of) < tol
        return np.where(still.any(axis=0), still.argmax(axis=0) + 1, len(still))

    def right_at(self, steps: np.ndarray) -> np.ndarray:
        """Return which graphs are right if each stops after its number of steps, [graphs]."""
        return self.right[steps - 1, np.arange(self.right.shape[1])]


@torch.no_grad()
def think(block: EnergyBlock, forests: Forests, *, max_steps: int = 24) -> Thought:
    """Run a block and note after each step what it would say, and what still moved.

    Examples
    --------
    >>> drawn = draw_forests(5, np.random.default_rng(0))
    >>> think(EnergyBlock(), drawn, max_steps=3).right.shape
    (3, 5)
    """
    max_steps = check_whole("max_steps", max_steps, at_least=1)
    fit, known = block.encode(forests)
    z, F = _unit(known), torch.tensor(torch.inf)
    rows = []
    for _ in range(max_steps):
        before, F_before = z, F
        z, F = block.step(fit, known, z)
        right = ((z @ block.says).argmax(dim=-1) == forests.colour).all(dim=1)
        moved = (z - before).pow(2).mean(dim=-1).sqrt().amax(dim=1)
        rows.append((right, moved, (F - F_before).abs().amax(dim=(1, 2))))
    return Thought(*(torch.stack(one).numpy() for one in zip(*rows, strict=True)))


def train_block(
    block: EnergyBlock,
    *,
    seed: int,
    batches: int,
    steps: tuple[int, int],
    rate: float = 3e-3,
    every_step: bool = True,
    graphs: int = 32,
) -> list[float]:
    """Train a block, and return the loss of each batch, in nats a thing.

    Parameters
    ----------
    block : EnergyBlock
    seed : int
        Of the graphs it sees.
    batches, graphs : int
        How many batches of how many graphs.
    steps : (int, int)
        Each batch runs a number of steps drawn between these, both included.
    rate : float
        Adam's, with 50 batches of warm-up and a cosine to 0.
    every_step : bool
        Whether what it says after each step counts, or only what it says at last.
    """
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    optimizer = torch.optim.Adam(block.parameters(), lr=check_number("rate", rate, above=0))
    losses = []
    for batch in range(check_whole("batches", batches, at_least=1)):
        for group in optimizer.param_groups:
            warm = min(1, (batch + 1) / 50)
            group["lr"] = rate * warm * (1 + math.cos(math.pi * batch / batches)) / 2
        drawn = draw_forests(graphs, rng)
        said = block(drawn, int(rng.integers(steps[0], steps[1] + 1)))
        said = said if every_step else said[-1:]
        right = drawn.colour.expand(len(said), -1, -1)
        loss = cross_entropy(said.flatten(0, 2), right.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(block.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


def _matrix(rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(rows, columns) / math.sqrt(columns))


def _unit(x: Tensor) -> Tensor:
    return x * torch.rsqrt(x.pow(2).mean(dim=-1, keepdim=True) + 1e-6)


def _fit(x: Tensor, ask: Tensor, offer: Tensor) -> Tensor:
    return (x @ ask) @ (x @ offer).transpose(1, 2) / math.sqrt(x.shape[-1])
