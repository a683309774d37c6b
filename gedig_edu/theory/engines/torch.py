"""The engine for tensors on a GPU: batched matrix products, no synchronisation per head.

The only module of `theory` that imports torch, and itself imported only when a tensor arrives.
Reachability is a product of 0/1 matrices in half precision; sums of non-negative numbers never
cancel, so 'greater than zero' is exact whatever is lost to rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from gedig_edu.theory.engines.batch import MapBatch
from gedig_edu.theory.engines.rule import Rule

NAME = "torch"

_BLOCK_CELLS = 1 << 23


def read_batch(batch: MapBatch, rule: Rule, terms: np.ndarray) -> None:
    """Read all maps into `terms` on the device they lie on, a block at a time."""
    size = max(1, _BLOCK_CELLS // batch.length**2)
    for start in range(0, len(batch), size):
        stop = min(start + size, len(batch))
        weights = _device_block(batch, start, stop)
        valid = torch.ones(weights.shape[:2], dtype=torch.bool, device=weights.device)
        if batch.valid is not None:
            valid = torch.as_tensor(batch.valid[start:stop], device=weights.device)
        for name, values in _read(weights, valid, rule).items():
            terms[name][start:stop] = values.cpu().numpy()


def read_graphs(adjacency: Any, *, lowest_tie: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and distance sum of each graph's largest component, a block at a time."""
    is_tensor = isinstance(adjacency, torch.Tensor)
    links = adjacency if is_tensor else torch.from_numpy(np.array(adjacency))
    links = links.reshape(-1, *links.shape[-2:])
    size = max(1, _BLOCK_CELLS // links.shape[-1] ** 2)
    found = [
        torch.stack(largest_components(block, lowest_tie=lowest_tie)).cpu()
        for block in links.split(size)
    ]
    nodes, sums = torch.cat(found, dim=1).numpy()
    return nodes, sums


def _device_block(batch: MapBatch, start: int, stop: int) -> torch.Tensor:
    if not batch.on_gpu:
        maps = batch.take(start, stop)
        if batch.dtype == "bfloat16":
            return torch.from_numpy(np.array(maps).view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(np.array(maps))
    if batch.weights.is_contiguous():
        return batch.weights.detach().view(-1, batch.length, batch.length)[start:stop]
    places = (np.unravel_index(index, batch.leading) for index in range(start, stop))
    return torch.stack([batch.weights.detach()[place] for place in places])


def _read(weights: torch.Tensor, valid: torch.Tensor, rule: Rule) -> dict[str, torch.Tensor]:
    """Return the raw terms of maps [maps, L, L] with valid tokens [maps, L]."""
    tokens = valid.sum(dim=1)
    cells = valid[:, :, None] & valid[:, None, :]
    visible = torch.tril(cells) if rule.causal else cells
    terms = {"tokens": tokens, "suspect": _suspect(weights, valid, cells, visible, rule, tokens)}
    shown = visible & ~terms["suspect"][:, None, None]
    weights = torch.where(shown, weights, 0)
    wide = weights.double()
    counted = torch.where(wide > rule.floor, wide, 0)
    terms["support"] = (counted > 0).sum(dim=(1, 2))
    terms["mass"] = counted.sum(dim=(1, 2))
    terms["log_mass"] = torch.xlogy(counted, counted).sum(dim=(1, 2))
    threshold = torch.full_like(terms["mass"], rule.threshold)
    if not np.isnan(rule.quantile):
        threshold = _thresholds(weights, visible, rule, tokens)
    edges = wide > threshold[:, None, None]
    terms |= {"threshold": threshold, "edges": edges.sum(dim=(1, 2))}
    terms["nodes"], terms["path_sum"] = largest_components(edges, lowest_tie=rule.lowest_tie)
    return terms


def _suspect(weights, valid, cells, visible, rule: Rule, tokens) -> torch.Tensor:
    """Return which maps break a rule; what exactly is said elsewhere."""
    wrong = visible & ~((weights >= 0) & torch.isfinite(weights))
    wrong |= cells & ~visible & (weights != 0)
    wrong |= valid[:, :, None] & ~cells & (weights > 0)
    sums = torch.where(visible & ~wrong, weights, 0).sum(dim=2, dtype=torch.float64)
    tolerance = rule.tolerance * torch.sqrt(tokens.double())[:, None]
    off = valid & ~((sums - 1.0).abs() <= tolerance)
    return wrong.any(dim=2).any(dim=1) | off.any(dim=1) | ~torch.isfinite(sums).all(dim=1)


def _thresholds(weights, visible, rule: Rule, tokens) -> torch.Tensor:
    """Return each map's quantile as NumPy's linear interpolation gives it in float64."""
    ranked = torch.where(visible, weights, torch.inf).flatten(1).sort(dim=1).values
    future = tokens * (tokens - 1) // 2 if rule.causal else torch.zeros_like(tokens)
    hidden = future if rule.pool_all else torch.zeros_like(tokens)
    position = (tokens**2 - future + hidden - 1).double() * rule.quantile
    rank = torch.floor(position)
    fraction = position - rank
    last = tokens**2 - future - 1

    def weight_at(place: torch.Tensor) -> torch.Tensor:
        chosen = torch.minimum((place - hidden).clamp(min=0), last)
        found = ranked.gather(1, chosen[:, None])[:, 0].double()
        return torch.where(place < hidden, torch.zeros_like(found), found)

    low, high = weight_at(rank.long()), weight_at(rank.long() + 1)
    gap = high - low
    return torch.where(fraction >= 0.5, high - gap * (1.0 - fraction), low + gap * fraction)


def largest_components(
    linked: torch.Tensor, *, lowest_tie: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return nodes and distance sums [graphs] of undirected graphs `linked` bool [graphs, n, n]."""
    n = linked.shape[1]
    itself = torch.eye(n, dtype=torch.bool, device=linked.device)
    precision = torch.float16 if linked.device.type == "cuda" else torch.float32
    step = (linked | linked.transpose(1, 2) | itself).to(precision)
    reach = itself.expand_as(linked)
    distance_sum = torch.zeros(linked.shape[:2], dtype=torch.int64, device=linked.device)
    size = torch.ones_like(distance_sum)
    level = 0
    while True:
        level += 1
        further = torch.matmul(reach.to(precision), step) > 0
        grown = further.sum(dim=2)
        if torch.equal(grown, size):
            break
        distance_sum += level * (grown - size)
        reach, size = further, grown
    root = reach.int().argmax(dim=2)
    largest = size.max(dim=1).values
    totals = torch.zeros_like(distance_sum).scatter_add_(1, root, distance_sum)
    wanted = size == largest[:, None]
    first = wanted.int().argmax(dim=1)
    by_node = totals.gather(1, root)
    lowest = by_node.gather(1, first[:, None])[:, 0]
    smallest = torch.where(wanted, by_node, torch.iinfo(torch.int64).max).min(dim=1).values
    return largest, lowest if lowest_tie else smallest
