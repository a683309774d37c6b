"""The parts of a training run: its config, the model, the optimisers, the files."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError, check_number, check_whole
from gedig_edu.lab.corpus import END_OF_TEXT

if TYPE_CHECKING:
    import torch
    from transformers import GPT2LMHeadModel


@dataclass(frozen=True, kw_only=True)
class PretrainConfig:
    """All that decides a training run.

    Matrices inside the blocks are trained by Muon (Jordan 2024), the rest by AdamW, both with a
    linear warm-up and a cosine decay to zero. `repeated_random` lists (step, share): the share of
    rows of repeated random tokens from that step on.
    """

    layers: int = 6
    heads: int = 8
    width: int = 256
    context: int = 256
    vocabulary: int = 4096
    rows: int = 16
    steps: int = 4000
    warmup: int = 100
    matrix_learning_rate: float = 6e-3
    learning_rate: float = 3e-3
    weight_decay: float = 0.1
    clip: float = 1.0
    repeated_passages: float = 0.04
    repeated_random: tuple[tuple[int, float], ...] = ((0, 0.04),)
    held_out: tuple[str, ...] = ()
    validation_rows: int = 64
    points: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        least = dict.fromkeys(("layers", "heads", "width", "rows", "steps", "points"), 1)
        least |= {"context": 8, "vocabulary": 257, "validation_rows": 1, "warmup": 0, "seed": 0}
        for name, low in least.items():
            object.__setattr__(self, name, check_whole(name, getattr(self, name), at_least=low))
        check_number("weight_decay", self.weight_decay, at_least=0)
        check_number("repeated_passages", self.repeated_passages, at_least=0, at_most=1)
        for name in ("matrix_learning_rate", "learning_rate", "clip"):
            check_number(name, getattr(self, name), above=0)
        for _, share in self.repeated_random:
            check_number("repeated_random", share, at_least=0, at_most=1 - self.repeated_passages)
        if not self.repeated_random or self.repeated_random[0][0] != 0:
            raise GedigError(
                f"repeated_random={self.repeated_random!r} does not say what holds at step 0; "
                "give pairs (step, share) that start with step 0."
            )
        if self.width % self.heads:
            raise GedigError(
                f"width={self.width} does not divide into heads={self.heads}; "
                "give a width that is a multiple of the heads."
            )

    @classmethod
    def read(cls, path: Path | str) -> PretrainConfig:
        """Return the config of a ``recipe.json`` that an earlier run left beside its model.

        Raises
        ------
        GedigError
            If the file is not there or is no recipe.
        """
        try:
            fields = json.loads(Path(path).read_text(encoding="utf-8"))
            fields["held_out"] = tuple(fields["held_out"])
            fields["repeated_random"] = tuple(map(tuple, fields["repeated_random"]))
            return cls(**fields)
        except GedigError:
            raise
        except (OSError, KeyError, TypeError, ValueError, RecursionError) as trouble:
            raise GedigError(
                f"{str(path)!r} is no recipe ({type(trouble).__name__}: {trouble}); give the "
                "recipe.json that stands beside a model of ours."
            ) from trouble

    def measured_steps(self) -> list[int]:
        """Return the steps after which losses and weights are kept: dense early, 0 and the end."""
        spread = np.geomspace(1, self.steps, max(self.points - 1, 1))
        return sorted({0, self.steps, *(round(step) for step in spread)})

    def rate(self, step: int) -> float:
        """Return the factor on both learning rates at `step` (counted from 0)."""
        if check_whole("step", step, at_least=0) < self.warmup:
            return (step + 1) / self.warmup
        left = (step - self.warmup) / max(self.steps - self.warmup, 1)
        return 0.5 * (1 + math.cos(math.pi * min(left, 1)))


def has_fast_bfloat16() -> bool:
    """Tell whether this processor multiplies bfloat16 matrices in hardware."""
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def token_loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy in nats per scored token."""
    import torch

    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1).float(), targets.flatten(), ignore_index=-100
    )


def build_model(config: PretrainConfig) -> GPT2LMHeadModel:
    """Return a freshly initialised GPT-2: learned positions, pre-norm, tied embeddings."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(config.seed)
    shape = GPT2Config(
        vocab_size=config.vocabulary,
        n_positions=config.context,
        n_embd=config.width,
        n_layer=config.layers,
        n_head=config.heads,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
    )
    return GPT2LMHeadModel(shape)


def build_optimizers(model: GPT2LMHeadModel, config: PretrainConfig) -> list[Any]:
    """Return Muon for the matrices of the blocks and AdamW for everything else."""
    import torch

    if not hasattr(torch.optim, "Muon"):
        raise GedigError(
            f"torch {torch.__version__} has no Muon optimiser; install torch 2.9 or newer to train."
        )
    named = list(model.named_parameters())
    inside = [p for name, p in named if p.ndim == 2 and name.startswith("transformer.h.")]
    chosen = {id(parameter) for parameter in inside}
    others = [p for _, p in named if id(p) not in chosen]
    optimizers = [
        torch.optim.Muon(
            inside,
            lr=config.matrix_learning_rate,
            weight_decay=config.weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(others, lr=config.learning_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return optimizers


def write_model(model: GPT2LMHeadModel, tokenizer: Any, target: Path) -> None:
    """Write config, tokenizer and float16 weights as ``transformers`` reads them."""
    from transformers import PreTrainedTokenizerFast

    target.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(target)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=END_OF_TEXT,
        eos_token=END_OF_TEXT,
        unk_token=END_OF_TEXT,
        model_max_length=model.config.n_positions,
    ).save_pretrained(target)
    write_weights(model, target / "model.safetensors")


def write_weights(model: GPT2LMHeadModel, path: Path) -> None:
    """Write the weights once each (the tied head is the embedding) in float16."""
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    weights = {
        name: tensor.detach().half().contiguous()
        for name, tensor in model.state_dict().items()
        if name != "lm_head.weight"
    }
    aside = path.with_suffix(".part")
    save_file(weights, aside, metadata={"format": "pt"})
    aside.chmod(0o644)
    os.replace(aside, path)
