"""What the source paper prints, to stand beside what is measured: its tables 2 and 3 and figure 2.

Miyauchi, 'Thermodynamic Interpretation of Attention': table 2 to three decimals, BERT and GPT-2 to
two and against random maps alone; figure 2 as its text reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TABLE_2 = {
    "bert": {"random": 0.11},
    "gpt2": {"random": 0.10},
    "llama_3": {"random": 0.116, "uniform": 0.108, "local": 0.190, "diagonal": 0.074},
    "phi_3": {"random": 0.060, "uniform": 0.052, "local": 0.144, "diagonal": 0.018},
}
"""Mean ΔF by model and baseline; Llama 3.0 and 3.1 have the same."""

SHARE_POSITIVE = {"llama_3": 0.995, "phi_3": 0.73}
"""Share of texts × heads with ΔF above 0 against random maps."""

EFFECT_SIZE = {"bert": 2.3, "gpt2": 2.3}
"""Cohen's d against random maps, as claimed; which of the two kinds is not said."""

FIGURE_2 = (-0.34, -0.24, -0.24, *(-0.25,) * 9)
"""F of BERT by layer, its twelve layers."""

TABLE_3 = -0.448
"""F of DistilBERT trained without F."""


def beside(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of ΔF with the published means in columns of their own.

    Parameters
    ----------
    table : DataFrame
        With the columns ``against`` and ``mask``; the paper compared without a mask.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"against": ["local", "local"], "mask": ["none", "matched"]})
    >>> beside(table)["published_llama_3"].tolist()
    [0.19, nan]
    """
    columns = {
        f"published_{model}": table["against"].map(deltas.get).where(table["mask"] == "none")
        for model, deltas in TABLE_2.items()
    }
    return table.assign(**columns)
