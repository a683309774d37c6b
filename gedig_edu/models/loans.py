"""A network that is somebody else's, who may train it, move it or compile it.

While such a network is read it is in evaluation mode, with our attention function, and nothing
compiled runs; afterwards all is as it was. A network that `load` opened has no loan and stays
ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn
from transformers import PreTrainedModel

_ATTENTION = "_attn_implementation_internal"  # where a configuration keeps it


class Loan:
    """What is set on a network while it is read, by one thread at a time."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._depth = 0
        self._ours: dict[int, object] = {}  # attention functions, from the first reading on

    @contextmanager
    def of(self, network: PreTrainedModel) -> Iterator[None]:
        """Make a network ready, and give it back as it was.

        What a layer puts into its buffers on the way (angles for a longer text) goes again.
        """
        with self._lock, ExitStack() as back:
            if self._depth == 0:
                self._make_ready(network, back)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                self._ours = {id(one): _attention_of(one) for one in _configs(network)}

    def _make_ready(self, network: PreTrainedModel, back: ExitStack) -> None:
        for config in _configs(network):
            back.callback(setattr, config, _ATTENTION, _attention_of(config))
            back.callback(setattr, config, "return_dict", config.return_dict)
            config.return_dict = True  # what a network puts out has names
            setattr(config, _ATTENTION, self._ours.get(id(config), _attention_of(config)))
        for module in network.modules():
            back.callback(setattr, module, "training", module.training)
            back.callback(module._buffers.update, dict(module._buffers))
            module.training = False
        if any(map(_is_compiled, network.modules())):
            back.enter_context(torch.compiler.set_stance("force_eager"))


_LOANS: WeakKeyDictionary[PreTrainedModel, Loan] = WeakKeyDictionary()


def lend(network: PreTrainedModel) -> None:
    """Say that a network is somebody else's, and to be given back after each reading."""
    _LOANS.setdefault(network, Loan())


@contextmanager
def ready(network: PreTrainedModel) -> Iterator[None]:
    """Have a network ready to be read while the block runs, with our attention function."""
    loan = _LOANS.get(network)
    if loan is None:
        yield
        return
    with loan.of(network):
        yield


def _configs(network: PreTrainedModel) -> list[Any]:
    """Return the configurations of a network and of all networks in it, each once."""
    found = [part.config for part in network.modules() if isinstance(part, PreTrainedModel)]
    inner = [
        part
        for config in found
        for name in getattr(config, "sub_configs", ())
        if (part := getattr(config, name, None)) is not None
    ]
    return list({id(config): config for config in [*found, *inner]}.values())


def _attention_of(config: Any) -> object:
    return getattr(config, _ATTENTION, None)


def _is_compiled(module: nn.Module) -> bool:
    return module._compiled_call_impl is not None or hasattr(module, "_orig_mod")
