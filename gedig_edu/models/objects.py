"""A model that somebody has in memory: found inside what was handed over, read, and left as it was.

Nothing is copied but the tokenizer, which is small; `loans` says how the network is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from tokenizers import Tokenizer
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from gedig_edu.errors import printable
from gedig_edu.models.forward import rows_of
from gedig_edu.models.model import AttentionModel
from gedig_edu.models.slow_tokenizer import SlowTokenizer
from gedig_edu.models.tokenizer import check_vocabulary, copy_tokenizer
from gedig_edu.models.torch_backend import TorchBackend
from gedig_edu.words import refusal


def open_objects(model: object, tokenizer: object) -> AttentionModel:
    """Return the model that `model` is or holds, which is left as it is.

    Raises
    ------
    GedigError
        If there is no model of transformers in it, or several; the tokenizer is missing, is none or
        is another model's; or the model cannot be read.
    """
    network = _network_in(model, tokenizer)
    if tokenizer is None:
        tokenizer = getattr(model, "tokenizer", None)
    name = _name_of(network)
    read = _tokenizer_in(tokenizer, name=name)
    check_vocabulary(read, rows=rows_of(network), config=network.config, name=name)
    if network.device.type == "meta":
        raise refusal("model.no_weights", name=name)
    backend = TorchBackend(name=name, network=network, lent=True)
    return AttentionModel(name=name, source="memory", tokenizer=read, backend=backend)


def _network_in(model: object, tokenizer: object) -> PreTrainedModel:
    if isinstance(model, Tokenizer | PreTrainedTokenizerBase):
        swapped = isinstance(tokenizer, nn.Module)
        raise refusal(f"model.{'swapped' if swapped else 'tokenizer_alone'}")
    holder = model if isinstance(model, nn.Module) else getattr(model, "model", None)
    found = list(dict.fromkeys(_networks(holder))) if isinstance(holder, nn.Module) else []
    if len(found) == 1:
        return found[0]
    key = "several_in_it" if found else "none_in_it"
    kinds = " and ".join(type(one).__name__ for one in found)
    raise refusal(f"model.{key}", kind=type(model).__name__, kinds=kinds)


def _networks(module: nn.Module) -> Iterator[PreTrainedModel]:
    """Give the models of transformers in a module that are in no other of them."""
    if isinstance(module, PreTrainedModel):
        yield module
        return
    for child in module.children():
        yield from _networks(child)


def _tokenizer_in(given: Any, *, name: str) -> Any:
    given = getattr(given, "tokenizer", given)  # a processor holds one
    given = getattr(given, "backend_tokenizer", given)
    if isinstance(given, Tokenizer):
        return copy_tokenizer(given)
    if isinstance(given, PreTrainedTokenizerBase):
        return SlowTokenizer(given)
    if given is None:
        raise refusal("model.without_tokenizer", name=name)
    raise refusal("model.no_such_tokenizer", kind=type(given).__name__)


def _name_of(network: PreTrainedModel) -> str:
    """Return the id or the folder it was made from, else what it is."""
    origin = str(getattr(network.config, "_name_or_path", "") or "").rstrip("/\\")
    if os.path.isabs(origin) or os.path.isdir(origin):
        origin = os.path.basename(origin)
    return printable(origin) or type(network).__name__
