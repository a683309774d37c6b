"""A part of the page of results: words, tables with a row a model, a figure for either theme."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from gedig_edu.course.cards import Table
from gedig_edu.course.site.outputs import pictured
from gedig_edu.course.site.results.kept import Cell, Kept, Write
from gedig_edu.views.shown import alternative, bundle, pictures_of
from gedig_edu.words import word
from gedig_edu.words.numbers import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RELEASED, PAPER = {"gauge": "released"}, {"gauge": "paper"}
NO_MASK, MASK = {"mask": "none"}, {"mask": "matched"}


@dataclass(frozen=True)
class Part:
    """A section of the page.

    Attributes
    ----------
    id : str
        Its anchor; its heading stands under ``results.<id>.title``.
    says : tuple of str
        Its paragraphs.
    tables, folded : tuple of Table
        The second behind a fold.
    pictures : tuple of Markup
    files : dict of str to bytes
        What its pictures load.
    commands : tuple of str
        What makes its numbers again.
    files_from : str
        Address on the site of how the files that they take are made, "" for none.
    """

    id: str
    says: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    folded: tuple[Table, ...] = ()
    pictures: tuple[Markup, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    files_from: str = ""

    @property
    def title(self) -> str:
        """Its heading."""
        return word(f"results.{self.id}.title")

    def drawn(self, draw: Callable[[], Axes]) -> Part:
        """Return the part with a figure, drawn for a light and for a dark page."""
        from matplotlib import pyplot as plt

        figure: Any = draw().get_figure(root=True)
        html, said = bundle(figure)[0]["text/html"], alternative(figure)
        plt.close(figure)
        named = word(f"results.{self.id}.figure")
        picture, files = pictured(*pictures_of(html) or (), said=said, named=named)
        return replace(self, pictures=(picture,), files=files)


class Column(NamedTuple):
    """A column of a table with a row for each model."""

    heading: str
    experiment: str
    cell: Cell
    write: Write = fixed


def says(part: str, there: Sequence[object]) -> tuple[str, ...]:
    """Return what a section says, and where nothing was measured that this is so."""
    lead = word(f"results.{part}.lead")
    return (lead,) if there else (lead, word("results.page.nothing"))


def rows(kept: Kept, texts: str, columns: Sequence[Column]) -> tuple[tuple[str, ...], ...]:
    """Return a row for each model: its name, and every number with its interval."""
    experiments = {one.experiment for one in columns}
    return tuple(
        (
            model,
            *(
                one.cell.read(kept.tables(one.experiment, model, texts)).written(one.write)
                for one in columns
            ),
        )
        for model in kept.models(texts, *experiments)
    )


def grid(
    name: str, texts: str, columns: Sequence[Column], found: Sequence[tuple[str, ...]]
) -> Table:
    """Return rows as a table, captioned by ``results.<name>.caption`` and the set of texts."""
    caption = word(f"results.{name}.caption", texts=word(f"results.set.{texts}"))
    headings = (word("results.column.model"), *(one.heading for one in columns))
    return Table(caption, headings, tuple(found))


def grids(name: str, kept: Kept, columns: Sequence[Column]) -> tuple[Table, ...]:
    """Return a table for each set of texts on which some model was measured."""
    return tuple(
        grid(name, texts, columns, found)
        for texts in kept.sets()
        if (found := rows(kept, texts, columns))
    )
