"""Quiz questions as native radio buttons: one form, for mouse, keyboard and screen reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from gedig_edu.views.widgets.bundle import bundle, styles
from gedig_edu.views.widgets.told import Told
from gedig_edu.views.widgets.traits import Steady


class QuizForm(Told, Steady):
    """Questions with one right choice each, an explanation for every choice.

    The state is in the traits alone: `answers` maps the id of a question to the choice last
    checked. Where no widget can be shown, `text` is printed instead.

    Parameters
    ----------
    questions : sequence of mapping
        Each with ``id``, ``text``, ``right`` and ``choices``, a list of mappings with ``id``,
        ``text`` and ``why``.
    labels : mapping of str to str
        The form's own words: ``check``, ``right``, ``wrong``, ``others``, ``choose``.
    text : str
        The same questions as plain text.
    answers : mapping of str to str, optional
        Answers given before.

    Examples
    --------
    >>> question = {"id": "01.1", "text": "1 + 1?", "right": "a", "choices": [
    ...     {"id": "a", "text": "2", "why": "Yes."}, {"id": "b", "text": "3", "why": "No."}]}
    >>> QuizForm([question], labels={}, text="1 + 1?  (a) 2  (b) 3")
    1 + 1?  (a) 2  (b) 3
    """

    needs_kernel = False
    _esm = bundle("quiz.js")
    _css = styles("kit/off.css", "quiz.css")
    questions = traitlets.List(traitlets.Dict()).tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)
    answers = traitlets.Dict(key_trait=traitlets.Unicode(), value_trait=traitlets.Unicode()).tag(
        sync=True
    )

    def __init__(
        self,
        questions: Sequence[Mapping[str, Any]],
        *,
        labels: Mapping[str, str],
        text: str,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            questions=[dict(question) for question in questions],
            labels=dict(labels),
            answers=dict(answers or {}),
        )
        self.text = text

    def __repr__(self) -> str:
        return self.text
