"""From a folder of files to an `AttentionModel`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, PretrainedConfig
from transformers.models.auto import modeling_auto
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.utils import logging

from gedig_edu.errors import check_choice
from gedig_edu.models import memory
from gedig_edu.models.devices import choose_device
from gedig_edu.models.files import MOST_LAYERS, UnusableError, libraries_said, read_config
from gedig_edu.models.forward import rows_of
from gedig_edu.models.model import AttentionModel
from gedig_edu.models.tokenizer import check_vocabulary, open_tokenizer
from gedig_edu.models.torch_backend import TorchBackend
from gedig_edu.words import refusal, word

if TYPE_CHECKING:
    from transformers import PreTrainedModel

DTYPES = ("float32", "float16", "bfloat16", "float64")
_HERE: Any = {"local_files_only": True, "trust_remote_code": False}  # no network, no foreign code
_CONTEXTS = ("max_position_embeddings", "n_positions")
_SIZES = (
    "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "hidden_size", "head_dim",
    "intermediate_size", "vocab_size",
)  # fmt: skip
_LONGEST = 60  # letters of a type that a refusal repeats


def open_model(
    folder: Path, *, name: str, source: str, device: str = "auto", dtype: str = "float32"
) -> AttentionModel:
    """Return the model whose files lie in `folder`.

    It is opened as what it was saved as: a base model, one with a language head, a classifier. Any
    type that transformers knows will do.

    Raises
    ------
    GedigError
        If the model cannot be read here, is larger than the memory, or the device or dtype is not
        there.
    UnusableError
        If the files are not those of one whole model.
    """
    check_choice("dtype", dtype, DTYPES)
    place = choose_device(device)
    config = _open_config(folder, name=name)
    network = _open_network(folder, config, dtype=dtype, name=name, device=str(place))
    with libraries_said():
        tokenizer = open_tokenizer(folder)
    check_vocabulary(tokenizer, rows=rows_of(network), config=config, name=name)
    with libraries_said():
        torch.nn.Module.to(network.eval(), place)
    backend = TorchBackend(name=name, network=network)
    return AttentionModel(name=name, source=source, tokenizer=tokenizer, backend=backend)


def _open_config(folder: Path, *, name: str) -> PretrainedConfig:
    """Return the configuration, if it is one of a type that transformers knows."""
    written = read_config(folder)
    kind = written.get("model_type")
    if not isinstance(kind, str) or kind not in CONFIG_MAPPING:
        kind = kind if len(str(kind)) <= _LONGEST else f"{kind!s:.{_LONGEST}}..."
        if "auto_map" in written:
            raise refusal("model.own_code", name=name, kind=kind)
        raise refusal("model.architecture", name=name, kind=kind, version=transformers.__version__)
    if written.get("quantization_config"):
        raise refusal("model.quantised", name=name)
    with libraries_said(), _quiet():
        config = AutoConfig.from_pretrained(folder, **_HERE, return_dict=True)  # outputs have names
        config._attn_implementation = "eager"  # what it asks for may not be installed
        sizes = config.get_text_config()
    given = {size: getattr(sizes, size, None) for size in _SIZES}
    given |= {size: vars(sizes).get(size) for size in _CONTEXTS}
    for size, count in given.items():
        most = MOST_LAYERS if size == "num_hidden_layers" else None
        if not (count is None or isinstance(count, list) or _counts(count, most)):
            raise UnusableError(word("refusals.files.no_size", name=size, value=count))
    return config


def _counts(number: object, most: int | None) -> bool:
    """Whether something is a whole number of things of which there is at least one."""
    return type(number) is int and number >= 1 and (most is None or number <= most)


def _open_network(
    folder: Path, config: PretrainedConfig, *, dtype: str, name: str, device: str
) -> PreTrainedModel:
    kind = _saved_as(config)
    made: dict[str, Any] = {}
    with libraries_said(), _quiet():
        if "add_pooling_layer" in inspect.signature(kind.__init__).parameters:
            made["add_pooling_layer"] = False  # it reads what the last layer leaves, and no map
        with torch.device("meta"):
            size = _numbers_in(kind(config, **made))
    _check_size(size * getattr(torch, dtype).itemsize, name=name, device=device)
    with libraries_said(), _quiet():
        loaded: Any = kind.from_pretrained(
            folder,
            config=config,
            dtype=getattr(torch, dtype),
            attn_implementation="eager",
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are refused below, by name
            use_safetensors=True,  # never pickled weights, which are a program
            **_HERE,
            **made,
        )
    network, info = loaded
    for key, here, wanted in sorted(info["mismatched_keys"]):
        if _is_below_head(key, network):
            shapes = {"here": list(here), "wanted": list(wanted)}
            raise UnusableError(word("refusals.files.other_shape", name=key, **shapes))
    _check_layers(info["unexpected_keys"], network)
    missing = sorted(info["missing_keys"])
    head = [key for key in missing if not _is_below_head(key, network)]
    if len(head) < len(missing):
        lacking = {"count": len(missing), "first": missing[0], "folder": folder}
        raise refusal("model.incomplete", name=name, **lacking)
    whole = not head and not info["mismatched_keys"]
    return network if whole else network.base_model  # a head drawn at random says nothing


def _check_layers(unexpected: Collection[str], network: PreTrainedModel) -> None:
    """Refuse weights of layers that a network does not have; other extras harm nothing."""
    prefix = f"{network.base_model_prefix}."
    own = {_layer_of(key.removeprefix(prefix)) for key in network.state_dict()}
    stacks = {stack for stack, _ in own}
    for key in sorted(unexpected):
        stack, number = _layer_of(key.removeprefix(prefix))
        if stack and stack in stacks and (stack, number) not in own:
            raise UnusableError(word("refusals.files.other_layer", name=key))


def _layer_of(key: str) -> tuple[str, str]:
    """Return the stack of layers and the number of the one that a weight is of.

    Examples
    --------
    >>> _layer_of("h.3.ln_1.weight"), _layer_of("wte.weight")
    (('h', '3'), ('', ''))
    """
    found = re.match(r"(.+?)\.(\d+)\.", key)
    return (found[1], found[2]) if found else ("", "")


def _saved_as(config: PretrainedConfig) -> Any:
    """Return the class that wrote the files, else the one with a language head if there is one."""
    written = getattr(config, "architectures", None)
    for named in written if isinstance(written, list) else ():
        kind = getattr(transformers, named, None) if isinstance(named, str) else None
        if getattr(kind, "config_class", None) is type(config):
            return kind
    with libraries_said():
        causal = type(config) in modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING
        masked = type(config) in modeling_auto.MODEL_FOR_MASKED_LM_MAPPING
        mapping = (AutoModelForCausalLM if causal and not masked else AutoModel)._model_mapping
        kind: Any = mapping[type(config)]
    return kind[0] if isinstance(kind, tuple) else kind


def _is_below_head(key: str, network: PreTrainedModel) -> bool:
    return network.base_model is network or key.startswith(f"{network.base_model_prefix}.")


def _numbers_in(network: PreTrainedModel) -> int:
    tensors = [*network.parameters(), *network.buffers()]
    return sum(tensor.numel() for tensor in tensors)


def _check_size(needed: int, *, name: str, device: str) -> None:
    """Refuse a network for which there is no memory, before any of it is taken."""
    for place in dict.fromkeys(("cpu", device)):
        free = memory.available(place)
        if free is not None and needed > free:
            sizes = {"needed": memory.gigabytes(needed), "free": memory.gigabytes(free)}
            raise refusal("memory.network", name=name, device=place, **sizes)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers' report and progress bar out of a lesson; missing weights we report."""
    verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bar:
            logging.enable_progress_bar()
