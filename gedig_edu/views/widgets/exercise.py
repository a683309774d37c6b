"""Feedback to an answer, and the help under it: hints one by one, and a solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.bundle import bundle, styles
from gedig_edu.views.widgets.told import Told, failure_told, weakly
from gedig_edu.views.widgets.traits import Steady
from gedig_edu.words import inline
from gedig_edu.words.numbers import fill


class Said(Protocol):
    """What can stand in the form, such as a `gedig_edu.course.cards.Card`."""

    @property
    def tone(self) -> str:
        """Return "right", "wrong" or "note"."""
        ...

    @property
    def heading(self) -> str:
        """Return the line above the rest."""
        ...

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Return lines of prose, with `backticks` around code."""
        ...

    @property
    def code(self) -> str:
        """Return Python source, or ""."""
        ...

    def _repr_html_(self) -> str: ...


class ExerciseForm(Told, Steady):
    """Feedback to an answer, with a button for the next hint and one for the worked solution.

    It is true exactly when the answer is right. The state holds what was asked for and nothing
    else: a hint not yet given, or a solution not yet opened, is neither in the page nor in a saved
    notebook. A press puts "hint" or "solution" into `wish`, and the kernel answers.

    Parameters
    ----------
    feedback : Said
        Whose `tone` is "right" where the answer is.
    message : str
        What is right, or what is wrong and where to look, alone.
    labels : mapping of str to str
        The form's own words: ``heading``, ``hint``, ``all_hints``, ``solution``, ``in_text``,
        ``off``.
    count : int
        How many hints there are.
    give : callable (int) -> (hints, notes)
        Called for a hint with how many stand here: all hints given, and what is to be said beside.
    solve : callable () -> Said or None, optional
        Returns the worked solution; without it there is no button.
    hints : sequence of str
        Those given before.
    unfolded : bool
        Whether the solution stands open from the first.

    Attributes
    ----------
    passed : bool
        Whether the answer is right.
    message : str
        As given.

    Examples
    --------
    >>> from gedig_edu.course import check
    >>> form = check("01.1", 2, 1)
    >>> form.passed, form.hints, form.solution
    (True, [], {})
    """

    _esm = bundle("exercise.js")
    _css = styles("kit/off.css", "card_form.css", "exercise.css")
    feedback = traitlets.Dict().tag(sync=True)
    hints = traitlets.List(traitlets.Unicode()).tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    solution = traitlets.Dict().tag(sync=True)
    unfolded = traitlets.Bool(False).tag(sync=True)
    wish = traitlets.Enum(["", "hint", "solution"], "").tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        feedback: Said,
        *,
        message: str,
        labels: Mapping[str, str],
        count: int,
        give: Callable[[int], tuple[Sequence[str], Sequence[str]]],
        solve: Callable[[], Said] | None = None,
        hints: Sequence[str] = (),
        unfolded: bool = False,
    ) -> None:
        frame = {"words": dict(labels), "count": count, "solves": solve is not None}
        super().__init__(feedback=_as_dict(feedback), hints=list(hints), frame=frame)
        self.message, self.passed = message, feedback.tone == "right"
        self._feedback, self._solution = feedback, None
        self._give, self._solve = give, solve
        if unfolded:
            self._open_solution()
        self.observe(weakly(self._answer), names="wish")

    def __bool__(self) -> bool:
        return self.passed

    def press(self, button: str) -> None:
        """Do what the button "hint" or "solution" does."""
        self.wish = button

    def said_in_html(self) -> str:
        """Return the feedback, and below it the help that stands open."""
        hints = "".join(f"<li>{inline(hint)}</li>" for hint in self.hints)
        listed = f"<ol style='max-width:46em'>{hints}</ol>" if hints else ""
        solution = self._solution._repr_html_() if self._solution and self.unfolded else ""
        return self._feedback._repr_html_() + listed + solution

    def __repr__(self) -> str:
        words, parts = self.frame["words"], [repr(self._feedback)]
        for number, hint in enumerate(self.hints, 1):
            said = fill(words["hint"], {"number": number, "count": self.frame["count"]})
            parts.append(f"  {said}: {hint}")
        parts += [f"  {note}" for note in self.notes]
        parts += [repr(self._solution)] if self._solution and self.unfolded else []
        parts += [] if self.passed else [f"  {words['in_text']}"]
        return "\n".join(parts)

    def _answer(self, change: Mapping[str, Any]) -> None:
        wish = change["new"]
        try:
            if wish == "hint":
                hints, notes = self._give(len(self.hints))
                self.hints, self.notes = list(hints), list(notes)
            elif wish == "solution":
                self._open_solution()
        except GedigError as refusal:
            self.notes = [str(refusal)]
        except Exception as failure:
            self.notes = [failure_told(failure)]
            raise
        finally:
            self.wish = ""

    def _open_solution(self) -> None:
        if self._solve is not None:
            self._solution = self._solve()
            self.solution = _as_dict(self._solution)
            self.unfolded = True


def _as_dict(said: Said) -> dict[str, Any]:
    """Return what the page shows of a card."""
    return {
        "tone": said.tone,
        "heading": said.heading,
        "paragraphs": list(said.paragraphs),
        "code": said.code,
    }
