"""How structure forms: F and its terms for every head, along a training run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.lab.evaluation import repeated_random
from gedig_edu.shapes import Float
from gedig_edu.theory.gauge import Gauge

if TYPE_CHECKING:
    import pandas as pd
    from tokenizers import Tokenizer
    from transformers import GPT2LMHeadModel

RECORD = Path(__file__).parents[1] / "models" / "data" / "gpt2-mini" / "formation.csv"
TERMS = ("F", "density", "entropy", "path_gain")


def measure_run(folder: Path | str, sentences: Sequence[str]) -> pd.DataFrame:
    """Read every kept point of a pretraining run.

    Parameters
    ----------
    folder : path
        What ``gedig-edu pretrain`` wrote: ``model/``, ``log.csv`` and ``snapshots/``.
    sentences : sequence of str
        Read at every point; each head's terms are the mean over them.

    Returns
    -------
    DataFrame
        One row per (step, layer, head): ``step``, ``tokens``, ``validation`` (nats per token),
        ``repeat_gain`` (nats per token by which random tokens are cheaper the second time),
        ``layer``, ``head``, ``previous_token``, ``induction``, and ``F``, ``density``,
        ``entropy``, ``path_gain`` in both conventions (``paper_F``, ``released_F``, ...).

    Raises
    ------
    GedigError
        If the folder is not a finished run.
    """
    import pandas as pd

    folder = Path(folder)
    if not (folder / "model" / "config.json").exists():
        raise GedigError(
            f"{folder} holds no finished run; run `gedig-edu pretrain --out {folder}` to the end."
        )
    log = pd.read_csv(folder / "log.csv")
    frames = [
        measure_model(model, tokenizer, sentences).assign(**row)
        for row, model, tokenizer in _points(folder, log)
    ]
    table = pd.concat(frames, ignore_index=True)
    first = ["step", "tokens", "validation"]
    return table.reindex(columns=[*first, *table.columns.difference([*first, "train"], sort=False)])


def measure_model(
    model: GPT2LMHeadModel, tokenizer: Tokenizer, sentences: Sequence[str]
) -> pd.DataFrame:
    """Read one model: a row per head, as in `measure_run` without the columns of the log."""
    import pandas as pd

    maps = [_weights(model, tokenizer.encode(sentence).ids) for sentence in sentences]
    repeats = repeated_random(model)
    layer, head = np.indices(repeats.induction.shape)
    columns: dict[str, Any] = {
        "repeat_gain": round(repeats.gain, 4),
        "layer": layer.ravel(),
        "head": head.ravel(),
        "previous_token": repeats.previous_token.ravel().round(4),
        "induction": repeats.induction.ravel().round(4),
    }
    for name, gauge in (("paper", Gauge.paper()), ("released", Gauge.released())):
        readings = [gauge.read(weights, causal=True) for weights in maps]
        for term in TERMS:
            mean = np.mean([getattr(reading, term) for reading in readings], axis=0)
            columns[f"{name}_{term}"] = mean.ravel().round(5)
    return pd.DataFrame(columns)


def recorded_formation() -> pd.DataFrame:
    """Return `measure_run` of the bundled model's training, as it was recorded.

    Examples
    --------
    >>> sorted(set(recorded_formation()["layer"]))
    [0, 1, 2, 3, 4, 5]
    """
    import pandas as pd

    return pd.read_csv(RECORD)


def curves_of(table: pd.DataFrame, *, convention: str = "released") -> dict[str, np.ndarray]:
    """Return what is drawn of a run along its points.

    Parameters
    ----------
    table : DataFrame
        One row per (step, layer, head), as ``formation.csv`` beside the bundled weights has it.
    convention : "paper" or "released"
        Whose F.

    Returns
    -------
    dict
        ``step``, ``validation`` and the best head's ``previous_token`` and ``induction``, each
        [points], and ``F``, the mean over a layer's heads [points, layers].
    """
    ordered = table.sort_values(["step", "layer", "head"])
    points, layers = (len(set(ordered[name])) for name in ("step", "layer"))
    columns = {name: ordered[name].to_numpy().reshape(points, -1) for name in ordered}
    curves = {name: columns[name][:, 0] for name in ("step", "validation")}
    curves |= {name: columns[name].max(axis=1) for name in ("previous_token", "induction")}
    F = columns[f"{convention}_F"].reshape(points, layers, -1).mean(axis=-1)
    return curves | {"F": F}


def _points(
    folder: Path, log: pd.DataFrame
) -> Iterator[tuple[dict[str, float], GPT2LMHeadModel, Tokenizer]]:
    from safetensors.torch import load_file
    from tokenizers import Tokenizer
    from transformers import GPT2LMHeadModel

    tokenizer = Tokenizer.from_file(str(folder / "model" / "tokenizer.json"))
    model = GPT2LMHeadModel.from_pretrained(folder / "model", attn_implementation="eager").float()
    for row in log.to_dict("records"):
        weights = load_file(folder / "snapshots" / f"step-{int(row['step']):06d}.safetensors")
        model.load_state_dict({name: w.float() for name, w in weights.items()}, strict=False)
        yield row, model.eval(), tokenizer


def _weights(
    model: GPT2LMHeadModel, tokens: Sequence[int]
) -> Float[np.ndarray, "layers heads L L"]:
    import torch

    with torch.inference_mode():
        output = model(input_ids=torch.tensor([tokens]), output_attentions=True)
    return torch.cat(output.attentions).numpy()
