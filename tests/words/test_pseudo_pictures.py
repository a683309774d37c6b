"""In a second language no English word stands in a picture, its alternative, or a widget."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.text import Text

from gedig_edu.views import AttentionExplorer, plots
from gedig_edu.views.plots import carriers, formation, geometry, graphs, temperature, thermo
from gedig_edu.views.shown import alternative
from gedig_edu.views.widgets.attention_explorer import QUANTITIES
from tests.heroes import HEROES
from tests.test_cli import Stub
from tests.views.widgets.test_live_f import make_page
from tests.words.pseudo import strings, told

rng = np.random.default_rng(0)
NORMAL = rng.normal(size=(3, 5))
CURVE = np.array([0.5, 0.25, 0.125])
POSITIONS = np.array([1.0, 10.0, 100.0])
TRAINING = {"step": np.arange(3), "F": NORMAL} | dict.fromkeys(
    ("validation", "previous_token", "induction"), CURVE
)
DRAWN = {
    "head_map": lambda: plots.head_map(NORMAL, label="F"),
    "layer_boxes": lambda: plots.layer_boxes(NORMAL, label="F", baseline=("B", 0.0)),
    "overview": lambda: plots.overview(NORMAL, label="F", baseline=("B", 0.0)),
    "head_norms": lambda: geometry.head_norms(*rng.random((2, 3, 5)), d=4),
    "score_matrix": lambda: geometry.score_matrix(np.eye(3), title="I"),
    "law_errors": lambda: geometry.law_errors(
        POSITIONS, {"A": CURVE * 1e-6, "B": CURVE}, level=0.2
    ),
    "decay": lambda: geometry.decay(POSITIONS, {"A": CURVE}),
    "shortcut_map": lambda: graphs.shortcut_map(NORMAL[:, :3]),
    "growth_curves": lambda: graphs.growth_curves({"A": (NORMAL, NORMAL[0])}),
    "carriers": lambda: carriers.carriers({"random": CURVE, "row_shuffled": CURVE, "uniform": CURVE,
                                           "local": CURVE, "diagonal": CURVE}),
    "thermometers": lambda: temperature.thermometers({"A": (CURVE, CURVE, 0.5, 0.9)}),
    "head_temperatures": lambda: temperature.head_temperatures(*rng.random((3, 3, 5))),
    "distance_against": lambda: temperature.distance_against(
        {"A": 1 + NORMAL**2}, NORMAL, correlations={"A": 0.5}
    ),
    "by_depth": lambda: temperature.by_depth({"A": {"B": CURVE}}, label="G"),
    "capacity_against_bound": lambda: thermo.capacity_against_bound(
        np.arange(1, 4), NORMAL[:, :3] ** 2, CURVE
    ),
    "growing_peaks": lambda: thermo.growing_peaks(POSITIONS, np.array([CURVE, CURVE]), "AB"),
    "heads_over_heat": lambda: thermo.heads_over_heat(
        POSITIONS, [*rng.random((2, 5, 3))], [CURVE, CURVE]
    ),
    "formation": lambda: formation.formation(TRAINING),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def written(figure: Figure) -> str:
    texts = [one.get_text() for one in figure.findobj(Text) if isinstance(one, Text)]
    return "\n".join([*texts, alternative(figure)])


@pytest.mark.parametrize("name", DRAWN)
def test_a_plot(reader, name):
    DRAWN[name]()
    figure = plt.gcf()
    figure.canvas.draw()
    text = written(figure)
    assert reader.stumbles(text) == []
    assert any("а" <= letter <= "щ" for letter in text)


@pytest.mark.parametrize("kind", HEROES, ids=lambda kind: kind.__name__)
def test_a_hero(reader, kind):
    hero = kind()
    given = [*strings([getattr(hero, name, "") for name in ("tokens", "prompt", "written")])]
    frame = hero.frame
    said = [*strings(frame["words"])]
    said += [one.get(part, "") for one in frame["controls"] for part in ("label", "unit")]
    said += [one.get(part, "") for one in frame["readouts"] for part in ("symbol", "label", "unit")]
    text = "\n".join([*said, repr(hero), told(hero.said_in_html())])
    assert len(said) > 10
    assert reader.stumbles(text, names=given) == []


def test_the_page_of_lesson_06(reader):
    page = make_page("xqj zwx")
    text = "\n".join([*strings(page.words), repr(page)])
    assert len(page.words) > 40
    assert reader.stumbles(text, names=["large small both ways"]) == []


def test_the_attention_explorer(reader):
    explorer = AttentionExplorer(Stub().attend("xqj zwx vkq"), period=2)
    tabs = []
    for quantity in QUANTITIES:
        explorer.quantity = quantity
        tabs.append(repr(explorer))
    text = "\n".join([*strings(explorer.frame["words"]), *tabs])
    assert reader.stumbles(text) == []
