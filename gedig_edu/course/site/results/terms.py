"""What carries ΔF, and which λ and γ the columns of Table 2 were made with."""

from __future__ import annotations

from gedig_edu.course.cards import Table
from gedig_edu.course.site.results.kept import Cell, Kept, Row
from gedig_edu.course.site.results.part import MASK, NO_MASK, RELEASED, Column, Part, grids, says
from gedig_edu.lab.experiments.published import TABLE_2
from gedig_edu.words import word
from gedig_edu.words.numbers import fixed

PARTS = ("delta", "density", "entropy", "path", "entropy_share")
CARRIED = (("random", NO_MASK), ("random", MASK), ("row_shuffled", MASK))
LESS = ("uniform", "local", "diagonal")
FITS = {
    "script_half": ("released", "0.5"),
    "script_one": ("released", "1.0"),
    "script_free": ("released", "free"),
    "text": ("paper", "1.0"),
}
FORMULAS = {
    "script_half": ("released", 0.5),
    "script_one": ("released", 1.0),
    "text": ("paper", 1.0),
}
FULL = {"Llama 3": "llama_3", "Phi-3": "phi_3"}


def decomposition(kept: Kept) -> Part:
    """Return the part on density, entropy and paths."""
    commands = kept.commands("decomposition")
    tables: list[Table] = []
    for name, mask in CARRIED:
        columns = [
            Column(
                word(f"results.part.{part}"),
                "decomposition",
                Cell("decomposition", part, {"against": name, **mask, **RELEASED}),
            )
            for part in PARTS
        ]
        tables += grids(f"decomposition_{name}_{mask['mask']}", kept, columns)
    told = says("decomposition", commands)
    return Part("decomposition", told, tuple(tables), commands=commands)


def fingerprint(kept: Kept) -> Part:
    """Return the part on the differences of the columns, which know no model."""
    commands = kept.commands("fingerprint")
    tables = [*grids("fits", kept, _fits()), *(_differences(kept, one) for one in _read(kept))]
    return Part("fingerprint", says("fingerprint", commands), tuple(tables), commands=commands)


def _read(kept: Kept) -> list[str]:
    return [texts for texts in kept.sets() if kept.models(texts, "fingerprint")]


def _fits() -> list[Column]:
    columns = []
    for formula, (gauge, lam) in FITS.items():
        where: Row = {"gauge": gauge, "published": "llama_3", "lam_given": lam}
        for name in ("gamma", "lam_gamma", "largest_deviation"):
            heading = word(f"results.column.{name}", fit=word(f"results.fit.{formula}"))
            columns.append(Column(heading, "fingerprint", Cell("fits", name, where)))
    return columns


def _differences(kept: Kept, texts: str) -> Table:
    """Return F of random maps less F of the others: as printed, and by each formula."""
    printed = [
        (
            word("results.table2.printed", model=name),
            "",
            *(fixed(TABLE_2[key][one] - TABLE_2[key]["random"]) for one in LESS),
        )
        for name, key in FULL.items()
    ]
    found = [
        (
            model,
            word(f"results.fit.{formula}"),
            *(
                Cell("columns", "difference", {"gauge": gauge, "lam": lam, "random_less": one})
                .read(kept.tables("fingerprint", model, texts))
                .written()
                for one in LESS
            ),
        )
        for model in kept.models(texts, "fingerprint")
        for formula, (gauge, lam) in FORMULAS.items()
    ]
    headings = ("column.model", "column.formula", *(f"less.{one}" for one in LESS))
    caption = word("results.fingerprint.caption", texts=word(f"results.set.{texts}"))
    return Table(caption, tuple(word(f"results.{one}") for one in headings), (*printed, *found))
