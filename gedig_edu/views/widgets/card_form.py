"""A card with a button under it: ask something, and read what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.bundle import bundle, styles
from gedig_edu.views.widgets.told import Told, weakly
from gedig_edu.views.widgets.traits import Steady
from gedig_edu.words import inline, word


class Readable(Protocol):
    """What can stand in a form, such as a `gedig_edu.course.cards.Card`: words, and HTML."""

    def _repr_html_(self) -> str: ...


class CardForm(Told, Steady):
    """A card, a row with a field and a button (or the button alone), and a place for an answer.

    The name to import is ``gedig_edu.views.widgets.card_form.CardForm``. Where no widget can be
    drawn, the card and the answer stand there in words, as `Told` says. Without a kernel the
    form says `off` in a line of its own.

    Parameters
    ----------
    card : Readable
        What the form is about; its HTML must be safe to show.
    button : str
        What the button says.
    respond : callable (str) -> Readable or None
        Called with what stands in the field ("" without one) when the button is pressed, or Enter
        in the field. What it returns is the answer; None leaves the answer as it is. A
        `GedigError` becomes the answer; any other exception does so, too, and is raised.
    label, placeholder : str
        Of the field; without a label there is no field.
    value : str
        What stands in the field at first.
    answer : Readable, optional
        What was answered before.
    busy : str
        What the form says while `respond` works.
    off : str
        What the form says where no kernel answers; the course's own words where not given.

    Examples
    --------
    >>> class Said(str):
    ...     def _repr_html_(self): return inline(self)
    ...     def __repr__(self): return str(self)
    >>> form = CardForm(Said("How many?"), button="Store", respond=lambda text: Said(f"{text}!"))
    >>> form.press("3")
    >>> form
    How many?
    3!
    """

    _esm = bundle("card_form.js")
    _css = styles("kit/off.css", "card_form.css")
    card = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    asked = traitlets.Int(0).tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        card: Readable,
        *,
        button: str,
        respond: Callable[[str], Readable | None],
        label: str = "",
        placeholder: str = "",
        value: str = "",
        answer: Readable | None = None,
        busy: str = "",
        off: str = "",
    ) -> None:
        said = {"button": button, "label": label, "placeholder": placeholder, "busy": busy}
        super().__init__(value=value, words=said | {"off": off or word("widgets.told.off")})
        self._respond = respond
        self._answer: Readable | None = None
        self.show(card)
        if answer is not None:
            self.tell(answer)
        self.observe(weakly(self._ask), names=["asked"])

    def show(self, card: Readable) -> None:
        """Put another card in the place of the first."""
        self._card = card
        self.card = card._repr_html_()

    def tell(self, answer: Readable) -> None:
        """Put an answer below the button."""
        self._answer = answer
        self.answer = answer._repr_html_()

    def name_button(self, button: str) -> None:
        """Let the button say something else from now on."""
        self.words = self.words | {"button": button}

    def press(self, text: str = "") -> None:
        """Do what the button does, with `text` in the field."""
        self.value = text
        self.asked += 1

    def said_in_html(self) -> str:
        """Return the card, and the answer below it."""
        return self.card + self.answer

    def __repr__(self) -> str:
        return "\n".join(repr(part) for part in (self._card, self._answer) if part is not None)

    def _ask(self, _change: object) -> None:
        self.busy = True
        try:
            answer = self._respond(self.value)
            if answer is not None:
                self.tell(answer)
        except GedigError as refusal:
            self.answer = f"<p>{inline(str(refusal))}</p>"
        except Exception as failure:
            self.answer = f"<p>{inline(f'{type(failure).__name__}: {failure}')}</p>"
            raise
        finally:
            self.busy = False
