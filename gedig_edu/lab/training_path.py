"""What training did to the attention of a small GPT-2, parted into heat and work, beside F.

The weights along the way of the bundled model were not kept. Its training was begun again with the
same recipe, seed and books, and read where `gedig-edu pretrain` keeps snapshots; the last point is
the bundled model itself, which came of a training like it. Heat and work of a whole way are
differences of states, so what lies between matters for the picture and not for the sums.

`python -m gedig_edu.lab.training_path RUN TEXTS OUT` measures it again, from a run and a file with
one text a line; what is kept was read on the first ten of the course's own sentences.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.first_law import FirstLaw, first_law
from gedig_edu.lab.thermodynamics import read_rows
from gedig_edu.theory.gauge import Gauge

if TYPE_CHECKING:
    import pandas as pd

    from gedig_edu.lab.thermodynamics import Rows
    from gedig_edu.models import AttentionModel

KEPT = Path(__file__).with_name("results") / "first_law" / "gpt2-mini.csv"
FEWEST_KEYS = 2
GAUGES = {"F": Gauge.released(), "F_paper": Gauge.paper()}


def measure_path(folder: Path | str, texts: Sequence[str]) -> pd.DataFrame:
    """Read each snapshot of a run, and the bundled model after them.

    Parameters
    ----------
    folder : path
        What ``gedig-edu pretrain`` wrote, with the shape of the bundled model.
    texts : sequence of str

    Returns
    -------
    DataFrame
        One row for each step, layer and zero of energy ("scores" or "centred"): ``energy,
        entropy, free_energy, heat, work`` in units of T, means over the rows that see two keys or
        more, heat and work from the first step on; ``F`` and ``F_paper``, means over heads.
    """
    import pandas as pd

    steps, rows, F = [], [], []
    for step, model in _models(Path(folder)):
        steps.append(step)
        rows.append([read_rows(model, text) for text in texts])
        maps = list(model.attend_many(texts))
        F.append({
            name: np.mean([gauge.read(one.weights, causal=True).F for one in maps], axis=(0, 2))
            for name, gauge in GAUGES.items()
        })  # fmt: skip
    frames = []
    for zero in ("scores", "centred"):
        for layer in range(len(F[0]["F"])):
            found = _along(rows, layer, centred=zero == "centred")
            gauges = {name: [one[name][layer] for one in F] for name in GAUGES}
            about = {"step": steps, "layer": layer, "zero": zero}
            frames.append(pd.DataFrame(about | found._asdict() | gauges))
    return pd.concat(frames, ignore_index=True)


def kept_path() -> pd.DataFrame:
    """Return `measure_path` of the bundled model's training, as it is kept.

    Examples
    --------
    >>> sorted(set(kept_path()["zero"]))
    ['centred', 'scores']
    """
    import pandas as pd

    return pd.read_csv(KEPT)


def _along(rows: list[list[Rows]], layer: int, *, centred: bool) -> FirstLaw:
    """Return the mean over texts of what changes in a layer."""
    paths = []
    for of_text in zip(*rows, strict=True):
        used = of_text[0].keys >= FEWEST_KEYS
        energies = (one.energies[layer][:, used] / one.temperature for one in of_text)
        paths.append(first_law(energies, centred=centred))
    return FirstLaw(*np.mean(paths, axis=0))


def _models(folder: Path) -> Iterator[tuple[int, AttentionModel]]:
    """Yield the model at each snapshot with its step, and the bundled one."""
    from safetensors.torch import load_file

    from gedig_edu.models import load

    bundled = load("gpt2-mini", backend="torch")
    network, last = bundled.network, {
        name: one.clone() for name, one in bundled.network.state_dict().items()
    }  # fmt: skip
    for path in sorted((folder / "snapshots").glob("step-*.safetensors")):
        weights = {name: one.float() for name, one in load_file(path).items()}
        network.load_state_dict(weights, strict=False)
        yield int(path.stem.removeprefix("step-")), load(network, bundled.tokenizer)
    network.load_state_dict(last)
    yield 4600, load(network, bundled.tokenizer)


if __name__ == "__main__":
    run, lines, out = map(Path, sys.argv[1:])
    table = measure_path(run, lines.read_text(encoding="utf-8").splitlines())
    table.to_csv(out, index=False, float_format="%.5g")
