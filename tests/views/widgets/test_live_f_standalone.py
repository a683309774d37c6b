"""The live page where there will be no kernel: every layer and every example travel at once."""

import numpy as np

from gedig_edu.views.widgets.standalone import VARIABLE
from tests.views.widgets.test_live_f import HEADS, LAYERS, edges_sent, make_page


def test_for_a_page_without_a_kernel_every_layer_travels_at_once(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    page = make_page()
    assert page.standalone
    assert list(page.details) == ["0", "1", "2"]
    for layer, head in np.ndindex(LAYERS, HEADS):
        np.testing.assert_array_equal(
            edges_sent(page, layer)[head], page.reading.edges(layer, head)
        )
    before = page.details
    page.layer, page.head = 2, 4
    assert page.details is before
    page.model = "small"
    assert list(page.details) == ["0", "1"]


def test_for_a_page_without_a_kernel_the_examples_are_read_too(monkeypatch):
    examples = ["one", "two words"]
    assert make_page(examples=examples).prepared == {}
    monkeypatch.setenv(VARIABLE, "1")
    page = make_page(examples=examples)
    assert list(page.prepared) == examples
    for text in examples:
        alone = make_page(text=text)
        assert page.prepared[text] == {"picture": alone.picture, "details": alone.details}


def test_a_page_that_has_read_nothing_does_not_stand_alone(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    assert not make_page(text="").standalone
