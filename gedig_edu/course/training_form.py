"""A training small enough to watch: a form whose button starts it, and stops it while it runs."""

from __future__ import annotations

import threading
import traceback
from abc import abstractmethod
from typing import Any

from gedig_edu.course.cards import Card
from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.card_form import CardForm
from gedig_edu.words import word


class StoppedError(Exception):
    """The learner pressed the button again."""


class TrainingForm(CardForm):
    """A field, and a button that trains beside the notebook, in a thread of its own.

    A lesson says what is asked for (`read`), how it trains (`train`) and what has been found so
    far (`say`).

    Parameters
    ----------
    words : str
        Where the words stand: ``heading, train, stop, stopped`` below it.
    card : str
        What the form is about.
    label : str
        Of the field.
    """

    def __init__(self, words: str, card: str, *, label: str) -> None:
        self._said = words
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        super().__init__(
            Card("note", word(f"{words}.heading"), (card,)),
            button=word(f"{words}.train"),
            label=label,
            value="1",
            respond=self._start_or_stop,
        )

    @abstractmethod
    def read(self, text: str) -> Any:
        """Return what the field asks for.

        Raises
        ------
        GedigError
            If it is nothing to train with.
        """

    @abstractmethod
    def train(self, asked: Any) -> None:
        """Train, say how far it is, and raise `StoppedError` once `stopped`."""

    @abstractmethod
    def say(self, *last: str) -> None:
        """Show what has been found so far, and what comes after it."""

    @property
    def running(self) -> bool:
        """Whether it trains now."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether the button was pressed again."""
        return self._stopped.is_set()

    def wait(self) -> None:
        """Return when the training has ended, or been stopped."""
        if self._thread is not None:
            self._thread.join()

    def _start_or_stop(self, text: str) -> None:
        if self.running:
            self._stopped.set()
            return
        asked = self.read(text)
        self._stopped.clear()
        self.name_button(word(f"{self._said}.stop"))
        self._thread = threading.Thread(target=self._beside, args=(asked,), daemon=True)
        self._thread.start()

    def _beside(self, asked: Any) -> None:
        try:
            self.train(asked)
        except StoppedError:
            self.say(word(f"{self._said}.stopped"))
        except GedigError as trouble:
            self.say(str(trouble))
        except Exception:
            self.say(traceback.format_exc(limit=1))
            raise
        finally:
            self.name_button(word(f"{self._said}.train"))
