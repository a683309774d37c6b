"""A network while it is read, whoever may train it, move it or compile it.

It is then one thread's, in evaluation mode, with our attention function, and nothing compiled runs;
afterwards all is as it was. Only a network that `load` opened keeps our attention function.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import RLock, get_ident
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn
from transformers import PreTrainedModel

from gedig_edu.models.forward import DYNAMIC, turns_of

_ATTENTION = "_attn_implementation_internal"  # where a configuration keeps it


class Loan:
    """What is set on a network while it is read, by one thread at a time.

    Attributes
    ----------
    lent : bool
        Whether the network is somebody else's, whose attention function comes back as well.
    """

    def __init__(self, *, lent: bool) -> None:
        self.lent = lent
        self._lock = RLock()
        self._reader: int | None = None  # the thread that reads
        self._back = ExitStack()
        self._depth = 0
        self._ours: dict[int, object] = {}  # attention functions, from the first reading on

    @contextmanager
    def of(self, network: PreTrainedModel) -> Iterator[None]:
        """Make a network ready, and give it back as it was.

        What a layer puts into its buffers on the way (angles for a longer text) goes again.
        """
        with self._lock, ExitStack() as back:
            if self._depth == 0:
                self._reader, self._back = get_ident(), back
                back.callback(setattr, self, "_reader", None)
                self._make_ready(network, back)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self.lent:
                    self._ours = {
                        id(one): _attention_of(one) for one in _configs(network.modules())
                    }

    def end_in_child(self) -> None:
        """Give the network back in a forked process where the thread that read it is missing."""
        if self._reader != get_ident():
            self._lock, self._depth = RLock(), 0
            self._back.close()

    def _make_ready(self, network: PreTrainedModel, back: ExitStack) -> None:
        modules = list(network.modules())
        for config in _configs(modules):
            back.callback(setattr, config, "return_dict", config.return_dict)
            config.return_dict = True  # what a network puts out has names
            if self.lent:
                back.callback(setattr, config, _ATTENTION, _attention_of(config))
                setattr(config, _ATTENTION, self._ours.get(id(config), _attention_of(config)))
        for module in modules:
            if module._buffers:
                back.callback(module._buffers.update, dict(module._buffers))
            if turns_of(module):
                _turn_afresh(module, back)
            if module.training:
                back.callback(setattr, module, "training", True)
                module.training = False
        if any(map(_is_compiled, modules)):
            back.enter_context(torch.compiler.set_stance("force_eager"))


_LOANS: WeakKeyDictionary[PreTrainedModel, Loan] = WeakKeyDictionary()


def lend(network: PreTrainedModel) -> None:
    """Say that a network is somebody else's, and to be given back after each reading."""
    _LOANS.setdefault(network, Loan(lent=True))


@contextmanager
def ready(network: PreTrainedModel) -> Iterator[None]:
    """Have a network ready to be read while the block runs, by this thread alone."""
    loan = _LOANS.get(network) or _LOANS.setdefault(network, Loan(lent=False))
    with loan.of(network):
        yield


def _turn_afresh(module: nn.Module, back: ExitStack) -> None:
    """Have angles that a longer text left behind as they were at first, until all is given back."""
    back.callback(vars(module).update, vars(module).copy())
    for buffer in [one for one in module._buffers.values() if one is not None]:
        back.callback(torch.inference_mode()(buffer.copy_), buffer.clone())
    for layers, kind in turns_of(module):
        if kind == DYNAMIC:  # the others look at each text
            prefix = f"{layers}_" if layers else ""
            module._buffers[f"{prefix}inv_freq"] = getattr(module, f"{prefix}original_inv_freq")
            setattr(module, f"{prefix}max_seq_len_cached", module.original_max_seq_len)


def _end_in_child() -> None:
    for loan in list(_LOANS.values()):
        loan.end_in_child()


if hasattr(os, "register_at_fork"):  # Windows does not fork
    os.register_at_fork(after_in_child=_end_in_child)


def _configs(modules: Iterable[nn.Module]) -> list[Any]:
    """Return the configurations of a network and of all networks in it, each once."""
    found = [part.config for part in modules if isinstance(part, PreTrainedModel)]
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
    return module._compiled_call_impl is not None or "_orig_mod" in module._modules
