"""Claims of lesson 07: whether a real head's F says anything about structure."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, OneSign
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim(
        "07.h1",
        "gauge",
        "measured",
        Above(0.0),
        on="both",
        after_look=True,
        beside=("share_positive",),
    ),
    Claim("07.h1_matched", "ours", "measured", Above(0.0), on="lengths", after_look=True),
    Claim(
        "07.h1_structure",
        "ours",
        "measured",
        Above(0.0),
        on="lengths_twins",
        after_look=True,
        slow=True,
    ),
    Claim(
        "07.every_layer",
        "gauge",
        "measured",
        Above(0.0),
        on="prose",
        after_look=True,
        beside=("script_above", "text_above"),
    ),
    Claim("07.low_entropy", "ours", "by construction", AtMost(0.0), on="prose", after_look=True),
    Claim(
        "07.head_diversity",
        "gauge",
        "measured",
        Above(0.5),
        on="prose",
        after_look=True,
        beside=("script_differ", "text_differ"),
    ),
    Claim("07.h2_depth", "gauge", "measured", Above(0.0), on="lengths", after_look=True),
    Claim(
        "07.h2_step",
        "gauge",
        "measured",
        Above(0.0),
        on="prose",
        after_look=True,
        beside=("script_p", "script_lowest", "text_p", "text_lowest"),
    ),
    Claim(
        "07.effect_size",
        "gauge",
        "measured",
        Above(2.0),
        on="prose",
        after_look=True,
        beside=("heads_d_z", "texts_d_z"),
    ),
    Claim("07.threshold_sign", "gauge", "measured", AtMost(0.0), on="prose"),
    Claim("07.quantile_sign", "gauge", "measured", OneSign(), on="prose"),
    Claim(
        "07.levels_tables",
        "ours",
        "measured",
        Above(0.0),
        on="padded",
        after_look=True,
        beside=("by_training", "by_script"),
    ),
    Claim(
        "07.levels_figure",
        "ours",
        "measured",
        Above(0.0),
        on="prose",
        after_look=True,
        beside=("without", "with_paths"),
    ),
    Claim("07.quality", "gauge", "measured", Above(0.0), on="removed", slow=True),
    Claim("07.direction", "ours", "by construction", OneSign(), on="words", after_look=True),
    Claim("07.work", "gauge", "metaphor"),
)
