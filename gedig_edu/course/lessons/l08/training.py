"""A training small enough to watch: pairs of runs with α·F and without, on a button."""

from __future__ import annotations

from collections.abc import Sequence

from gedig_edu.course.cards import Card
from gedig_edu.course.numerals import as_typed
from gedig_edu.course.reviews import reviews
from gedig_edu.course.training_form import StoppedError, TrainingForm
from gedig_edu.lab.f_judgement import Pairs
from gedig_edu.lab.f_training import Outcome, TrainingSetting, train_one
from gedig_edu.lab.runner import thread_alone
from gedig_edu.models import load
from gedig_edu.models.registry import BUNDLED
from gedig_edu.theory.repeats import difference
from gedig_edu.words import refusal, word

SETTING = TrainingSetting(
    model=BUNDLED, examples=100, epochs=6, rows=10, learning_rate=5e-4, most_tokens=24
)
PAIRS = 3
LARGEST = 1000.0  # of α
STEPS_TOLD = 5  # the picture changes after so many steps
BLOCKS = 20
PERCENT = 100.0


class SmallTraining(TrainingForm):
    """A field for α and a button that starts the training, and stops it while it runs.

    What trains is the bundled model, on reviews of the course's own. It trains beside the
    notebook, in a thread of its own, and says how far it is.

    Parameters
    ----------
    setting : TrainingSetting
        How each run trains.
    pairs : int
        How many seeds, each with α·F and without.

    Examples
    --------
    >>> SmallTraining().press("much")  # nothing is trained
    """

    def __init__(self, setting: TrainingSetting = SETTING, *, pairs: int = PAIRS) -> None:
        self.setting, self.pairs = setting, pairs
        self._done: list[tuple[Outcome, Outcome]] = []
        asked = word("lesson_08.small.asked", pairs=pairs, sentences=setting.examples)
        super().__init__("lesson_08.small", asked, label=word("lesson_08.small.alpha"))

    def read(self, text: str) -> float:
        """Return α."""
        alpha = as_typed(text)
        if alpha is None or not 0 < alpha <= LARGEST:
            raise refusal("no_alpha", text=text, most=LARGEST)
        return alpha

    def train(self, asked: float) -> None:
        """Train pair by pair, and judge them together."""
        self._done = []
        with thread_alone():
            self.say(word("lesson_08.small.opening"))
            model = load(self.setting.model, backend="torch")
            sides = reviews()
            for seed in range(1, self.pairs + 1):
                without, with_F = (
                    train_one(
                        self.setting,
                        *sides,
                        alpha=weight,
                        seed=seed,
                        model=model,
                        progress=lambda step, steps, weight=weight, seed=seed: self._step(
                            (seed, weight), step, steps
                        ),
                    )
                    for weight in (0.0, asked)
                )
                self._done.append((without, with_F))
            self.say(*_judged(self._done))

    def _step(self, run: tuple[int, float], step: int, steps: int) -> None:
        if self.stopped:
            raise StoppedError
        if step % STEPS_TOLD:
            return
        seed, alpha = run
        before = 2 * len(self._done) + (alpha > 0)
        share = (before + step / steps) / (2 * self.pairs)
        bar = "▮" * round(BLOCKS * share) + "▯" * (BLOCKS - round(BLOCKS * share))
        names = {"seed": seed, "pairs": self.pairs, "alpha": alpha, "step": step, "steps": steps}
        self.say(f"{bar} {word('lesson_08.small.step', **names)}")

    def say(self, *last: str) -> None:
        """Show the pairs that are done, and what comes after them."""
        told = [
            word(
                "lesson_08.small.pair",
                seed=with_F.seed,
                alpha=with_F.alpha,
                without=without.accuracy,
                accuracy=with_F.accuracy,
                before=without.F,
                F=with_F.F,
            )
            for without, with_F in self._done
        ]
        self.tell(Card("note", word("lesson_08.small.runs"), (*told, *last)))


def _judged(done: Sequence[tuple[Outcome, Outcome]]) -> tuple[str, ...]:
    """Return what the pairs say together; one pair says nothing yet."""
    if len(done) < 2:
        return ()
    without, with_F = zip(*done, strict=True)
    pairs = Pairs(with_F, without)
    arms = [[PERCENT * one.accuracy for one in arm] for arm in (with_F, without)]
    alone, gain, moved = difference(*arms, paired=False), pairs.gain, pairs.change("F")
    ends = {"gain": gain.mean, "low": gain.mean - gain.half, "high": gain.mean + gain.half}
    names = ends | {"pairs": len(pairs), "sentences": len(with_F[0].right)}
    changed = pairs.apart.any()
    return (
        word(f"lesson_08.small.{'gain' if changed else 'unchanged'}", **names),
        word("lesson_08.small.alone", half=alone.half),
        word("lesson_08.small.moved", moved=moved.mean, half=moved.half),
    )
