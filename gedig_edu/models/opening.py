"""From a folder of files to an `AttentionModel`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, PretrainedConfig
from transformers.utils import logging

from gedig_edu.errors import GedigError, check_choice
from gedig_edu.models.adapters import ADAPTERS, adapter_for
from gedig_edu.models.attention import NAME
from gedig_edu.models.devices import choose_device
from gedig_edu.models.files import UnusableError
from gedig_edu.models.model import AttentionModel
from gedig_edu.models.tokenizer import open_tokenizer
from gedig_edu.models.torch_backend import TorchBackend
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from transformers import PreTrainedModel

DTYPES = ("float32", "float16", "bfloat16", "float64")
_HERE: Any = {"local_files_only": True, "trust_remote_code": False}  # no network, no foreign code


def open_model(
    folder: Path, *, name: str, source: str, device: str = "auto", dtype: str = "float32"
) -> AttentionModel:
    """Return the model whose files lie in `folder`.

    Raises
    ------
    GedigError
        If the folder holds no readable model of a known architecture, weights are missing,
        or the device or dtype is not there.
    """
    check_choice("dtype", dtype, DTYPES)
    place = choose_device(device)
    try:
        with _quiet():
            _refuse_own_code(folder, name=name)
            config = AutoConfig.from_pretrained(folder, **_HERE)
            adapter = adapter_for(config, name=name)
            network = _open_network(folder, config, causal=adapter.causal, dtype=dtype, name=name)
            tokenizer = open_tokenizer(folder)
    except GedigError:
        raise
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise UnusableError(str(error).strip().splitlines()[0].rstrip(".")) from error
    torch.nn.Module.to(network.eval(), place)
    return AttentionModel(
        name=name,
        source=source,
        tokenizer=tokenizer,
        backend=TorchBackend(name=name, network=network),
    )


def _refuse_own_code(folder: Path, *, name: str) -> None:
    """Refuse a type that transformers does not know and would read with the model's own code."""
    config, _ = PretrainedConfig.get_config_dict(folder, local_files_only=True)
    kind = config.get("model_type")
    if "auto_map" in config and kind not in ADAPTERS:
        raise refusal("model.own_code", name=name, kind=kind, known=", ".join(ADAPTERS))


def _open_network(
    folder: Path, config: PretrainedConfig, *, causal: bool, dtype: str, name: str
) -> PreTrainedModel:
    kind = AutoModelForCausalLM if causal else AutoModel
    pooler = {"add_pooling_layer": False} if config.model_type == "bert" else {}
    loaded: Any = kind.from_pretrained(
        folder,
        config=config,
        dtype=getattr(torch, dtype),
        attn_implementation=NAME,
        output_loading_info=True,
        use_safetensors=True,  # never pickled weights, which are a program
        **_HERE,
        **pooler,
    )
    network, info = loaded
    missing = sorted(info["missing_keys"])
    if missing:
        lacking = {"count": len(missing), "first": missing[0], "folder": folder}
        raise refusal("model.incomplete", name=name, **lacking)
    return network


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
