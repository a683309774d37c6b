"""Train a small GPT-2 on plain text, so that the course can carry a real trained model.

One run is a folder: ``log.csv`` (losses), ``checkpoint.pt`` (all that a resume needs),
``snapshots/`` (weights along the way, for measuring how structure forms) and, at the end,
``model/`` (what ``transformers`` and ``gedig_edu.load`` open). Kill it at any moment and run it
again: it goes on from the checkpoint and ends with the losses of an unbroken run.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError, check_whole, shown
from gedig_edu.lab import folders
from gedig_edu.lab.corpus import Batches, encode_books, read_corpus, train_tokenizer
from gedig_edu.lab.small_gpt2 import (
    PretrainConfig,
    build_model,
    build_optimizers,
    has_fast_bfloat16,
    token_loss,
    write_model,
    write_weights,
)
from gedig_edu.words import word

if TYPE_CHECKING:
    import torch

RUN, TOKENIZER = "run.json", "tokenizer.json"
COLUMNS: tuple[str, ...] = ("step", "tokens", "train", "validation")


def pretrain(
    corpus: Path | str,
    out: Path | str,
    *,
    config: PretrainConfig | None = None,
    checkpoint_every: int = 200,
    progress: bool = True,
) -> Path:
    """Train a GPT-2 on the text files of `corpus`, or go on where a run in `out` stopped.

    Parameters
    ----------
    corpus : path
        Folder of UTF-8 ``.txt`` files.
    out : path
        Folder of the run, and of nothing else: new, empty, or that of an earlier run.
    config : PretrainConfig, optional
        A run that stands in `out` already must have the same one.
    checkpoint_every : int
        Steps between checkpoints.
    progress : bool
        Show a progress bar.

    Returns
    -------
    path of the finished model folder

    Raises
    ------
    GedigError
        If `out` holds something else than a run, or one that is damaged or has another config;
        if it cannot be written, or the corpus cannot be read.
    """
    checkpoint_every = check_whole("checkpoint_every", checkpoint_every, at_least=1)
    for name, folder in {"corpus": corpus, "out": out}.items():
        if not isinstance(folder, str | os.PathLike):
            raise GedigError(f"{name}={shown(folder)} is no folder; give a path.")
    with folders.writing(Path(out)):
        run = Run(Path(out), config or PretrainConfig(), Path(corpus))
        with run.claimed():
            run.train(checkpoint_every=checkpoint_every, progress=progress)
            return run.export()


class Run:
    """One training run in one folder, which it writes to while it is claimed."""

    def __init__(self, folder: Path, config: PretrainConfig, corpus: Path) -> None:
        self.folder, self.config = folder, config
        texts = read_corpus(corpus, held_out=config.held_out)
        self.identity = {"config": asdict(config), "corpus": texts.digest()}
        folders.held(folder, RUN, self.identity)
        self.tokenizer = self._tokenizer(list(texts.train.values()))
        self.batches = Batches(
            encode_books(self.tokenizer, list(texts.train.values())),
            context=config.context,
            rows=config.rows,
            vocabulary=config.vocabulary,
            repeated_passages=config.repeated_passages,
            repeated_random=config.repeated_random,
            seed=config.seed,
        )
        self.validation = self._validation_rows(list(texts.validation.values()))
        self.model = build_model(config)
        self.optimizers = build_optimizers(self.model, config)
        self.step = 0
        self.rows: list[dict[str, float | None]] = []

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Make the folder this run's own while the block goes on, from its last checkpoint."""
        with folders.claimed(self.folder, RUN, self.identity):
            with folders.writing(self.folder):
                folders.replace(self.folder / TOKENIZER, self.tokenizer.to_str())
            self._resume()
            yield

    def train(self, *, checkpoint_every: int, progress: bool) -> None:
        """Run the steps that are left."""
        from tqdm.auto import tqdm

        steps, measured = self.config.steps, set(self.config.measured_steps())
        if self.step == 0 and not self.rows:
            self._measure(None)
        unit = word("cli.pretrain.step")
        with tqdm(total=steps, initial=self.step, disable=not progress, unit=unit) as bar:
            while self.step < steps:
                loss = self._advance()
                bar.update()
                if self.step in measured:
                    self._measure(loss)
                    bar.set_postfix(loss=f"{loss:.3f}", validation=self.rows[-1]["validation"])
                if self.step % checkpoint_every == 0 or self.step == steps:
                    self._save_checkpoint()

    def export(self) -> Path:
        """Write the model folder: float16 weights, config, tokenizer, log."""
        self._write_log()
        target = self.folder / "model"
        write_model(self.model, self.tokenizer, target)
        (target / "training.csv").write_text((self.folder / "log.csv").read_text())
        (target / "recipe.json").write_text(json.dumps(asdict(self.config), indent=1) + "\n")
        return target

    def _advance(self) -> float:
        import torch

        self.model.train()
        inputs, targets = map(torch.from_numpy, self.batches.batch(self.step))
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_fast_bfloat16()):
            logits = self.model(input_ids=inputs).logits  # [rows, context, vocabulary]
        loss = token_loss(logits, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * self.config.rate(self.step)
            optimizer.step()
        self.model.zero_grad(set_to_none=True)
        self.step += 1
        return loss.item()

    def _measure(self, loss: float | None) -> None:
        import torch

        self.model.eval()
        with torch.inference_mode():
            losses = [
                token_loss(self.model(input_ids=rows[:, :-1]).logits, rows[:, 1:]).item()
                for rows in self.validation.split(16)
            ]
        self.rows.append(
            {
                "step": self.step,
                "tokens": self.step * self.config.rows * self.config.context,
                "train": None if loss is None else round(loss, 5),
                "validation": round(float(np.mean(losses)), 5),
            }
        )
        self._write_log()
        write_weights(self.model, self.folder / "snapshots" / f"step-{self.step:06d}.safetensors")

    def _write_log(self) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        folders.replace(self.folder / "log.csv", text.getvalue())

    def _damaged(self, path: Path, trouble: Exception) -> GedigError:
        return GedigError(
            f"{path} is damaged ({type(trouble).__name__}), so this run cannot go on; name "
            f"another folder, or delete {self.folder} and begin again."
        )

    def _tokenizer(self, texts: Sequence[str]) -> Any:
        from tokenizers import Tokenizer

        path = self.folder / TOKENIZER
        if not ((self.folder / RUN).exists() and path.exists()):
            return train_tokenizer(texts, vocabulary=self.config.vocabulary)
        try:
            return Tokenizer.from_file(str(path))
        except Exception as trouble:
            raise self._damaged(path, trouble) from trouble

    def _validation_rows(self, texts: Sequence[str]) -> torch.Tensor:
        import torch

        tokens, length = encode_books(self.tokenizer, texts), self.config.context + 1
        rows = tokens[: tokens.size // length * length].reshape(-1, length)
        if not len(rows):
            raise GedigError(
                f"The validation text has {tokens.size} tokens, and one row needs {length}; "
                "give more text or a shorter context."
            )
        return torch.from_numpy(rows[: self.config.validation_rows])

    def _save_checkpoint(self) -> None:
        import torch

        aside = self.folder / "checkpoint.pt.part"
        state = {
            "step": self.step,
            "rows": self.rows,
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }
        torch.save(state, aside)
        os.replace(aside, self.folder / "checkpoint.pt")

    def _resume(self) -> None:
        import torch

        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return
        try:
            state = torch.load(path, weights_only=True)
            self.step, self.rows = _whole_steps(state, self.config)
            self.model.load_state_dict(state["model"])
            for optimizer, held in zip(self.optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(held)
        except Exception as trouble:
            raise GedigError(
                f"{path} is damaged ({type(trouble).__name__}), so this run cannot go on from "
                "there; delete that file to train from the first step again."
            ) from trouble


def _whole_steps(
    state: dict[str, Any], config: PretrainConfig
) -> tuple[int, list[dict[str, float | None]]]:
    """Return the step and the rows of the log that a checkpoint holds, if they are what we wrote.

    Raises
    ------
    ValueError
        If they are not.
    """
    step, rows = state["step"], state["rows"]
    whole = type(step) is int and 0 <= step <= config.steps
    if not (whole and rows and all(set(row) == set(COLUMNS) for row in rows)):
        raise ValueError("neither a step nor the rows of a log")
    return step, rows
