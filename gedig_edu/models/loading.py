"""The one way in: a model by short name, hub id or folder, or one that is in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gedig_edu.errors import GedigError, check_choice, printable
from gedig_edu.models.cache import DOWNLOADS, SOURCES, megabytes
from gedig_edu.models.devices import sees_accelerator
from gedig_edu.models.files import UnusableError, trouble_in
from gedig_edu.models.registry import BUNDLED, ENTRIES, entry_for
from gedig_edu.models.sources import Found, damaged, fetch, find, known_names
from gedig_edu.models.with_torch import torch_is_here, torch_opening
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from gedig_edu.models.model import AttentionModel

BACKENDS = ("auto", "numpy", "torch")
_FETCHED = ("cache (hub)", "cache (wheel)", "Hugging Face cache")


def load(
    name_or_path: str | Path | Any = BUNDLED,
    tokenizer: Any = None,
    *,
    source: str | None = None,
    device: str = "auto",
    download: bool = False,
    dtype: str = "float32",
    backend: str = "auto",
) -> AttentionModel:
    """Return a pretrained model by short name, hub id or local folder, or one in memory.

    Parameters
    ----------
    name_or_path : str, Path or transformers.PreTrainedModel
        A name of the registry, a folder with config.json, model.safetensors and
        tokenizer.json, or ``owner/name`` on the hub. Or a model of transformers of any precision
        on any device, or what holds just one (compiled, wrapped for adapters or for several
        devices, a pipeline, a sentence encoder). It is not copied, and read where it is; while it
        is read its mode is evaluation and its attention function ours, and afterwards both are
        what they were. Hooks that were put on it run as in any pass. It is read by one thread at a
        time, and should not be trained by another meanwhile.
    tokenizer : transformers or tokenizers tokenizer, optional
        That of a model in memory; a pipeline or sentence encoder brings its own. It is copied.
    source : {"bundled", "cache", "hub", "wheel"}, optional
        Take this source only; by default the first that has the model.
    device : str
        "auto" (an accelerator if there is one), "cpu", "cuda", ...
    download : bool
        Whether a model that is not on this machine is fetched, with a progress bar.
    dtype : {"float32", "float16", "bfloat16", "float64"}
        Precision of the network.
    backend : {"auto", "numpy", "torch"}
        What computes. NumPy reads the GPT-2 family, on the CPU and in float32, as torch does but
        for rounding. "auto" takes it for the bundled model where no accelerator is in sight, since
        importing torch and transformers takes seconds there, and wherever these are missing.

    Raises
    ------
    GedigError
        If the model is not here (and `download` is False), cannot be fetched, or cannot be read.

    Warns
    -----
    UserWarning
        If the tokenizer looks like another model's.

    Examples
    --------
    >>> model = load("gpt2-mini", device="cpu")
    >>> maps = model.attend("One and one is two.")
    >>> maps.causal, maps.weights.shape[:2] == (model.layers, model.heads)
    (True, True)
    """
    check_choice("backend", backend, BACKENDS)
    if not isinstance(name_or_path, str | os.PathLike):
        changes = (source, device, download, dtype, backend == "numpy")
        return _in_memory(name_or_path, tokenizer, changes=changes)
    if tokenizer is not None:
        raise refusal("model.brings_tokenizer", name=os.fspath(name_or_path))
    name = os.fsdecode(name_or_path)
    if source is not None:
        check_choice("source", source, SOURCES)
    found = find(name, source=source)
    trouble = None if found is None else trouble_in(found.folder)
    if found is None or (trouble is not None and download and found.source in _FETCHED):
        if not download:
            raise _not_here(name, source)
        wanted = source if source in DOWNLOADS else None
        found, trouble = Found(folder=fetch(name, source=wanted), source="cache"), None
    if trouble is not None:
        raise damaged(name, found, trouble)
    return _open(name, found, device=device, dtype=dtype, backend=backend)


def _in_memory(model: Any, tokenizer: Any, *, changes: tuple[object, ...]) -> AttentionModel:
    if changes != (None, "auto", False, "float32", False):
        raise refusal("model.stays_as_it_is")
    if not torch_is_here():
        raise refusal("model.none_in_it", kind=type(model).__name__)
    from gedig_edu.models.objects import open_objects

    return open_objects(model, tokenizer)


def _open(name: str, found: Found, *, device: str, dtype: str, backend: str) -> AttentionModel:
    folder = os.path.abspath(found.folder)  # "." has no name of its own
    short = printable(os.path.basename(folder)) if found.source == "folder" else name
    if backend == "numpy" or (backend == "auto" and _needs_no_torch(found, device, dtype)):
        from gedig_edu.models.numpy_opening import open_model
    else:
        open_model = torch_opening(short)
    try:
        return open_model(found.folder, name=short, source=found.source, device=device, dtype=dtype)
    except UnusableError as trouble:
        raise damaged(name, found, str(trouble)) from trouble


def _needs_no_torch(found: Found, device: str, dtype: str) -> bool:
    if dtype != "float32" or device not in ("auto", "cpu"):
        return False
    if not torch_is_here():
        return True
    return found.source == "bundled" and (device == "cpu" or not sees_accelerator())


def _not_here(name: str, source: str | None) -> GedigError:
    entry = entry_for(name)
    if source in ("bundled", "cache") or (source is None and entry.hub_id is None):
        return refusal(f"model.not_{'cached' if source == 'cache' else 'installed'}", name=name)
    if source == "hub" and entry.hub_id is None:
        return refusal("model.not_on_hub", name=name)
    if source == "wheel" and entry.wheel is None:
        return refusal("model.in_no_wheel", name=name)
    if entry not in ENTRIES:
        return refusal("model.unknown", name=name, known=known_names())
    carrier = entry.wheel if entry.wheel and source != "hub" else entry
    size = megabytes(carrier.bytes or 0)
    return refusal("model.not_here", name=name, size=size, licence=entry.licence)
