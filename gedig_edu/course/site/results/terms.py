"""What carries ΔF, and which λ and γ the columns of Table 2 were made with."""

from __future__ import annotations

from itertools import chain

from gedig_edu.course.cards import Table
from gedig_edu.course.site.results.kept import Cell, Kept, Less
from gedig_edu.course.site.results.part import MASK, NO_MASK, RELEASED, Column, Part, grids, says
from gedig_edu.lab.experiments.published import TABLE_2
from gedig_edu.words import word
from gedig_edu.words.numbers import fixed, three

PARTS = ("delta", "density", "entropy", "path", "entropy_share")
CARRIED = (("random", NO_MASK), ("random", MASK), ("row_shuffled", MASK))
LESS = ("uniform", "local", "diagonal")
FITS = {
    "script_half": ("released", "0.5"),
    "script_one": ("released", "1.0"),
    "script_free": ("released", "free"),
    "text": ("paper", "1.0"),
}
FITTED = ("lam", "gamma", "lam_gamma", "largest_deviation")
FORMULAS = {
    "script_half": ("released", 0.5),
    "script_one": ("released", 1.0),
    "text": ("paper", 1.0),
}
LLAMA = {"published": "llama_3"}
FULL = {"Llama 3": "llama_3", "Phi-3": "phi_3"}


def decomposition(kept: Kept) -> Part:
    """Return the part on density, entropy and paths."""
    commands = kept.commands("decomposition")
    tables: list[tuple[Table, ...]] = []
    for name, mask in CARRIED:
        columns = [
            Column(
                word(f"results.part.{part}"),
                "decomposition",
                Cell("decomposition", part, {"against": name, **mask, **RELEASED}),
            )
            for part in PARTS
        ]
        tables.append(grids(f"decomposition_{name}_{mask['mask']}", kept, columns))
    first, *others = tables
    told = says("decomposition", commands)
    return Part("decomposition", told, first, tuple(chain(*others)), commands=commands)


def fingerprint(kept: Kept) -> Part:
    """Return the part on the differences of the columns, which know no model."""
    commands = kept.commands("fingerprint")
    read = [texts for texts in kept.sets() if kept.models(texts, "fingerprint")]
    tables, folded = (tuple(make(kept, texts) for texts in read) for make in (_fits, _differences))
    return Part("fingerprint", says("fingerprint", commands), tables, folded, commands=commands)


def further(one: str, other: str) -> Less:
    """Return where stands how much farther from Llama's columns one formula stays than another."""
    cells = [
        Cell("fits", "largest_deviation", {**LLAMA, "gauge": gauge, "lam_given": lam})
        for gauge, lam in (FITS[one], FITS[other])
    ]
    return Less(*cells)


def _fits(kept: Kept, texts: str) -> Table:
    """Return the λ and γ that come nearest to Llama's columns, by each formula."""
    found = [
        (
            model,
            word(f"results.fit.{formula}"),
            *(
                Cell("fits", name, {**LLAMA, "gauge": gauge, "lam_given": lam})
                .read(kept.tables("fingerprint", model, texts))
                .written(three)
                for name in FITTED
            ),
        )
        for model in kept.models(texts, "fingerprint")
        for formula, (gauge, lam) in FITS.items()
    ]
    headings = ("model", "formula", *FITTED)
    caption = word("results.fits.caption", texts=word(f"results.set.{texts}"))
    return Table(caption, tuple(word(f"results.column.{one}") for one in headings), tuple(found))


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
