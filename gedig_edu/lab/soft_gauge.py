r"""A gauge with a gradient: soft edges, and path lengths as free energies of walks.

F as `gedig_edu.theory.gauge` reads it is flat almost everywhere. An edge is there or not, so the
number of edges and every shortest path stay as they are when a weight changes a little, and jump
when it crosses the threshold. Only the entropy has a gradient. A training that adds F to its loss
therefore trains the entropy, unless edges and paths are made soft:

- an edge is a = σ((log w − log τ)/s) instead of w > τ, with τ such that the edges still add up to
  a tenth of the pool;
- the length of a path is the free energy of all walks instead of the shortest one. With A the
  links, W = A exp(−β) and Z = (I − W)⁻¹ = Σ Wᵏ, the entry Z_ij sums exp(−β·length) over all walks
  from i to j, and φ_ij = −(1/β) log(Z_ij/Z_jj) is the free energy of those that end at their first
  visit of j. As β grows, the shortest walk outweighs all others.

**The order of limits matters.** With hard edges (s → 0) first and β → ∞ then, φ is the length of
the shortest path. At a fixed s it is not: a soft edge a costs 1 − log(a)/β, so that with growing β
even the faintest edge costs one step, and every path shortens to a single edge.

The gauge paper trained with another soft version: `gedig_edu.lab.trained_formula` has it, and says
what of it has a gradient.

The free energy distance of randomised shortest paths (Kivimäki, Shimbo & Saerens 2014, arXiv
1212.1666) is kin: its walks follow the transition probabilities P instead of A, and each step
costs −log P besides, which makes paths longer than they are here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gedig_edu.errors import GedigError, check_flag, check_number
from gedig_edu.shapes import Brief
from gedig_edu.theory.engines.batch import collect
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.soft import SMALLEST

if TYPE_CHECKING:
    from gedig_edu.shapes import Bool, Float

__all__ = ["SoftReading", "soft_read"]

TINY = 1e-38  # a weight below it counts as this, so that its logarithm has a gradient of 0
STEPS = 100
PRECISION = 1e-12
NOWHERE = -1e290  # the logarithm of 0, with which one can go on calculating
_FLOOR = 1e-10  # of the gauge's entropy over the support
_LOOSE = 1e-3  # by how much a row may miss 1: a derivative is tried by changing weights a little
_ROUNDINGS = 8  # the same in half precision, in eps·√L, as `Gauge.read` allows


@dataclass(frozen=True, eq=False, repr=False)
class SoftReading(Brief):
    """F and its terms, each a float64 tensor [...] with a gradient.

    Attributes
    ----------
    F : tensor
        density − λ (entropy + γ · path_gain).
    density : tensor
        Sum of the soft edges over n². Where a quantile sets the threshold it is constant, and its
        gradient 0.
    entropy : tensor
        As the gauge reads it.
    path_gain : tensor
        From the mean of φ over the pairs of the largest component.
    """

    F: Float[Tensor, "*batch"]
    density: Float[Tensor, "*batch"]
    entropy: Float[Tensor, "*batch"]
    path_gain: Float[Tensor, "*batch"]


def soft_read(
    gauge: Gauge,
    weights: Float[Tensor, "*batch L L"],
    *,
    causal: bool,
    mask: Bool[Tensor, "*tokens"] | None = None,
    softness: float = 0.3,
    beta: float = 5.0,
) -> SoftReading:
    """Read F from attention maps so that it can be part of a loss.

    Parameters
    ----------
    gauge : Gauge
        Threshold, convention of each term, λ and γ.
    weights : torch tensor [..., L, L]
        Row = query, column = key. Without dropout: its zeros would make the entropy's gradient
        infinite. Computed in float64, on the device the weights lie on.
    causal : bool
        Whether the maps are zero above the diagonal by construction.
    mask : bool array or tensor, optional
        Valid tokens, as in `Gauge.read`.
    softness : float
        s, above 0 and at most 1, in units of log w.
    beta : float
        β, above the logarithm of the largest eigenvalue of the links, in units of 1/step.

    Returns
    -------
    SoftReading

    Raises
    ------
    GedigError
        If the weights are no tensor or no attention maps, a number is out of range, or `beta` is
        too small for the sum over walks to be finite.

    Examples
    --------
    >>> torch.manual_seed(0)
    <torch._C.Generator object at ...>
    >>> scores = torch.randn(2, 3, 11, 11, requires_grad=True)  # batch, heads, L, L
    >>> reading = soft_read(Gauge.released(), scores.softmax(-1), causal=False)
    >>> reading.F.shape
    torch.Size([2, 3])
    >>> reading.F.mean().backward()
    >>> bool(scores.grad.abs().sum() > 0)
    True
    """
    check_number("softness", softness, above=0, at_most=1)
    check_number("beta", beta, above=0)
    check_flag("causal", causal, "whether the model is causal")
    if not isinstance(weights, Tensor):
        raise GedigError(
            f"weights is of type {type(weights).__name__}; soft_read needs a torch tensor "
            "[..., L, L], since a gradient flows back into it. Gauge.read takes anything."
        )
    maps = _Maps.of(gauge, weights, causal=causal, mask=mask)
    logs = maps.weights.clamp_min(TINY).log()
    edges = _soft_edges(logs, maps, gauge, softness)
    size = maps.tokens.sum(dim=-1).double()
    density = edges.sum(dim=(-1, -2)) / size**2
    entropy = entropy_of(maps.weights, maps.tokens, per_cell=gauge.entropy == "cells")
    gain = _path_gain(edges, maps, against_chain=gauge.path == "chain_gain", beta=beta)
    F = density - gauge.lam * (entropy + gauge.gamma * gain)
    return SoftReading(*(term.reshape(weights.shape[:-2]) for term in (F, density, entropy, gain)))


@dataclass(frozen=True, eq=False)
class _Maps:
    """Maps one behind the other, with what the hard gauge says about them."""

    weights: Tensor  # float64 [maps, L, L], 0 where a token does not see
    tokens: Tensor  # bool [maps, L]
    seen: Tensor  # bool [maps, L, L]
    edges: Tensor  # bool [maps, L, L], above the hard threshold
    threshold: Tensor  # float64 [maps]

    @classmethod
    def of(cls, gauge: Gauge, weights: Tensor, *, causal: bool, mask: object) -> _Maps:
        batch = collect(weights.detach(), mask)
        flat = weights.double().reshape(-1, *weights.shape[-2:])
        if batch.valid is None:
            tokens = torch.ones(flat.shape[:2], dtype=torch.bool, device=flat.device)
        else:
            tokens = torch.as_tensor(batch.valid, device=flat.device)
        seen = tokens[:, :, None] & tokens[:, None, :]
        if causal:
            seen = seen.tril()
        _check_rows(flat.detach(), tokens, seen, _loose(weights))
        flat = torch.where(seen, flat, 0.0)
        hard = gauge.read(flat.detach(), causal=causal, mask=tokens.cpu().numpy(), normalized=False)
        threshold = torch.as_tensor(hard.threshold, device=flat.device)
        return cls(flat, tokens, seen, flat.detach() > threshold[:, None, None], threshold)

    def pool(self, gauge: Gauge) -> Tensor:
        """Return of how many cells of each map the quantile is taken."""
        size = self.tokens.sum(dim=-1).double()
        return size**2 if gauge.pool == "all" else self.seen.sum(dim=(-1, -2)).double()


def _loose(weights: Tensor) -> float:
    """Return by how much a row of such weights may miss 1."""
    eps = torch.finfo(weights.dtype).eps if weights.is_floating_point() else 0.0
    return max(_LOOSE, _ROUNDINGS * eps * weights.shape[-1] ** 0.5)


def _check_rows(weights: Tensor, tokens: Tensor, seen: Tensor, loose: float) -> None:
    """Refuse rows that are no distribution over what their token sees, give or take a little."""
    outside = torch.where(seen, 0.0, weights).abs().sum(dim=-1)
    sums = torch.where(seen, weights, 0.0).sum(dim=-1)
    wrong = tokens & ~((outside <= _LOOSE) & ((sums - 1).abs() <= loose))
    if wrong.any():
        place, row = torch.nonzero(wrong)[0].tolist()
        raise GedigError(
            f"Row {row} of map {place} gives {float(sums[place, row]):.6g} to the tokens it sees "
            f"and {float(outside[place, row]):.6g} to others; give attention weights after the "
            "softmax, without dropout, with the mask= of their padding and the right causal=."
        )


def _soft_edges(logs: Tensor, maps: _Maps, gauge: Gauge, softness: float) -> Tensor:
    """Return σ((log w − log τ)/s) [maps, L, L], 0 where a token does not see."""

    def edges(level: Tensor) -> Tensor:
        return torch.where(maps.seen, ((logs - level[:, None, None]) / softness).sigmoid(), 0.0)

    level = maps.threshold.clamp_min(TINY).log()
    if gauge.quantile is None:
        return edges(level)
    wanted = (1 - gauge.quantile) * maps.pool(gauge)
    with torch.no_grad():
        level, slope = _level(logs, maps.seen, wanted, softness, level)
    found = edges(level).sum(dim=(-1, -2))
    # The level stays where it is and gets the gradient that keeps the sum as it is.
    change = (found - found.detach()) / slope.clamp_min(TINY)
    return edges(level + torch.where(slope > 0, change, 0.0))


def _level(
    logs: Tensor, seen: Tensor, wanted: Tensor, softness: float, start: Tensor
) -> tuple[Tensor, Tensor]:
    """Return log τ at which the edges add up to `wanted`, and by how much they fall with it.

    Newton's method, held inside a bracket that bisection narrows. The level never falls to where
    weights of 0 would become edges; there the slope is returned as 0.
    """
    lowest = logs.new_full((len(logs),), _log(TINY) + 40 * softness)
    low, high = lowest.clone(), logs.amax(dim=(-1, -2)) + 40 * softness
    level = torch.minimum(torch.maximum(start, low), high)
    slope = torch.zeros_like(level)
    for _ in range(STEPS):
        a = torch.where(seen, ((logs - level[:, None, None]) / softness).sigmoid(), 0.0)
        over = a.sum(dim=(-1, -2)) - wanted
        slope = (a * (1 - a)).sum(dim=(-1, -2)) / softness
        if bool((over.abs() <= PRECISION * wanted).all()):
            break
        low, high = torch.where(over > 0, level, low), torch.where(over > 0, high, level)
        step = level + over / slope.clamp_min(TINY)
        inside = (step > low) & (step < high)
        level = torch.where(over == 0, level, torch.where(inside, step, (low + high) / 2))
    return level, torch.where(level > lowest + softness, slope, 0.0)


def _log(number: float) -> float:
    return float(torch.tensor(number, dtype=torch.float64).log())


def entropy_of(
    weights: Float[Tensor, "*batch L L"], tokens: Bool[Tensor, "*batch L"], *, per_cell: bool
) -> Float[Tensor, "*batch"]:
    """Return the entropy of each map relative to its largest possible value, with a gradient.

    Parameters
    ----------
    weights : float64 tensor [..., L, L]
    tokens : bool tensor [..., L]
        True for real tokens.
    per_cell : bool
        Relative to log n²; else over the cells above 1e-10, to the log of their number.
    """
    counted = tokens[..., :, None] & tokens[..., None, :]
    if not per_cell:
        counted = counted & (weights.detach() > _FLOOR)
    kept = torch.where(counted, weights, 0.0)
    p = kept / kept.sum(dim=(-1, -2), keepdim=True)
    found = -(p * p.clamp_min(TINY).log()).sum(dim=(-1, -2))
    count = counted.sum(dim=(-1, -2)).double()
    return torch.where(count > 1, found / count.log().clamp_min(TINY), 0.0)


def _path_gain(edges: Tensor, maps: _Maps, *, against_chain: bool, beta: float) -> Tensor:
    """Return the path term; of tied components as the gauge chooses."""
    links = edges + edges.mT - edges * edges.mT  # either direction will do
    links = links * ~torch.eye(links.shape[-1], dtype=torch.bool, device=links.device)
    lengths = links.new_zeros(len(links))
    size = links.new_zeros(len(links))
    for number, (where, members) in enumerate(_largest_components(maps.edges)):
        found = _mean_length(links[where], members, beta)
        if number == 0:
            lengths, size = lengths.index_put((where,), found), members.sum(dim=-1).double()
        elif against_chain:
            lengths = lengths.index_put((where,), torch.minimum(lengths[where], found))
    joined = size > 1
    if not against_chain:
        return torch.where(joined, 1 / torch.where(joined, lengths, 1.0), 0.0)
    chain = (size + 1) / 3
    return torch.where(joined, (chain - lengths) / chain, 0.0)


def _largest_components(edges: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the maps [some] that have a first, second, … largest component, and its members.

    Members are bool [some, L]; components of equal size come in the order of their lowest node.
    """
    length = edges.shape[-1]
    own = torch.eye(length, dtype=torch.bool, device=edges.device)
    reach = (edges | edges.mT | own).float()
    for _ in range(max(1, (length - 1).bit_length())):
        reach = torch.bmm(reach, reach).clamp_(max=1)
    reached = reach > 0
    sizes = reached.sum(dim=-1)
    lowest = reached.int().argmax(dim=-1) == torch.arange(length, device=edges.device)
    firsts = lowest & (sizes == sizes.amax(dim=-1, keepdim=True))
    where = torch.arange(len(edges), device=edges.device)
    single = sizes.amax(dim=-1) == 1
    while len(where):
        node = firsts[where].int().argmax(dim=-1)
        yield where, reached[where, node]
        firsts[where, node] = False
        where = where[firsts[where].any(dim=-1) & ~single[where]]


def _mean_length(links: Tensor, members: Tensor, beta: float) -> Tensor:
    """Return the mean of φ over the ordered pairs of each component [maps]."""
    inside = members[:, :, None] & members[:, None, :]
    A = torch.where(inside, links, 0.0)
    _check_beta(A.detach(), beta)
    logs = torch.where(inside, _log_sums(A, inside, beta), 0.0)
    own_logs = logs.diagonal(dim1=-1, dim2=-2)
    size = members.sum(dim=-1).double()
    pairs = (size * (size - 1)).clamp_min(1)
    returns = size * own_logs.sum(dim=-1)  # of each end, once for every start, itself included
    return (returns - logs.sum(dim=(-1, -2))) / (beta * pairs)


def _log_sums(A: Tensor, inside: Tensor, beta: float) -> Tensor:
    """Return log Z of each pair inside [maps, L, L].

    With a large β the least of Z would be smaller than numbers get. Then the inverse is taken in
    logarithms: Gauss and Jordan's elimination, node by node, with sums for products.
    """
    own = torch.eye(A.shape[-1], dtype=A.dtype, device=A.device)
    Z = torch.where(inside, torch.linalg.inv(own - A * torch.exp(A.new_tensor(-beta))), 1.0)
    if (Z.detach() >= SMALLEST).all():
        return Z.log()
    logs = torch.where(A > 0, A.clamp_min(TINY).log() - beta, NOWHERE)
    for node in range(A.shape[-1]):
        around = torch.log1p(-logs[:, node, node].exp())  # once, twice, … back to the node
        through = logs[:, :, node, None] + logs[:, node, None, :] - around[:, None, None]
        logs = torch.logaddexp(logs, through)
    return torch.logaddexp(logs, own.log())


def _check_beta(A: Tensor, beta: float) -> None:
    """Refuse a β at which the walks do not add up; row sums bound the largest eigenvalue."""
    limit = torch.exp(A.new_tensor(beta))
    doubtful = A[A.sum(dim=-1).amax(dim=-1) >= limit]
    if not len(doubtful):
        return
    largest = float(torch.linalg.eigvalsh(doubtful)[:, -1].max())
    if largest >= float(limit):
        raise GedigError(
            f"beta={beta:g} is too small: the links of a map have the largest eigenvalue "
            f"{largest:.4g}, and its walks add up for beta above {_log(largest):.4g}; give more."
        )
