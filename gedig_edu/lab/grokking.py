"""Train a small reader of sums modulo a prime, and keep what its attention does along the way.

A row is [a, b, =], or sixteen numbers and =, and the answer is their sum modulo p. One layer of
attention and one of feed-forward stand between the tokens and the answer. It is read at '=' alone:
of attention only that row has consequences, and only that row is computed. Its query is the same
in every sum, so a number at a place has one score in each head, and a run's scores are a small
table. It is kept at every reading: weights, entropy, heat capacity and energies of every row of
attention come out of it again (`Sums.scores`).

Rows count as energies E = −q·k at T = √d of a head, as everywhere in the course; the mean heat
capacity C is over all sums, those to learn and those held back, and all heads.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_choice, check_kind, check_number, check_whole
from gedig_edu.lab.runner import thread_alone
from gedig_edu.shapes import Bool, Float, Int

if TYPE_CHECKING:
    from torch import Tensor

LABELS = ("sums", "shuffled")
LEAST_SHARE, MOST_SHARE, MOST_SEED = 0.01, 0.99, 2**31


@dataclass(frozen=True, kw_only=True)
class GrokSetting:
    """What a run trains on and how; with a seed it is the whole run.

    Attributes
    ----------
    prime : int
        p, 2 to 199; it need not be prime, though the source's are.
    share : float
        Of the sums, to learn from; the others are held back.
    terms : int
        Numbers in a sum, 2 to 64.
    sums : int or None
        How many different sums there are, drawn by the seed; None: all pairs, of two terms alone.
    labels : {"sums", "shuffled"}
        Shuffled: the answers of all sums are dealt out again by the seed, so nothing holds for
        those held back.
    weight_decay, learning_rate, momentum : float
        Of AdamW; momentum is its β₂.
    width, heads : int
        Of the stream; the hidden layer is four times as wide.
    steps, every : int
        Steps of full-batch training, and after how many of them there is a reading.
    """

    prime: int = 53
    share: float = 0.42
    terms: int = 2
    sums: int | None = None
    labels: str = "sums"
    weight_decay: float = 1.0
    learning_rate: float = 3e-3
    momentum: float = 0.98
    width: int = 64
    heads: int = 4
    steps: int = 6_000
    every: int = 10

    def __post_init__(self) -> None:
        wholes: dict[str, tuple[int, int | None]] = {
            "prime": (2, 199), "terms": (2, 64), "width": (1, None), "heads": (1, None),
            "steps": (1, None), "every": (1, None),
        }  # fmt: skip
        for name, (least, most) in wholes.items():
            limits = {"at_least": least} | ({} if most is None else {"at_most": most})
            object.__setattr__(self, name, check_whole(name, getattr(self, name), **limits))
        if self.sums is not None:
            sums = check_whole("sums", self.sums, at_least=4, at_most=20_000)
            object.__setattr__(self, "sums", sums)
        elif self.terms > 2:
            raise GedigError(
                f"terms={self.terms} has too many sums to take all; give sums=, such as 1200."
            )
        check_number("share", self.share, at_least=LEAST_SHARE, at_most=MOST_SHARE)
        check_choice("labels", self.labels, LABELS)
        check_number("weight_decay", self.weight_decay, at_least=0)
        check_number("learning_rate", self.learning_rate, above=0)
        check_number("momentum", self.momentum, at_least=0, at_most=0.9999)
        if self.width % self.heads:
            raise GedigError(
                f"width={self.width} is no multiple of heads={self.heads}; give one, such as "
                f"{self.heads * 16}."
            )


class Sums(NamedTuple):
    """The sums of a run: the first `train` are learned from, the others held back.

    Attributes
    ----------
    rows : int array [sums, terms]
    answers : int array [sums]
    train : int
    """

    rows: Int[np.ndarray, "sums terms"]
    answers: Int[np.ndarray, " sums"]
    train: int

    def told(self, prime: int) -> Bool[np.ndarray, "p p"]:
        """Return which sums of two are learned from, the first number down, the second across.

        Raises
        ------
        GedigError
            Where a number is no residue of this prime, or a sum has other than two terms.

        Examples
        --------
        >>> Sums(np.array([[1, 0], [1, 1]]), np.array([1, 0]), 1).told(2).astype(int).tolist()
        [[0, 0], [1, 0]]
        """
        prime = check_whole("prime", prime, at_least=int(self.rows.max(initial=1)) + 1)
        if self.rows.shape[1] != 2:
            raise GedigError(
                f"These sums have {self.rows.shape[1]} terms and make no square; give sums of two."
            )
        told = np.zeros((prime, prime), dtype=bool)
        told[tuple(self.rows[: self.train].T)] = True
        return told

    def scores(
        self, table: Float[np.ndarray, "heads tokens places"]
    ) -> Float[np.ndarray, "sums heads places"]:
        """Return every sum's row of attention, as scores, from the scores of numbers at places.

        Examples
        --------
        >>> sums = Sums(np.array([[1, 0]]), np.array([1]), 1)
        >>> sums.scores(np.arange(9.0).reshape(1, 3, 3)).tolist()
        [[[3.0, 1.0, 8.0]]]
        """
        _, tokens, places = table.shape
        ends = np.full((len(self.rows), 1), tokens - 1)
        which = np.concatenate([self.rows, ends], axis=1)  # [sums, places]
        return table[:, which, np.arange(places)].transpose(1, 0, 2)


def sums_of(setting: GrokSetting, seed: int) -> Sums:
    """Return the sums of a run, in the seed's order.

    Examples
    --------
    >>> sums = sums_of(GrokSetting(prime=3, share=0.5), seed=1)
    >>> len(sums.rows), sums.train, bool((sums.rows.sum(axis=1) % 3 == sums.answers).all())
    (9, 4, True)
    """
    check_kind("setting", setting, GrokSetting, "GrokSetting(…)")
    p, terms = setting.prime, setting.terms
    seed = check_whole("seed", seed, at_least=0, at_most=MOST_SEED)
    rng = np.random.default_rng([seed, p])
    if terms == 2:
        rows = rng.permutation(np.stack(np.divmod(np.arange(p * p), p), axis=1))[: setting.sums]
    else:
        drawn = rng.integers(p, size=(4 * (setting.sums or 1), terms))
        _, first = np.unique(drawn, axis=0, return_index=True)
        rows = drawn[np.sort(first)][: setting.sums]
    answers = rows.sum(axis=1) % p
    if setting.labels == "shuffled":
        answers = rng.permutation(answers)
    return Sums(rows, answers, max(1, round(setting.share * len(rows))))


class Point(NamedTuple):
    """One reading of a run.

    Attributes
    ----------
    step : int
    train, held : float
        Share of right answers, of the sums learned from and of those held back.
    train_loss, held_loss : float
        Cross-entropy in nats a sum.
    norm : float
        √Σw² over all weights.
    C, entropy : float
        Means over all rows of attention, heads and sums.
    """

    step: int
    train: float
    held: float
    train_loss: float
    held_loss: float
    norm: float
    C: float
    entropy: float


SMALL = GrokSetting(prime=31, share=0.5, steps=2_000)
"""What learns its sums by heart and then generalises, in seconds."""


def small(
    seed: int = 1,
    *,
    prime: int = SMALL.prime,
    share: float = SMALL.share,
    steps: int = SMALL.steps,
    told: Callable[[Point], object] | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[Point]:
    """Train a run that learns its sums by heart and then generalises, in seconds.

    With p = 31 and half of the sums it takes about 10 s of one core: what it learns from is nearly
    all right at step 60, and of those held back half at step 240 to 930. It computes in one thread,
    since more of them wait for each other longer than they work; other threads keep theirs.

    Parameters
    ----------
    seed, prime, share, steps
        As in `GrokSetting`.
    told : callable (point)
        Told of each reading, one every 10 steps.
    stop : callable ()
        Asked after each reading; the run ends where it says True.

    Returns
    -------
    list of Point

    Examples
    --------
    >>> seen = []
    >>> points = small(prime=5, steps=50, told=seen.append, stop=lambda: len(seen) == 3)
    >>> [point.step for point in points]
    [0, 10, 20]
    """
    points = []
    run = Training(GrokSetting(prime=prime, share=share, steps=steps), seed)
    with thread_alone():
        for point, _ in run.points():
            points.append(point)
            if told is not None:
                told(point)
            if stop is not None and stop():
                break
    return points


class Training:
    """A run that goes on step by step, and can be put aside and taken up again.

    Parameters
    ----------
    setting : GrokSetting
    seed : int
        Draws the sums, the split and the first weights.

    Examples
    --------
    >>> run = Training(GrokSetting(prime=3, width=8, heads=2, steps=2, every=1), seed=0)
    >>> [point.step for point, _ in run.points()]
    [0, 1, 2]
    """

    def __init__(self, setting: GrokSetting, seed: int) -> None:
        import torch

        self.setting, self.step, self.seconds = setting, 0, 0.0
        self.sums = sums_of(setting, seed)
        if self.sums.train == len(self.sums.rows):
            raise GedigError("All sums would be learned from; give a smaller share.")
        self.weights = _first_weights(setting, int(seed))
        how = {"betas": (0.9, setting.momentum), "weight_decay": setting.weight_decay}
        self._optimiser = torch.optim.AdamW(
            self.weights.values(), lr=setting.learning_rate, fused=True, **how
        )
        ends = np.full((len(self.sums.rows), 1), setting.prime)
        self._rows = torch.as_tensor(np.concatenate([self.sums.rows, ends], axis=1))
        self._answers = torch.as_tensor(self.sums.answers)

    def points(self) -> Iterator[tuple[Point, Float[np.ndarray, "heads tokens places"]]]:
        """Train to the end, and yield the readings along the way, each with its scores."""
        setting = self.setting
        while True:
            begun = time.perf_counter()
            if self.step % setting.every == 0:
                found = self.read()
                self.seconds += time.perf_counter() - begun
                yield found
                begun = time.perf_counter()
            if self.step >= setting.steps:
                return
            self._learn()
            self.seconds += time.perf_counter() - begun

    def read(self) -> tuple[Point, Float[np.ndarray, "heads tokens places"]]:
        """Return what the run is at now, and the score of each token at each place."""
        import torch

        cut = self.sums.train
        with torch.no_grad():
            table, values = self._table()
            logits, weights, scores = self._answer(self._rows, table, values)
            right = (logits.argmax(dim=-1) == self._answers).double()
            loss = torch.nn.functional.cross_entropy(logits, self._answers, reduction="none")
            mean = (weights * scores).sum(dim=1, keepdim=True)
            C = (weights * (scores - mean) ** 2).sum(dim=1).mean()
            entropy = torch.special.entr(weights).sum(dim=1).mean()
            norm = math.sqrt(sum(float((one**2).sum()) for one in self.weights.values()))
        point = Point(
            step=self.step,
            train=float(right[:cut].mean()),
            held=float(right[cut:].mean()),
            train_loss=float(loss[:cut].mean()),
            held_loss=float(loss[cut:].mean()),
            norm=norm,
            C=float(C),
            entropy=float(entropy),
        )
        return point, table.permute(2, 0, 1).numpy().copy()

    def right(self) -> Bool[np.ndarray, " sums"]:
        """Return which sums are answered rightly now, those to learn first."""
        import torch

        with torch.no_grad():
            logits, _, _ = self._answer(self._rows, *self._table())
            return (logits.argmax(dim=-1) == self._answers).numpy()

    def state(self) -> dict[str, Any]:
        """Return all that is needed to take the run up again."""
        return {
            "weights": {name: one.detach() for name, one in self.weights.items()},
            "optimiser": self._optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }

    def take_up(self, state: dict[str, Any]) -> None:
        """Go on from a state that a run of the same setting and seed had."""
        import torch

        with torch.no_grad():
            for name, one in self.weights.items():
                one.copy_(state["weights"][name])
        self._optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]

    def _learn(self) -> None:
        import torch

        cut = self.sums.train
        logits, _, _ = self._answer(self._rows[:cut], *self._table())
        loss = torch.nn.functional.cross_entropy(logits, self._answers[:cut])
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self._optimiser.step()
        self.step += 1

    def _table(self) -> tuple[Tensor, Tensor]:
        """Return scores [tokens, places, heads] and values [tokens, places, heads, d]."""
        import torch

        w, heads = self.weights, self.setting.heads
        states = w["tokens"][:, None] + w["places"]
        split = (heads, self.setting.width // heads)
        query = (states[-1, -1] @ w["query"]).view(split)
        keys = (states @ w["key"]).view(*states.shape[:2], *split)
        scores = torch.einsum("hd,tphd->tph", query, keys) / math.sqrt(split[1])
        return scores, (states @ w["value"]).view(keys.shape)

    def _answer(self, rows: Tensor, table: Tensor, values: Tensor) -> tuple[Tensor, ...]:
        """Return logits [n, p], weights and scores [n, places, heads] at '='."""
        import torch

        w, places = self.weights, torch.arange(rows.shape[1])
        scores = table[rows, places]
        weights = scores.softmax(dim=1)
        read = (weights[..., None] * values[rows, places]).sum(dim=1).flatten(1)
        state = w["tokens"][-1] + w["places"][-1] + read @ w["out"]
        hidden = torch.relu(torch.addmm(w["up_bias"], state, w["up"]))
        state = state + torch.addmm(w["down_bias"], hidden, w["down"])
        return state @ w["answer"], weights, scores


def _first_weights(setting: GrokSetting, seed: int) -> dict[str, Tensor]:
    """Return random weights, each entry with a spread of 1/√(inputs), and biases of 0."""
    import torch

    draw = torch.Generator().manual_seed(seed)
    d, p = setting.width, setting.prime

    def spread(*shape: int, inputs: int = d) -> Tensor:
        return torch.randn(*shape, generator=draw) / math.sqrt(inputs)

    weights = {
        "tokens": spread(p + 1, d),
        "places": spread(setting.terms + 1, d),
        "query": spread(d, d),
        "key": spread(d, d),
        "value": spread(d, d),
        "out": spread(d, d),
        "up": spread(d, 4 * d),
        "up_bias": torch.zeros(4 * d),
        "down": spread(4 * d, d, inputs=4 * d),
        "down_bias": torch.zeros(d),
        "answer": spread(d, p),
    }
    return {name: one.requires_grad_(True) for name, one in weights.items()}
