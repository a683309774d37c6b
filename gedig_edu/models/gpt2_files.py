"""What a folder with a GPT-2 holds: its settings and its weights, read without torch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from gedig_edu.errors import shown
from gedig_edu.models.files import MOST_LAYERS, WEIGHTS, UnusableError, read_config
from gedig_edu.models.tensors import read_tensors
from gedig_edu.theory.gpt2 import gelu
from gedig_edu.words import refusal, word

HEAD = "lm_head.weight"
_OF_A_LAYER = re.compile(r"h\.(\d+)\.(.+)")


def _exact_gelu(x: np.ndarray) -> np.ndarray:
    from scipy.special import erf

    return 0.5 * x * (1 + erf(x * np.float32(0.5**0.5)))


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def _silu(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * (1 + np.tanh(0.5 * x))


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "gelu_new": gelu,
    "gelu_fast": gelu,
    "gelu_pytorch_tanh": gelu,
    "gelu": _exact_gelu,
    "relu": _relu,
    "silu": _silu,
    "swish": _silu,
    "tanh": np.tanh,
}


_KINDS: dict[str, Callable[[object], bool]] = {
    **{kind.__name__: lambda value, kind=kind: type(value) is kind for kind in (bool, float, int)},
    "str": lambda value: isinstance(value, str) and value in ACTIVATIONS,
    "None": lambda value: value is None,
    "list[int]": lambda value: isinstance(value, list) and {*map(type, value)} <= {int},
}  # what a setting of each type may be


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a GPT-2, as its config.json names them; what it leaves out is GPT-2's own.

    `ends` are the ids that end a text, which a generation_config.json may name.
    """

    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768
    n_positions: int = 1024
    n_inner: int | None = None
    vocab_size: int = 50257
    activation_function: str = "gelu_new"
    layer_norm_epsilon: float = 1e-5
    initializer_range: float = 0.02
    scale_attn_weights: bool = True
    scale_attn_by_inverse_layer_idx: bool = False
    tie_word_embeddings: bool = True
    add_cross_attention: bool = False
    bos_token_id: int | None = 50256
    eos_token_id: int | list[int] | None = 50256
    ends: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for field in fields(self):
            value, kinds = getattr(self, field.name), str(field.type).split(" | ")
            if field.name != "ends" and not any(_KINDS[kind](value) for kind in kinds):
                setting = {"name": field.name, "value": shown(value), "wanted": field.type}
                raise UnusableError(word("refusals.files.no_setting", **setting))
        sizes = (self.n_layer, self.n_head, self.n_embd, self.n_positions, self.vocab_size)
        whole = all(type(size) is int and size > 0 for size in sizes)
        if not whole or self.n_layer > MOST_LAYERS:
            raise ValueError(
                "config.json gives a size that is no whole number above 0, or too many layers"
            )
        if self.n_embd % self.n_head:
            raise ValueError(f"{self.n_head} heads cannot share {self.n_embd} channels")

    @property
    def inner(self) -> int:
        """Channels inside a feed-forward part."""
        return self.n_inner or 4 * self.n_embd

    def scale(self, layer: int) -> float:
        """Return what a layer multiplies q·k with."""
        scale = (self.n_embd // self.n_head) ** -0.5 if self.scale_attn_weights else 1.0
        return scale / (layer + 1) if self.scale_attn_by_inverse_layer_idx else scale

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every tensor that the forward pass needs, by name."""
        D = self.n_embd
        every = {"wte.weight": (self.vocab_size, D), "wpe.weight": (self.n_positions, D)}
        every |= {"ln_f.weight": (D,), "ln_f.bias": (D,)}
        if not self.tie_word_embeddings:
            every[HEAD] = (self.vocab_size, D)
        for layer in range(self.n_layer):
            every |= {f"h.{layer}.{name}": shape for name, shape in self.layer_shapes().items()}
        return every

    def layer_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every tensor of one layer, by its name there."""
        D, inner = self.n_embd, self.inner
        return {
            "ln_1.weight": (D,), "ln_1.bias": (D,), "ln_2.weight": (D,), "ln_2.bias": (D,),
            "attn.c_attn.weight": (D, 3 * D), "attn.c_attn.bias": (3 * D,),
            "attn.c_proj.weight": (D, D), "attn.c_proj.bias": (D,),
            "mlp.c_fc.weight": (D, inner), "mlp.c_fc.bias": (inner,),
            "mlp.c_proj.weight": (inner, D), "mlp.c_proj.bias": (D,),
        }  # fmt: skip


def read_settings(folder: Path, *, name: str) -> Settings:
    """Return the settings of the GPT-2 in `folder`.

    Raises
    ------
    GedigError
        If it is another model, or a GPT-2 with parts that `theory.gpt2` does not have.
    ValueError
        If a number of the settings is none, or the heads do not share the channels.
    """
    held = read_config(folder)
    activation = held.get("activation_function", Settings.activation_function)
    plain = {"model_type": "gpt2", "add_cross_attention": False, "quantization_config": None}
    for setting, value in plain.items():
        if held.get(setting, plain[setting]) != value:
            raise refusal("model.not_numpy", name=name, setting=setting, value=held[setting])
    if "model_type" not in held or activation not in ACTIVATIONS:
        setting = "activation_function" if "model_type" in held else "model_type"
        raise refusal("model.not_numpy", name=name, setting=setting, value=held.get(setting))
    known = {field.name for field in fields(Settings)} - {"ends"}
    own = {setting: value for setting, value in held.items() if setting in known}
    return Settings(**own, ends=_ends(folder, own.get("eos_token_id", Settings.eos_token_id)))


def read_weights(folder: Path, settings: Settings, *, name: str) -> Mapping[str, np.ndarray]:
    """Return the float32 tensors that `theory.gpt2.run` needs, by name.

    Raises
    ------
    GedigError
        If one is missing.
    ValueError
        If one has another shape than the settings ask for.
    """
    whole = folder / WEIGHTS
    files = [whole] if whole.exists() else sorted(folder.glob("model-*.safetensors"))
    held = {
        given.removeprefix("transformer."): tensor
        for file in files
        for given, tensor in read_tensors(file).items()
    }
    _check_layers(held, settings)
    wanted = settings.shapes()
    if HEAD not in held:
        wanted.pop(HEAD, None)  # a head that is missing is not drawn at random
    elif not np.array_equal(held[HEAD], held.get("wte.weight", ())):
        wanted[HEAD] = wanted["wte.weight"]  # transformers too believes the file, tied or not
    missing = sorted(f"transformer.{each}" for each in wanted if each not in held)
    if missing:
        lacking = {"count": len(missing), "first": missing[0], "folder": folder}
        raise refusal("model.incomplete", name=name, **lacking)
    for each, shape in wanted.items():
        if held[each].shape != shape:
            raise ValueError(f"{each} has shape {held[each].shape} where config.json says {shape}")
    return {each: held[each] for each in wanted}


def _check_layers(held: Collection[str], settings: Settings) -> None:
    """Refuse weights of layers that the settings do not have."""
    parts = settings.layer_shapes()
    for name in sorted(held):
        found = _OF_A_LAYER.fullmatch(name)
        if found and found[2] in parts and int(found[1]) >= settings.n_layer:
            raise UnusableError(word("refusals.files.other_layer", name=name))


def _ends(folder: Path, given: object) -> frozenset[int]:
    """Return the ids that end a text; a generation_config.json goes before config.json."""
    file = folder / "generation_config.json"
    try:
        written = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):  # it is not there, or rotten
        written = None
    return ids_in(written.get("eos_token_id") if isinstance(written, dict) else given)


def ids_in(given: object) -> frozenset[int]:
    """Return the ids among what a configuration names: one, several or none.

    Examples
    --------
    >>> ids_in(3), ids_in([3, "x"]), ids_in(None)
    (frozenset({3}), frozenset({3}), frozenset())
    """
    return frozenset(
        one for one in (given if isinstance(given, list) else [given]) if type(one) is int
    )
