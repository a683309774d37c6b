"""The engine for tensors on a GPU: batched matrix products over blocks as large as memory allows.

The only module of `theory` that imports torch, and itself imported only when a tensor arrives.
Reachability is a product of 0/1 matrices in half precision; sums of non-negative numbers never
cancel, so 'greater than zero' is exact whatever is lost to rounding.

A map is read in the precision it has, and no copy of it is wider, but one: entropy needs float64.
The quantile is selected, not sorted for; the zeros above the diagonal of a causal map rank below
all else by themselves, so nothing has to be masked. Tokens that do not count are cut away first.

CUDA's tensors (ROCm's bear that name too) come here by themselves. Those of other accelerators are
copied to the host and read there: not all of them have float64, which entropy needs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gedig_edu.theory.engines.batch import MapBatch
from gedig_edu.theory.engines.rule import Rule

NAME = "torch"

_MOST_CELLS = 1 << 26
_CELLS_ON_A_CPU = 1 << 20
_BYTES_PER_CELL = 20
_SHARE_OF_FREE_MEMORY = 0.5
_FASTEST = {"cuda": torch.float16, "cpu": torch.float32}  # to multiply zeros and ones in


def read_batch(batch: MapBatch, rule: Rule, terms: np.ndarray) -> None:
    """Read all maps into `terms` on the device they lie on, a block at a time."""
    size = _maps_at_once(batch.length, batch.weights.device if batch.on_gpu else None)
    for start in range(0, len(batch), size):
        found = terms[start : start + size]
        weights = _device_block(batch, start, start + len(found))
        if batch.valid is None:
            _read(weights, rule, found)
        else:
            _read_valid(weights, batch.valid[start : start + len(found)], rule, found)


def read_graphs(adjacency: Any, *, lowest_tie: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and distance sum of each graph's largest component, a block at a time."""
    is_tensor = isinstance(adjacency, Tensor)
    links = adjacency if is_tensor else torch.from_numpy(np.array(adjacency))
    links = links.reshape(-1, *links.shape[-2:])
    size = _maps_at_once(links.shape[-1], links.device)
    found = [
        torch.stack(largest_components(_numbers(block), lowest_tie=lowest_tie)).cpu()
        for block in links.split(size)
    ]
    nodes, sums = torch.cat(found, dim=1).numpy()
    return nodes, sums


def _maps_at_once(length: int, device: torch.device | None) -> int:
    """Return how many maps of `length` tokens make a block: many, but in a part of free memory."""
    cells = _CELLS_ON_A_CPU
    if device is not None and device.type == "cuda":
        reserved = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        free = torch.cuda.mem_get_info(device)[0] + reserved
        cells = min(_MOST_CELLS, int(_SHARE_OF_FREE_MEMORY * free) // _BYTES_PER_CELL)
    return max(1, cells // length**2)


def _device_block(batch: MapBatch, start: int, stop: int) -> Tensor:
    """Return maps `start` to `stop` as a tensor, a view of them where their layout allows it."""
    if not batch.on_gpu:
        maps = np.asarray(batch.take(start, stop))
        if batch.dtype == "bfloat16":
            return torch.from_numpy(np.require(maps, np.int16, "W")).view(torch.bfloat16)
        return torch.from_numpy(np.require(maps, maps.dtype.newbyteorder("="), ["C", "W"]))
    weights = batch.weights.detach()
    try:
        return weights.view(-1, batch.length, batch.length)[start:stop]
    except RuntimeError:  # its leading axes do not lie one behind the other
        places = (np.unravel_index(index, batch.leading) for index in range(start, stop))
        return torch.stack([weights[place] for place in places])


def _read_valid(weights: Tensor, valid: np.ndarray, rule: Rule, terms: np.ndarray) -> None:
    """Read maps [maps, L, L] with valid tokens [maps, L]; those with as many in one go."""
    counts = valid.sum(axis=1)
    for count in np.unique(counts):
        chosen = np.flatnonzero(counts == count)
        tokens = np.nonzero(valid[chosen])[1].reshape(-1, count)
        rows, inside = _cut(weights, chosen, tokens)
        found = np.zeros(len(chosen), terms.dtype)
        _read(inside, rule, found)
        others = torch.as_tensor(~valid[chosen], device=weights.device)
        leaks = ((rows > 0) & others[:, None]).any(dim=2).any(dim=1)
        found["suspect"] |= leaks.cpu().numpy()
        terms[chosen] = found


def _cut(weights: Tensor, chosen: np.ndarray, tokens: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return of the maps `chosen` the rows of `tokens` [chosen, n], and of those the columns."""
    first, last = tokens[0, 0], tokens[0, -1] + 1
    at = torch.as_tensor(chosen, device=weights.device)
    if last - first == tokens.shape[1] and (tokens == tokens[0]).all():
        side_by_side = chosen[-1] - chosen[0] == len(chosen) - 1
        maps = weights[chosen[0] : chosen[-1] + 1] if side_by_side else weights[at]
        rows = maps[:, first:last]
        return rows, rows[:, :, first:last]
    places = torch.as_tensor(tokens, device=weights.device)
    at = at[:, None]
    rows = weights[at, places]
    return rows, weights[at[:, None], places[:, :, None], places[:, None]]


def _read(weights: Tensor, rule: Rule, terms: np.ndarray) -> None:
    """Read maps [maps, n, n] whose every token counts into `terms` [maps]."""
    weights = weights.to(torch.promote_types(weights.dtype, torch.float32)).contiguous()
    sums, found = _entropy_terms(weights, rule)
    found["suspect"] = _suspect(weights, sums, rule)
    if math.isnan(rule.quantile):
        threshold = weights.new_full((len(weights),), rule.threshold, dtype=torch.float64)
    else:
        threshold = _quantiles(weights, rule)
    limit = _rounded_down(threshold, weights.dtype)
    edges = _numbers(weights > limit[:, None, None])
    found |= {"threshold": threshold, "edges": _counts(edges).sum(dim=1)}
    found["nodes"], found["path_sum"] = largest_components(edges, lowest_tie=rule.lowest_tie)
    values = torch.stack([value.double() for value in found.values()]).cpu().numpy()
    terms["tokens"] = weights.shape[1]
    for name, value in zip(found, values, strict=True):
        terms[name] = value


def _entropy_terms(weights: Tensor, rule: Rule) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the sum of each row, and support, Σ w and Σ w log w of the cells above the floor."""
    wide = weights.to(torch.float64, copy=True)
    sums = wide.sum(dim=2)
    mass = sums
    if rule.floor > 0:
        mass = torch.threshold_(wide, rule.floor, 0.0).sum(dim=2)
    support = _counts(_numbers(wide > 0)).sum(dim=1)
    logs = torch.special.entr(wide, out=wide).sum(dim=2)
    return sums, {"support": support, "mass": mass.sum(dim=1), "log_mass": -logs.sum(dim=1)}


def _suspect(weights: Tensor, sums: Tensor, rule: Rule) -> Tensor:
    """Return which maps break a rule; what exactly is said elsewhere."""
    tolerance = rule.tolerance * math.sqrt(weights.shape[1])
    right = (torch.isfinite(sums) & ((sums - 1.0).abs() <= tolerance)).all(dim=1)
    right &= weights.amin(dim=(1, 2)) >= 0  # false for NaN
    if rule.causal:
        right &= weights.triu(1).amax(dim=(1, 2)) <= 0
    return ~right


def _quantiles(weights: Tensor, rule: Rule) -> Tensor:
    """Return each map's quantile as NumPy's linear interpolation gives it in float64.

    Both weights beside it are the innermost two of all those at or above it, or at or below it,
    whichever are fewer.
    """
    n = weights.shape[1]
    cells = n * n
    pool = cells if rule.pool_all or not rule.causal else n * (n + 1) // 2
    position = (pool - 1) * rule.quantile
    rank = math.floor(position)
    fraction = position - rank
    above, below = pool - rank, cells - pool + rank + 2
    from_top = above <= below
    beyond = weights.flatten(1).topk(min(above, below), largest=from_top, sorted=False).values
    inner = beyond.topk(min(2, beyond.shape[1]), largest=not from_top).values.double()
    low, high = (inner[:, 0], inner[:, -1]) if from_top else (inner[:, -1], inner[:, 0])
    gap = high - low
    return high - gap * (1.0 - fraction) if fraction >= 0.5 else low + gap * fraction


def _rounded_down(threshold: Tensor, dtype: torch.dtype) -> Tensor:
    """Return the largest number of `dtype` that is not above: the same weights exceed it."""
    near = threshold.to(dtype)
    return torch.where(near.double() > threshold, near.nextafter(near.new_tensor(-torch.inf)), near)


def _numbers(true: Tensor) -> Tensor:
    """Return 1 where `true`, else 0, in the precision that this device multiplies fastest."""
    return true.to(_FASTEST.get(true.device.type, torch.float32))


def _counts(ones: Tensor) -> Tensor:
    """Return how many ones each row of zeros and ones has; float32 is exact up to 16 million."""
    return ones.sum(dim=2, dtype=torch.float32).long()


def largest_components(links: Tensor, *, lowest_tie: bool) -> tuple[Tensor, Tensor]:
    """Return nodes and distance sums [graphs] of undirected links [graphs, n, n] of 0 and 1."""
    size, distance_sum, root = _walks(links)
    largest = size.amax(dim=1)
    totals = torch.zeros_like(distance_sum).scatter_add_(1, root, distance_sum)
    wanted = size == largest[:, None]
    by_node = totals.gather(1, root)
    if lowest_tie:
        first = wanted.int().argmax(dim=1)
        return largest, by_node.gather(1, first[:, None])[:, 0]
    return largest, by_node.where(wanted, torch.iinfo(torch.int64).max).amin(dim=1)


def _walks(links: Tensor) -> Tensor:
    """Return of each node how many it reaches, its distances' sum, and the first it reaches.

    One product takes all walks of all graphs a step further. Graphs where no node reaches
    more are left behind as soon as they are half of those under way.
    """
    graphs, n, _ = links.shape
    step = torch.maximum(links, links.mT)
    step.diagonal(dim1=1, dim2=2).fill_(1)
    reach, spare, level = step, torch.empty_like(step), 1
    size = _counts(reach)
    distance_sum = size - 1
    growing = (size < n).any(dim=1)
    found = size.new_empty(3, graphs, n)
    left = torch.arange(graphs, device=links.device)
    while True:
        still = int(growing.sum())
        if still <= len(left) // 2:
            found[:, left] = torch.stack([size, distance_sum, reach.argmax(dim=2)])
            if still == 0:
                return found
            left, size, distance_sum = left[growing], size[growing], distance_sum[growing]
            step, reach = step[growing], reach[growing]
            spare = torch.empty_like(reach)
        level += 1
        further = torch.bmm(reach, step, out=spare).clamp_(max=1)
        reach, spare = further, torch.empty_like(step) if reach is step else reach
        grown = _counts(reach)
        distance_sum += level * (grown - size)
        growing = ((grown > size).any(dim=1)) & ((grown < n).any(dim=1))
        size = grown
