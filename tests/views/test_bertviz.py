"""bertviz behind its button: what it will load, how much, and what is refused."""

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from gedig_edu import GedigError
from gedig_edu.views import AttentionExplorer, bertviz_head_view, bertviz_model_view
from gedig_edu.views.bertviz import BYTES_PER_CELL, remote_scripts
from tests.helpers import example_maps


def page_of(view):
    view.frame.state = "loading"
    return view.frame.page


def sent(page):
    """The weights that the page holds, [layers, heads, L, L]."""
    return np.array(json.loads(re.search(r'"attn": (\[.*?\]), "left_text"', page)[1]))


def test_scripts_named_are_those_in_the_page():
    shown = bertviz_head_view(example_maps(layers=2, heads=3, length=5))
    page = page_of(shown)
    assert len(shown.scripts) == 3
    assert all(address.removesuffix(".js") in page for address in shown.scripts)
    assert remote_scripts("head_view") == shown.scripts


def test_nothing_is_built_before_it_is_asked_for():
    shown = bertviz_model_view(example_maps(layers=2, heads=3, length=5))
    assert shown.frame.page == ""
    assert shown.frame.state == "idle"


@pytest.mark.parametrize("end", ["drawn", "failed"])
def test_the_page_stays_in_no_saved_notebook(end):
    shown = bertviz_head_view(example_maps(layers=2, heads=3, length=5))
    assert page_of(shown)
    shown.frame.state = end
    assert shown.frame.page == ""
    assert page_of(shown)


def test_a_page_that_cannot_be_made_says_why_and_our_explorer_stands_in(monkeypatch):
    shown = bertviz_head_view(example_maps(layers=2, heads=3, length=5))
    monkeypatch.setitem(sys.modules, "bertviz", None)
    with pytest.raises(ModuleNotFoundError):
        shown.frame.state = "loading"
    assert shown.frame.state == "failed"
    assert "could not make its page (ModuleNotFoundError: " in shown.frame.reason
    assert isinstance(shown.children[1], AttentionExplorer)
    monkeypatch.undo()
    assert page_of(shown)
    assert shown.frame.reason == ""


def test_the_page_holds_the_chosen_layers_and_heads_to_four_decimals():
    maps = example_maps(layers=4, heads=5, length=7)
    page = page_of(bertviz_model_view(maps, layers=[1, 3], heads=[0, 2, 4]))
    np.testing.assert_allclose(sent(page), maps.weights[[1, 3]][:, [0, 2, 4]], atol=5e-5)


def test_a_cell_takes_no_more_than_was_reckoned():
    maps = example_maps(layers=2, heads=3, length=17)
    few, many = (page_of(bertviz_head_view(maps, layers=layers)) for layers in ([0], [0, 1]))
    assert len(many) - len(few) <= 3 * 17**2 * BYTES_PER_CELL + 60


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layers": [2]}, "give numbers from 0 to 1"),
        ({"layers": []}, "give numbers from 0 to 1"),
        ({"heads": [0, 3]}, "give numbers from 0 to 2"),
        ({"limit_mb": 0.03}, "choose 1 of them with layers="),
        ({"limit_mb": 0.001}, "choose a shorter text"),
        ({"limit_mb": 0}, "above 0"),
    ],
)
def test_refusals_say_what_to_choose(options, said):
    maps = example_maps(layers=2, heads=3, length=23)
    with pytest.raises(GedigError, match=said):
        bertviz_model_view(maps, **options)


def test_the_selection_that_a_refusal_names_is_accepted():
    maps = example_maps(layers=2, heads=3, length=23)
    with pytest.raises(GedigError, match="one layer with layers= and 2 of its heads with heads="):
        bertviz_model_view(maps, limit_mb=0.02)
    assert bertviz_model_view(maps, layers=[0], heads=[0, 2], limit_mb=0.02)
    with pytest.raises(GedigError, match="choose a shorter text"):
        bertviz_head_view(maps, layers=[0], limit_mb=0.02)


@pytest.mark.parametrize("draw", [bertviz_head_view, bertviz_model_view])
@pytest.mark.parametrize("token", ["</script><script>alert(1)</script>", "<!--<script>", "</w>"])
def test_a_token_neither_ends_the_script_nor_changes(draw, token):
    maps = replace(example_maps(layers=2, heads=3, length=5), tokens=("a", " b", "c", "d", token))
    page = page_of(draw(maps))
    plain = page_of(draw(replace(maps, tokens=("a", " b", "c", "d", "e"))))
    assert page.count("<script") == plain.count("<script")
    assert page.count("</script") == plain.count("</script")
    assert page.count("<!--") == plain.count("<!--")
    written = re.search(r'"left_text": (\[.*?\]), "right_text"', page)[1]
    assert json.loads(written) == list(maps.tokens)


@pytest.mark.parametrize("layers", [np.array([1]), [np.int64(1)], [1, 1], (1 for _ in "a")])
def test_layers_may_come_in_any_kind_of_whole_numbers(layers):
    maps = example_maps(layers=2, heads=3, length=5)
    page = page_of(bertviz_head_view(maps, layers=layers))
    np.testing.assert_allclose(sent(page), maps.weights[[1]], atol=5e-5)


@pytest.mark.parametrize("layers", [1, ["1"], [1.0], [-1], "0", [None]])
def test_what_is_no_list_of_layers_is_refused(layers):
    with pytest.raises(GedigError, match="give numbers from 0 to 1"):
        bertviz_head_view(example_maps(layers=2, heads=3, length=5), layers=layers)


@pytest.mark.parametrize("draw", [bertviz_head_view, bertviz_model_view])
@pytest.mark.parametrize("maps", [None, "a text"])
def test_what_is_no_attention_is_refused(draw, maps):
    with pytest.raises(GedigError, match="give "):
        draw(maps)
