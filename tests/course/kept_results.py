"""Results as `lab.results.keep` leaves them, made up: two models, two sets, every table small."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.f_training import Outcome

MODELS = {"causal": ("one", 0.1), "both": ("two", -0.1)}
GAUGES = ("released", "paper")
LAYERS = 4


def interval(name: str, value: float, half: float = 0.02) -> dict[str, float]:
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}


def table2(delta: float) -> dict[str, pd.DataFrame]:
    rows = [
        {"gauge": gauge, "against": name, "mask": mask, **interval("delta", delta + place / 1000),
         **interval("share_positive", 0.75), **interval("d", 20 * delta, 0.5)}
        for gauge in GAUGES
        for place, name in enumerate(
            ["random", "uniform", "local", "diagonal", "entropy_matched", "row_shuffled"])
        for mask in ("none", "matched")
        if (name, mask) != ("row_shuffled", "none")
    ]  # fmt: skip
    degrees = [
        {"gauge": gauge, "path_term": "above_placebo", **interval("delta", 0.001)}
        for gauge in GAUGES
    ]
    return {"table2": pd.DataFrame(rows), "degrees": pd.DataFrame(degrees)}


def layers(delta: float) -> dict[str, pd.DataFrame]:
    levels = [
        {"gauge": gauge, "layer": layer, **interval("F", -0.5 + layer * delta)}
        for gauge in GAUGES
        for layer in range(LAYERS)
    ]
    depth = [
        {"gauge": gauge, "of": "F", "from_layer": start, **interval("rho", np.sign(delta))}
        for gauge in GAUGES
        for start in (0, 1)
    ]
    steps = [
        {"gauge": gauge, "of": "F", **interval("first_step", delta),
         **interval("first_less_later", 0.0), "first_step_p": 0.25}
        for gauge in GAUGES
    ]  # fmt: skip
    tables = {"layers": levels, "depth": depth, "steps": steps}
    return {name: pd.DataFrame(rows) for name, rows in tables.items()}


def thresholds(delta: float) -> dict[str, pd.DataFrame]:
    quantiles = [("quantile", value) for value in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)]
    rows = [
        {"gauge": gauge, "mask": "none", "kind": kind, "value": value,
         **interval("delta", delta + value / 100 if kind == "quantile" else -delta)}
        for gauge in GAUGES
        for kind, value in (*quantiles, ("fixed", 0.001), ("fixed", 0.01))
    ]  # fmt: skip
    return {"thresholds": pd.DataFrame(rows)}


def decomposition(delta: float) -> dict[str, pd.DataFrame]:
    shares = {"delta": delta, "density": 0.0, "entropy": 0.8 * delta, "path": 0.2 * delta}
    row = {key: value for name, one in shares.items() for key, value in interval(name, one).items()}
    rows = [
        {
            "gauge": "released",
            "against": name,
            "mask": mask,
            **row,
            **interval("entropy_share", 0.8),
        }
        for name, mask in (("random", "none"), ("random", "matched"), ("row_shuffled", "matched"))
    ]  # fmt: skip
    return {"decomposition": pd.DataFrame(rows)}


def fingerprint(delta: float) -> dict[str, pd.DataFrame]:
    fits = [
        {"gauge": gauge, "published": "llama_3", "lam_given": lam, **interval("gamma", 0.4),
         **interval("lam_gamma", 0.2), **interval("largest_deviation", abs(delta))}
        for gauge in GAUGES
        for lam in ("0.5", "1.0", "free")
    ]  # fmt: skip
    columns = [
        {"gauge": gauge, "lam": lam, "random_less": name, **interval("difference", delta)}
        for gauge in GAUGES
        for lam in (0.5, 1.0)
        for name in ("uniform", "local", "diagonal")
    ]
    return {"fits": pd.DataFrame(fits), "columns": pd.DataFrame(columns)}


def quality(delta: float) -> dict[str, pd.DataFrame]:
    rows = [
        {"gauge": gauge, "way": way, "term": term, **interval("rho", sign * delta, 0.05),
         **interval("rho_within", 0.0, 0.1)}
        for gauge in GAUGES
        for way, sign in (("zero", -1), ("mean", 1))
        for term in ("F", "order")
    ]  # fmt: skip
    return {"quality": pd.DataFrame(rows)}


MADE = {one.__name__: one for one in (
    table2, layers, thresholds, decomposition, fingerprint, quality)}  # fmt: skip


def write_results(folder: Path) -> Path:
    """Write them: of the second model no quality, as of an encoder."""
    for model, delta in MODELS.values():
        for only in ("short", "prose"):
            for name, make in MADE.items():
                if (name, model) != ("quality", "two"):
                    write_run(folder / model / only / name, model, only, make(delta))
    return folder


def write_run(folder: Path, model: str, only: str, tables: dict[str, pd.DataFrame]) -> None:
    folder.mkdir(parents=True)
    setting = Setting(
        experiment=folder.name,
        model=model,
        texts="wikitext-2/valid.txt",
        only=only,
        limit=200,
        cut=128 if only == "prose" else None,
    )
    record = {
        "setting": asdict(setting), "texts": {"count": 200, "sha256": "ab"}, "left_out": 3,
        "when": "2026-11-28", "versions": {"gedig-edu": "0.1.0", "numpy": "2.3.0"},
    }  # fmt: skip
    (folder / "setting.json").write_text(json.dumps(record))
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)


def write_sweep(folder: Path) -> Path:
    """Write a sweep: α = 0.01 changes nothing, α = 1 costs ten points and lowers F."""
    rng = np.random.default_rng(0)
    path = folder / "minilm" / "sst-2"
    path.mkdir(parents=True)
    setting = {"training": {"model": "minilm", "examples": 2000}}
    (path / "setting.json").write_text(json.dumps(setting))
    arms = (("F", 0.0, 0.0, 0.0), ("F", 0.01, 0.0, 0.0), ("F", 1.0, -0.1, -0.05),
            ("entropy", 0.01, 0.02, 0.01))  # fmt: skip
    lines = []
    for seed in range(1, 6):
        luck = rng.normal(0, 0.005)
        for penalty, alpha, gain, moved in arms:
            noise = 0.0 if alpha == 0 else rng.normal(0, 0.0005)
            right = round(872 * (0.8 + luck + gain))
            run = Outcome(
                penalty=penalty, alpha=alpha, seed=seed, accuracy=right / 872,
                loss=0.5, right="1" * right + "0" * (872 - right),
                F=-0.44 + moved + noise, density=0.1, entropy=0.8,
                path_gain=0.5, F_layers=(-0.44,), seconds=1.0,
            )  # fmt: skip
            lines.append(json.dumps(run.to_dict()))
    (path / "runs.jsonl").write_text("\n".join(lines) + "\n")
    return folder
