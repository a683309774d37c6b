"""Train a classifier with α·F in its loss, as the gauge paper's second experiment does.

loss = cross-entropy + α·F_mean, F_mean the mean of the soft gauge over all heads of all layers and
all sentences of a batch. One run is one α, one penalty and one seed. The seed draws the training
sentences, the new head, the order of the batches and the dropout, and nothing else does: runs of
the same seed differ in their penalty alone, and are compared in pairs.

What the paper leaves open is settled here, and written into `TrainingSetting`. No dropout falls on
attention itself, in any arm: its zeros make the entropy's gradient infinite. Sentences of like
length share a batch, which halves the padding.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError, check_choice, check_number, check_whole
from gedig_edu.theory.gauge import Gauge

if TYPE_CHECKING:
    from torch import Tensor

    from gedig_edu.lab.classifier import Classifier
    from gedig_edu.lab.labelled import Labelled
    from gedig_edu.models import AttentionModel

CONVENTIONS = {"paper": Gauge.paper, "released": Gauge.released}
PENALTIES = ("F", "entropy", "minus_F", "random_field")
POOL = 8  # batches of sentences that are sorted by length together
WEIGHT_DECAY = 0.01
TERMS = ("F", "density", "entropy", "path_gain")

Progress = Callable[[int, int], object]
Penalise = Callable[[Sequence["Tensor"], "Tensor", list["Tensor"]], "Tensor"]


@dataclass(frozen=True, kw_only=True)
class TrainingSetting:
    """What the runs of a sweep share.

    Attributes
    ----------
    model : str
        Of the registry, a hub id or a folder; an encoder is read by the mean of its last states,
        a decoder by the last.
    examples : int
        Training sentences, drawn by the seed.
    evaluation : int or None
        How many of the evaluation sentences are used; None: all.
    epochs, rows : int
        Passes, and sentences in a batch.
    learning_rate : float
        At the start; it falls to 0 along a line. AdamW, weight decay 0.01.
    most_tokens : int
        A sentence is cut after so many.
    convention : {"released", "paper"}
        Of the gauge. The levels of the paper's Table 3 are those of its script.
    softness, beta : float
        Of the soft gauge.
    """

    model: str = "minilm"
    examples: int = 2_000
    evaluation: int | None = None
    epochs: int = 3
    rows: int = 16
    learning_rate: float = 2e-5
    most_tokens: int = 128
    convention: str = "released"
    softness: float = 0.3
    beta: float = 5.0

    def __post_init__(self) -> None:
        for name in ("examples", "epochs", "rows", "most_tokens"):
            object.__setattr__(self, name, check_whole(name, getattr(self, name), at_least=1))
        if self.evaluation is not None:
            evaluation = check_whole("evaluation", self.evaluation, at_least=1)
            object.__setattr__(self, "evaluation", evaluation)
        check_number("learning_rate", self.learning_rate, above=0)
        check_number("softness", self.softness, above=0, at_most=1)
        check_number("beta", self.beta, above=0)
        check_choice("convention", self.convention, CONVENTIONS)

    @property
    def gauge(self) -> Gauge:
        """The gauge that trains and that measures."""
        return CONVENTIONS[self.convention]()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run came to, measured on the evaluation sentences after the last step.

    Attributes
    ----------
    penalty : str
        What α weighs; "F" where α = 0.
    alpha : float
    seed : int
    accuracy : float
        Share of the evaluation sentences that were classified right, 0 to 1.
    loss : float
        Cross-entropy, nats a sentence.
    right : str
        A 1 for each sentence classified right, else a 0, in the file's order.
    F, density, entropy, path_gain : float
        Means of the gauge, hard edges, over sentences, layers and heads.
    F_layers : tuple of float
        Mean F of each layer.
    seconds : float
        How long the run took.
    """

    penalty: str
    alpha: float
    seed: int
    accuracy: float
    loss: float
    right: str
    F: float
    density: float
    entropy: float
    path_gain: float
    F_layers: tuple[float, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Outcome:
        """Return what `to_dict` told."""
        values: dict[str, Any] = {field.name: told[field.name] for field in fields(cls)}
        values["F_layers"] = tuple(values["F_layers"])
        return cls(**values)


def train_one(
    setting: TrainingSetting,
    train: Labelled,
    evaluate: Labelled,
    *,
    alpha: float,
    seed: int,
    penalty: str = "F",
    model: AttentionModel | None = None,
    device: str = "auto",
    progress: Progress | None = None,
) -> Outcome:
    """Train one classifier and measure it.

    Parameters
    ----------
    setting : TrainingSetting
    train, evaluate : Labelled
    alpha : float
        Weight of the penalty in the loss, at least 0.
    seed : int
    penalty : {"F", "entropy", "minus_F", "random_field"}
        What is added to the loss: F; its entropy term alone, −λ·entropy; −F; or a fixed random
        smooth function of the weights whose gradient has, at each step, the length of F's.
    model : AttentionModel, optional
        Opened already; its network is copied, not trained.
    device : str
        "auto", "cpu", "cuda", …
    progress : callable (step, steps), optional
        Told after each step; what it raises ends the run.

    Raises
    ------
    GedigError
        If a number is out of range, there are too few sentences, or the model cannot be trained
        so.
    """
    import torch

    from gedig_edu.lab.classifier import open_classifier

    check_number("alpha", alpha, at_least=0)
    seed = check_whole("seed", seed, at_least=0)
    check_choice("penalty", penalty, PENALTIES)
    check_enough(setting, train, evaluate)
    start = time.perf_counter()
    torch.manual_seed(seed)
    classes = len(train.classes)
    classifier = open_classifier(setting.model, model=model, classes=classes, device=device)
    penalise = _penalty(penalty, setting, classifier.causal, seed) if alpha else None
    steps = _training(setting, classifier, train, alpha, penalise, seed)
    for step, (loss, most) in enumerate(steps, start=1):
        if not np.isfinite(loss):
            raise GedigError(
                f"The loss is {loss} at step {step} with alpha={alpha:g} and seed {seed}; give a "
                "smaller learning rate or alpha."
            )
        if progress is not None:
            progress(step, most)
    held = evaluate if setting.evaluation is None else evaluate.take(np.arange(setting.evaluation))
    measured = _measure(classifier, held, setting)
    told = {"penalty": penalty if alpha else "F", "alpha": float(alpha), "seed": seed}
    return Outcome(**told, **measured, seconds=time.perf_counter() - start)


def check_enough(setting: TrainingSetting, train: Labelled, evaluate: Labelled) -> None:
    """Refuse a setting that wants more sentences than there are.

    Raises
    ------
    GedigError
    """
    asked = {
        "examples": (setting.examples, len(train), "training"),
        "evaluation": (setting.evaluation or 0, len(evaluate), "evaluation"),
    }
    for name, (count, there, kind) in asked.items():
        if count > there:
            raise GedigError(
                f"{name}={count} and there are {there} {kind} sentences; give at most {there} "
                f"(--{name} {there})."
            )


def _training(
    setting: TrainingSetting,
    classifier: Classifier,
    train: Labelled,
    alpha: float,
    penalise: Penalise | None,
    seed: int,
) -> Iterator[tuple[float, int]]:
    """Take all steps, and yield after each the loss it met and how many there are."""
    import torch

    rng = np.random.default_rng([seed, 1])
    chosen = _drawn(train, setting.examples, rng)
    batches = [
        batch for _ in range(setting.epochs) for batch in _batches(classifier, chosen, setting, rng)
    ]
    optimiser, schedule = _optimiser(classifier, setting.learning_rate, len(batches))
    parameters = list(classifier.body.parameters())
    classifier.train()
    for ids, labels in batches:
        logits, maps, mask = classifier(ids, attentions=penalise is not None)
        loss = torch.nn.functional.cross_entropy(logits, labels.to(logits.device))
        if penalise is not None:
            loss = loss + alpha * penalise(maps, mask, parameters)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        yield loss.item(), len(batches)


def _drawn(train: Labelled, count: int, rng: np.random.Generator) -> Labelled:
    return train.take(rng.permutation(len(train))[:count])


def _batches(
    classifier: Classifier, chosen: Labelled, setting: TrainingSetting, rng: np.random.Generator
) -> Iterator[tuple[list[tuple[int, ...]], Tensor]]:
    """Yield one pass over the sentences in random order, those of like length together."""
    import torch

    ids = [classifier.ids(text, setting.most_tokens) for text in chosen.sentences]
    order = rng.permutation(len(ids))
    size = setting.rows
    parts: list[np.ndarray] = []
    for start in range(0, len(order), POOL * size):
        pool = order[start : start + POOL * size]
        by_length = pool[np.argsort([len(ids[place]) for place in pool], kind="stable")]
        pieces = [by_length[at : at + size] for at in range(0, len(pool), size)]
        parts += [pieces[at] for at in rng.permutation(len(pieces))]
    for part in parts:
        yield [ids[place] for place in part], torch.as_tensor(chosen.labels[part])


def _optimiser(classifier: Classifier, learning_rate: float, steps: int) -> tuple[Any, Any]:
    import torch

    optimiser = torch.optim.AdamW(
        classifier.parameters(), lr=learning_rate, weight_decay=WEIGHT_DECAY, fused=True
    )
    line = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
    return optimiser, line


def _penalty(name: str, setting: TrainingSetting, causal: bool, seed: int) -> Penalise:
    """Return the function of the maps of a batch that α weighs, a scalar."""
    import torch

    from gedig_edu.lab.soft_gauge import soft_read

    def soft_mean(maps: Sequence[Tensor], mask: Tensor, gauge: Gauge = setting.gauge) -> Tensor:
        how = {"softness": setting.softness, "beta": setting.beta}
        stacked = torch.stack(list(maps))  # [layers, batch, heads, L, L]
        return soft_read(gauge, stacked, causal=causal, mask=mask, **how).F.mean()

    def chosen(maps: Sequence[Tensor], mask: Tensor, parameters: list[Tensor]) -> Tensor:
        if name == "entropy":
            return -setting.gauge.lam * mean_entropy(maps, mask, setting.gauge)
        if name == "minus_F":
            return -soft_mean(maps, mask)
        F = soft_mean(maps, mask)
        if name == "F":
            return F
        field = _random_field(maps, mask, seed)
        return field * (_steepness(F, parameters) / _steepness(field, parameters))

    return chosen


def mean_entropy(maps: Sequence[Tensor], mask: Tensor, gauge: Gauge) -> Tensor:
    """Return the mean of the gauge's entropy over maps [batch, heads, L, L], one a layer."""
    import torch

    from gedig_edu.lab.soft_gauge import entropy_of

    stacked = torch.stack(list(maps)).double()
    tokens = mask[:, None, :].expand(stacked.shape[:-1])
    return entropy_of(stacked, tokens, per_cell=gauge.entropy == "cells").mean()


def _random_field(maps: Sequence[Tensor], mask: Tensor, seed: int) -> Tensor:
    """Return the mean over maps of a smooth random function of place, weighed by attention.

    Each head has four plane waves over (i/n, j/n), drawn by the seed.
    """
    import torch

    rng = np.random.default_rng([seed, 2])
    first, layers = maps[0], len(maps)
    _, heads, length, _ = first.shape
    waves = torch.as_tensor(rng.normal(0, 6, (layers, heads, 4, 2)), device=first.device)
    phases = torch.as_tensor(rng.uniform(0, 2 * np.pi, (layers, heads, 4)), device=first.device)
    at = torch.arange(length, device=first.device) / mask.sum(dim=-1)[:, None]  # [batch, L]
    rows = torch.einsum("lhk,bi->lbhki", waves[..., 0], at.double())
    columns = torch.einsum("lhk,bj->lbhkj", waves[..., 1], at.double())
    angle = rows[..., :, None] + columns[..., None, :] + phases[:, None, :, :, None, None]
    field = angle.cos().sum(dim=3)
    weighed = torch.stack(list(maps)).double() * field * mask[:, None, :, None]
    return (weighed.sum(dim=(-1, -2)) / mask.sum(dim=-1)[None, :, None]).mean()


def _steepness(value: Tensor, parameters: list[Tensor]) -> Tensor:
    """Return the length of the gradient of `value`, without a gradient of its own."""
    import torch

    slopes = torch.autograd.grad(value, parameters, retain_graph=True, allow_unused=True)
    return torch.stack([slope.norm() for slope in slopes if slope is not None]).norm().double()


def _measure(classifier: Classifier, held: Labelled, setting: TrainingSetting) -> dict[str, Any]:
    """Return accuracy, loss and the hard gauge on the evaluation sentences."""
    import torch

    classifier.eval()
    ids = [classifier.ids(text, setting.most_tokens) for text in held.sentences]
    order = np.argsort([len(one) for one in ids], kind="stable")
    logits = torch.empty(len(ids), len(held.classes))
    terms = {name: np.empty((len(ids), classifier.layers)) for name in TERMS}
    with torch.inference_mode():
        for start in range(0, len(ids), 2 * setting.rows):
            part = order[start : start + 2 * setting.rows]
            found, maps, mask = classifier([ids[place] for place in part], attentions=True)
            logits[part] = found.float().cpu()
            read = setting.gauge.read(
                tuple(maps), causal=classifier.causal, mask=mask.cpu().numpy()
            )
            for name in TERMS:
                terms[name][part] = np.asarray(getattr(read, name)).mean(axis=-1).T
    labels = torch.as_tensor(held.labels)
    right = (logits.argmax(dim=-1) == labels).tolist()
    return {
        "accuracy": float(np.mean(right)),
        "loss": float(torch.nn.functional.cross_entropy(logits, labels)),
        "right": "".join(str(int(one)) for one in right),
        **{name: float(values.mean()) for name, values in terms.items()},
        "F_layers": tuple(terms["F"].mean(axis=0).tolist()),
    }
