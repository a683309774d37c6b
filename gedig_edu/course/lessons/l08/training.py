"""A training small enough to watch: pairs of runs with α·F and without, on a button."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Sequence

from gedig_edu.course.cards import Card
from gedig_edu.course.numerals import as_typed
from gedig_edu.course.reviews import reviews
from gedig_edu.errors import GedigError
from gedig_edu.lab.f_judgement import Pairs
from gedig_edu.lab.f_training import Outcome, TrainingSetting, train_one
from gedig_edu.lab.runner import thread_alone
from gedig_edu.models import load
from gedig_edu.models.registry import BUNDLED
from gedig_edu.theory.repeats import difference
from gedig_edu.views.widgets.card_form import CardForm
from gedig_edu.words import refusal, word

SETTING = TrainingSetting(
    model=BUNDLED, examples=100, epochs=6, rows=10, learning_rate=5e-4, most_tokens=24
)
PAIRS = 3
LARGEST = 1000.0  # of α
STEPS_TOLD = 5  # the picture changes after so many steps
BLOCKS = 20
PERCENT = 100.0


class SmallTraining(CardForm):
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
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        asked = word("lesson_08.small.asked", pairs=pairs, sentences=setting.examples)
        super().__init__(
            Card("note", word("lesson_08.small.heading"), (asked,)),
            button=word("lesson_08.small.train"),
            label=word("lesson_08.small.alpha"),
            value="1",
            respond=self._start_or_stop,
        )

    @property
    def running(self) -> bool:
        """Whether it trains now."""
        return self._thread is not None and self._thread.is_alive()

    def wait(self) -> None:
        """Return when the training has ended, or been stopped."""
        if self._thread is not None:
            self._thread.join()

    def _start_or_stop(self, text: str) -> Card | None:
        if self.running:
            self._stopped.set()
            return None
        alpha = as_typed(text)
        if alpha is None or not 0 < alpha <= LARGEST:
            raise refusal("no_alpha", text=text, most=LARGEST)
        self._stopped.clear()
        self.name_button(word("lesson_08.small.stop"))
        self._thread = threading.Thread(target=self._train_alone, args=(alpha,), daemon=True)
        self._thread.start()
        return None

    def _train_alone(self, alpha: float) -> None:
        try:
            with thread_alone():
                self._train(alpha)
        finally:
            self.name_button(word("lesson_08.small.train"))

    def _train(self, alpha: float) -> None:
        done: list[tuple[Outcome, Outcome]] = []
        try:
            self._say(done, word("lesson_08.small.opening"))
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
                            done, (seed, weight), step, steps
                        ),
                    )
                    for weight in (0.0, alpha)
                )
                done.append((without, with_F))
            self._say(done, *_judged(done))
        except _StoppedError:
            self._say(done, word("lesson_08.small.stopped"))
        except GedigError as trouble:
            self._say(done, str(trouble))
        except Exception:
            self._say(done, traceback.format_exc(limit=1))
            raise

    def _step(
        self, done: Sequence[tuple[Outcome, Outcome]], run: tuple[int, float], step: int, steps: int
    ) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        if step % STEPS_TOLD:
            return
        seed, alpha = run
        before = 2 * len(done) + (alpha > 0)
        share = (before + step / steps) / (2 * self.pairs)
        bar = "▮" * round(BLOCKS * share) + "▯" * (BLOCKS - round(BLOCKS * share))
        names = {"seed": seed, "pairs": self.pairs, "alpha": alpha, "step": step, "steps": steps}
        self._say(done, f"{bar} {word('lesson_08.small.step', **names)}")

    def _say(self, done: Sequence[tuple[Outcome, Outcome]], *last: str) -> None:
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
            for without, with_F in done
        ]
        self.tell(Card("note", word("lesson_08.small.runs"), (*told, *last)))


class _StoppedError(Exception):
    """The learner pressed the button again."""


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
