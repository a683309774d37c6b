"""The widgets that carry a lesson's first picture; tests run over all of them."""

from __future__ import annotations

from gedig_edu.views.widgets.entropy_over_d import EntropyOverD
from gedig_edu.views.widgets.first_law import FirstLaw
from gedig_edu.views.widgets.free_energy import FreeEnergy
from gedig_edu.views.widgets.head_basis import HeadBasis
from gedig_edu.views.widgets.head_steps import HeadSteps
from gedig_edu.views.widgets.heated_model import HeatedModel
from gedig_edu.views.widgets.hero import Hero
from gedig_edu.views.widgets.key_growth import KeyGrowth
from gedig_edu.views.widgets.next_token import NextToken
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures
from gedig_edu.views.widgets.qk_plane import QKPlane
from gedig_edu.views.widgets.random_edges import RandomEdges
from gedig_edu.views.widgets.rotating_pair import RotatingPair
from gedig_edu.views.widgets.score_matrix import ScoreMatrix
from gedig_edu.views.widgets.shortcut_graph import ShortcutGraph
from gedig_edu.views.widgets.temperature import Temperature
from gedig_edu.views.widgets.what_is_left import WhatIsLeft

HEROES: tuple[type[Hero], ...] = (
    QKPlane,
    RotatingPair,
    KeyGrowth,
    HeadBasis,
    ScoreMatrix,
    Temperature,
    FreeEnergy,
    EntropyOverD,
    FirstLaw,
    ShortcutGraph,
    RandomEdges,
    OneScoreManyTemperatures,
    HeatedModel,
    HeadSteps,
    NextToken,
    WhatIsLeft,
)
