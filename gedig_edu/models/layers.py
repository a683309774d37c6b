"""The layers of a network, and what goes in and out of its modules while a text does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import get_ident
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from gedig_edu.models.forward import reader_of
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a module: the first tensor it was given, and the first it gave, [tokens, D]."""

    module: nn.Module
    given: Tensor
    gave: Tensor


@contextmanager
def watching(*modules: nn.Module) -> Iterator[list[Call]]:
    """Keep copies of what goes in and out of modules while the block runs, in this thread alone.

    Calls stand in the order in which they end. A module may serve several layers.
    """
    calls: list[Call] = []
    here = get_ident()

    def keep(module: nn.Module, given: tuple[Any, ...], *rest: Any) -> None:
        if get_ident() != here:  # and another thread may meet a hook that is half registered
            return
        named, gave = rest
        first, last = _first_tensor([*given, *named.values()]), _first_tensor([gave])
        if first is not None and last is not None:
            calls.append(Call(module, rows(first), rows(last)))

    handles = [
        module.register_forward_hook(keep, with_kwargs=True) for module in dict.fromkeys(modules)
    ]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def calls_in_turn(calls: Sequence[Call], modules: Sequence[nn.Module]) -> list[Call]:
    """Return a call of each module; the n-th of one that stands in the sequence n times."""
    each = {module: iter([c for c in calls if c.module is module]) for module in modules}
    return [next(each[module]) for module in modules]


def blocks_of(
    network: PreTrainedModel, *, name: str, modules: Sequence[nn.Module] = ()
) -> list[nn.Module]:
    """Return the layers of a network, layer 0 first; one that serves several stands several times.

    Parameters
    ----------
    network : PreTrainedModel
    name : str
        Its name, for refusals.
    modules : sequence of Module
        The attention module of each layer, where they are known.

    Raises
    ------
    GedigError
        If it cannot be told.
    """
    lists = _outermost_lists(reader_of(network))
    if modules:
        holders = [(set(item.modules()), item) for items in lists for item in items]
        found = [item for module in modules for inside, item in holders if module in inside]
        used = [items for items in lists if set(items) & set(found)]
        if len(found) == len(modules) and all(set(items) <= set(found) for items in used):
            return found  # else a layer holds two, or there are layers without attention
    else:
        count = getattr(network.config.get_text_config(), "num_hidden_layers", None)
        for items in lists:
            if len(items) == count:
                return list(items)
    raise refusal("model.no_layers", name=name, kind=network.config.model_type)


def _outermost_lists(module: nn.Module) -> list[nn.ModuleList]:
    if isinstance(module, nn.ModuleList):
        return [module]
    return [found for child in module.children() for found in _outermost_lists(child)]


def rows(tensor: Tensor) -> Tensor:
    """Return a copy in which the tokens of a batch stand in one line, [tokens, D]."""
    return tensor.reshape(-1, tensor.shape[-1]).clone()  # some modules see no batch


def _first_tensor(given: Sequence[Any]) -> Tensor | None:
    for one in given:
        inner = one[0] if isinstance(one, tuple) and one else one
        if isinstance(inner, Tensor) and inner.is_floating_point():
            return inner
    return None
