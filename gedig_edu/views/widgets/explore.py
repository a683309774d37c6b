"""A question, a picture drawn by the kernel, and the controls that move it."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from gedig_edu.views.picture import png
from gedig_edu.words import word


class Explore(ipywidgets.VBox):
    """One question, one picture, and its controls; every move draws anew in the kernel.

    The picture's text alternative is the label that the plot left on its Axes; it stands under
    the picture and changes with it. Reset brings every control back to where it began.

    Parameters
    ----------
    question : str
        What the picture answers, one line.
    draw : callable
        Takes the controls' values by name and returns Axes.
    **controls : ipywidgets.ValueWidget
        By the name that `draw` knows them by.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> def draw(n):
    ...     ax = plt.subplots()[1]
    ...     ax.set_label(f"a chain of {n} nodes")
    ...     return ax
    >>> widget = Explore("How long?", draw, n=ipywidgets.IntSlider(3, 1, 9))
    >>> widget.controls["n"].value = 5
    >>> widget.text
    'a chain of 5 nodes'
    """

    def __init__(
        self, question: str, draw: Callable[..., Axes], **controls: ipywidgets.ValueWidget
    ) -> None:
        self.controls = controls
        self._draw = draw
        self._start = {name: control.value for name, control in controls.items()}
        self._picture = ipywidgets.Image(format="png", layout={"max_width": "100%"})
        self._text = ipywidgets.HTML()
        self.reset = ipywidgets.Button(description=word("readers.reset"))
        self.reset.on_click(self._go_back)
        for control in controls.values():
            control.observe(self._render, "value")
        self._render()
        heading = ipywidgets.HTML()
        heading.value = f"<strong>{html.escape(question)}</strong>"
        row = ipywidgets.Box(
            [*controls.values(), self.reset], layout={"flex_flow": "row wrap", "grid_gap": "8px"}
        )
        super().__init__([heading, self._picture, row, self._text])

    @property
    def text(self) -> str:
        """The text alternative of the present picture."""
        return self._said

    def _render(self, _change: Any = None) -> None:
        values = {name: control.value for name, control in self.controls.items()}
        with plt.ioff():
            ax = self._draw(**values)
        self._said = str(ax.get_label())
        self._picture.value = png(ax)
        self._text.value = f'<div role="status" aria-live="polite">{html.escape(self._said)}</div>'

    def _go_back(self, _button: Any) -> None:
        for name, value in self._start.items():
            self.controls[name].value = value
