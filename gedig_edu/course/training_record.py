"""What stands beside a trained model: how structure formed, a picture of it, measured facts."""

from __future__ import annotations

import json
from pathlib import Path

from gedig_edu.course.files import write_whole
from gedig_edu.course.sentences import PROSE

PNG_DPI = 110


def write_record(run: Path | str, corpus: Path | str) -> None:
    """Measure a finished pretraining run and write what its card needs into its model folder.

    ``formation.csv`` holds F, its terms and head scores along training; ``formation.png`` draws
    it; ``evaluation.json`` holds bits per character on the books held out, repetition, H1 on the
    course's own prose, and continuations.

    Parameters
    ----------
    run : path
        The folder that `pretrain` wrote.
    corpus : path
        The folder it was trained on; the books it held out are read from there.

    Raises
    ------
    GedigError
        If the run is not finished or the corpus cannot be read.
    """
    from gedig_edu.lab.card import measure_card
    from gedig_edu.lab.corpus import read_corpus
    from gedig_edu.lab.formation import curves_of, measure_run
    from gedig_edu.views.picture import png
    from gedig_edu.views.plots.formation import formation

    model = Path(run) / "model"
    table = measure_run(run, PROSE)
    recipe = json.loads((model / "recipe.json").read_text(encoding="utf-8"))
    held_out = read_corpus(corpus, held_out=recipe["held_out"]).held_out
    facts = measure_card(model, held_out=held_out, sentences=PROSE)
    write_whole(model / "formation.csv", table.to_csv(index=False).encode())
    write_whole(model / "formation.png", png(formation(curves_of(table))[0], dpi=PNG_DPI))
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    write_whole(model / "evaluation.json", text.encode("utf-8"))
