"""What reading F costs on a GPU, or on any device of torch's, beside the model and the copying.

`python -m tests.benchmarks.gpu` prints a table for the first CUDA device, or with ``--device cpu``
for the processor. Everything is measured in one run, the least of several rounds, and every map is
read by the compiled engine on the host as well: a difference ends the run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
import transformers

from gedig_edu.course.sentences import PROSE
from gedig_edu.lab.streams import read_stream
from gedig_edu.models import load
from gedig_edu.theory.gauge import Gauge, warm_up
from tests.benchmarks.table import processor, table

GAUGE = Gauge.released()
EXACT = ("threshold", "edges", "nodes", "path_length", "density")
MIB = 1 << 20


@dataclass(frozen=True)
class Row:
    """Milliseconds and MiB at one length, and how far F is from the host's."""

    tokens: int
    engine: float
    memory: float
    copy: float
    forward: float
    once: float
    difference: float


def milliseconds(call: Callable[[], object], device: torch.device, rounds: int) -> float:
    """Return the least time of `rounds` calls, after one that is not counted."""
    taken: list[float] = []
    for _ in range(rounds + 1):
        _wait(device)
        start = time.perf_counter()
        call()
        _wait(device)
        taken.append(1000 * (time.perf_counter() - start))
    return min(taken[1:])


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def causal_maps(layers: int, heads: int, tokens: int, device: torch.device) -> torch.Tensor:
    """Return maps like a decoder's: uneven rows, and a first token that all look at."""
    chance = torch.Generator(device).manual_seed(tokens)
    maps = torch.empty(layers, heads, tokens, tokens, device=device)
    hidden = torch.ones(tokens, tokens, dtype=torch.bool, device=device).triu(1)
    for layer in maps:
        layer.normal_(std=2, generator=chance)[..., 0] += 4
        layer.copy_(layer.masked_fill_(hidden, -torch.inf).softmax(-1))
    return maps


def network(options: argparse.Namespace, attention: str) -> transformers.GPT2Model:
    """Return a GPT-2 of random weights; as it stands, of 124 million."""
    torch.manual_seed(0)
    shape = transformers.GPT2Config(
        n_layer=options.layers,
        n_head=options.heads,
        n_embd=64 * options.heads,
        n_positions=max(1024, *options.tokens),
        bos_token_id=None,
        eos_token_id=None,
        attn_implementation=attention,
    )
    return transformers.GPT2Model(shape).eval().to(options.device)


@torch.inference_mode()
def measure(tokens: int, options: argparse.Namespace, model: transformers.GPT2Model) -> Row:
    """Read the same maps where they lie and on the host, and time what stands beside it."""
    device, rounds = options.device, options.rounds
    maps = causal_maps(options.layers, options.heads, tokens, device)
    ids = torch.arange(tokens, device=device)[None] * 37 % model.config.vocab_size
    found = GAUGE.read(maps, causal=True, engine="torch")
    expected = GAUGE.read(maps.cpu(), causal=True, engine="numba")
    for name in EXACT:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), name)
    difference = float(np.abs(found.F - expected.F).max())
    np.testing.assert_allclose(found.F, expected.F, rtol=0, atol=1e-12)
    read = partial(GAUGE.read, maps, causal=True, engine="torch")
    return Row(
        tokens,
        engine=milliseconds(read, device, rounds),
        memory=_extra_memory(read, device),
        copy=milliseconds(lambda: maps.to("cpu", copy=True), device, rounds),
        forward=milliseconds(lambda: model(ids, use_cache=False), device, rounds),
        once=milliseconds(maps.amax, device, rounds),
        difference=difference,
    )


def _extra_memory(call: Callable[[], object], device: torch.device) -> float:
    """Return the most MiB that a call takes on a GPU beside what lies there, else NaN."""
    if device.type != "cuda":
        return np.nan
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    call()
    return (torch.cuda.max_memory_allocated(device) - before) / MIB


def stream_against_forward(tokens: int, options: argparse.Namespace) -> tuple[float, float, float]:
    """Return milliseconds a text of `read_stream`, of its forward pass alone, and by `attend`."""
    tokenizer = load("gpt2-mini").tokenizer
    model = load(network(options, "eager"), tokenizer)
    ids = tokenizer.encode(" ".join(PROSE) * 20).ids
    texts = [tokenizer.decode(ids[start : start + tokens - 3]) for start in range(3)]
    plain = network(options, "eager")
    encoded = [torch.tensor([model.encode(text).ids], device=options.device) for text in texts]

    def stream() -> None:
        for _ in read_stream(GAUGE, model, texts, batch_size=1):
            pass

    @torch.inference_mode()
    def forward() -> None:
        for each in encoded:
            plain(each, use_cache=False)

    def attend() -> None:
        for maps in model.attend_many(texts, batch_size=1):
            maps.read(GAUGE)

    calls = (stream, forward, attend)
    return tuple(milliseconds(c, options.device, options.rounds) / len(texts) for c in calls)


def page(options: argparse.Namespace) -> str:
    """Measure, and return what is printed."""
    warm_up()
    model = network(options, "eager")
    rows = [measure(tokens, options, model) for tokens in options.tokens]
    named = ["tokens", "F, ms", "its extra memory, MiB", "copy to the host, ms",
             "forward pass, ms", "one read of the weights, ms", "difference of F"]  # fmt: skip
    cells = [
        [str(row.tokens)]
        + [_number(value) for value in (row.engine, row.memory, row.copy, row.forward, row.once)]
        + [f"{row.difference:.1g}"]
        for row in rows
    ]
    stream, forward, attend = stream_against_forward(options.stream, options)
    return "\n\n".join(
        [
            table(named, cells),
            f"{options.layers * options.heads} causal maps in float32, convention `released`; the "
            f"difference is to the compiled engine on the host. The model has GPT-2's shape with "
            f"{options.layers} × {options.heads} heads, random weights and eager attention.",
            f"A text of about {options.stream} tokens by that model: `read_stream` {stream:.3g} "
            f"ms, its forward pass alone {forward:.3g} ms ({stream / forward:.2f} times), `attend` "
            f"and `read` {attend:.3g} ms.",
            f"{_place(options.device)}, torch {torch.__version__}, transformers "
            f"{transformers.__version__}.",
        ]
    )


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3g}"


def _place(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor()


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    found = argparse.ArgumentParser(prog="python -m tests.benchmarks.gpu", description=__doc__)
    found.add_argument("--device", type=torch.device, default=torch.device("cuda"))
    found.add_argument("--tokens", type=int, nargs="+", default=[128, 512, 1024, 2048])
    found.add_argument("--layers", type=int, default=12)
    found.add_argument("--heads", type=int, default=12)
    found.add_argument("--stream", type=int, default=512, help="tokens of the streamed texts")
    found.add_argument("--rounds", type=int, default=5)
    return found.parse_args(arguments)


if __name__ == "__main__":
    print(page(options_of(None)))
