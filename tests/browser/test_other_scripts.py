"""Tokens of any script in the lessons' widgets: in their own direction, and cut to their room."""

import networkx as nx
import numpy as np
import pytest

from gedig_edu.views.labels import token_label
from gedig_edu.views.widgets.head_basis import HeadBasis
from gedig_edu.views.widgets.head_steps import HeadSteps
from gedig_edu.views.widgets.key_growth import KeyGrowth
from gedig_edu.views.widgets.next_token import NextToken
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures
from gedig_edu.views.widgets.shortcut_graph import ShortcutGraph
from gedig_edu.views.widgets.temperature import Temperature
from gedig_edu.words.numbers import named
from tests.browser.test_hero_layout import UNREADABLE
from tests.browser.test_hero_widgets import show

pytestmark = pytest.mark.browser
TEXTS = {
    "Hebrew": ("שלום", " עולם", " אנחנו", " קוראים", " 42"),
    "Japanese": ("温度が上がると広がります", "猫", " 日本語の文章", "注意機構の温度計算", "文章"),
    "emoji": ("👩\u200d🔬" * 12, " 🔬", "🌡️🌡️", " 👩\u200d🔬", "🔥"),
    "long": (" antidisestablishmentarianism", "m" * 30, " ", "\n", "W" * 12),
}  # fmt: skip
HIDDEN = """
() => {
  const bars = [...document.querySelectorAll("svg :is(.gh-bar, .gh-before)")];
  const boxes = bars.map((bar) => bar.getBoundingClientRect());
  const names = [...document.querySelectorAll("svg text")]
    .filter((text) => text.style.fontFamily.includes("mono") || text.matches(".ge-token"));
  return names.filter((name) => {
    const { left, right, top, bottom } = name.getBoundingClientRect();
    return boxes.some((bar) => bar.width > 1 && bar.left < right - 1 && left < bar.right
      && bar.top < bottom - 4 && top + 4 < bar.bottom);
  }).map((name) => name.textContent);
}
"""


def _next_token(tokens):
    logits = np.random.default_rng(0).normal(size=(5, 5))
    return NextToken(range(5), logits, decode=lambda ids: tokens[ids[0]], position=2)


WIDGETS = {
    "HeadSteps": HeadSteps,
    "HeadBasis": lambda tokens: HeadBasis(tokens=tokens),
    "KeyGrowth": lambda tokens: KeyGrowth(tokens=tokens),
    "NextToken": _next_token,
    "OneScoreManyTemperatures": lambda tokens: OneScoreManyTemperatures(
        np.random.default_rng(0).normal(size=(5, 5)), tokens
    ),
    "ShortcutGraph": lambda tokens: ShortcutGraph(
        nx.relabel_nodes(nx.path_graph(5), dict(enumerate(tokens)))
    ),
    "Temperature": lambda tokens: Temperature((0.0, 0.5, 1.0, 1.5, 2.0), tokens),
}


@pytest.mark.parametrize("script", TEXTS)
@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("width", [400, 900])
def test_names_stand_in_their_room(page, name, script, width):
    host = show(page, WIDGETS[name](TEXTS[script]), width=width)
    assert page.evaluate(UNREADABLE) == []
    assert page.evaluate(HIDDEN) == []
    assert page.locator(".gh-sentence").text_content() == host.widget.sentence
    assert host.problems == []


@pytest.mark.parametrize(
    "name", ["HeadBasis", "HeadSteps", "KeyGrowth", "NextToken", "Temperature"]
)
def test_a_token_keeps_its_direction_in_a_sentence(page, name):
    widget = WIDGETS[name](TEXTS["Hebrew"])
    assert any(named(token_label(token)) in widget.sentence for token in TEXTS["Hebrew"])
    show(page, widget)
    assert page.locator(".gh-sentence").text_content() == widget.sentence


def test_a_node_keeps_its_direction_where_it_is_named(page):
    host = show(page, WIDGETS["ShortcutGraph"](TEXTS["Hebrew"]))
    page.get_by_role("button", name="Try every missing edge").click()
    host.settle()
    said = page.locator(".ge-note").text_content()
    assert sum(named(node) in said for node in TEXTS["Hebrew"]) == 2
