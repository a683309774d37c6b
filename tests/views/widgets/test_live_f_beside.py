"""A second sentence beside the first: read like it, with its own answers."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.live import live
from gedig_edu.views.widgets.standalone import VARIABLE
from tests.views.widgets.test_live_f import attend, make_page

OTHER = "five words stand beside them"


def test_a_second_sentence_is_packed_like_the_first_and_read_with_the_same_settings():
    page, alone = make_page(beside=OTHER), make_page(text=OTHER)
    for change in (
        {}, {"temperature": 2}, {"convention": "released"}, {"quantile": 0.7}, {"model": "small"},
    ):  # fmt: skip
        for name, value in change.items():
            setattr(page, name, value)
            setattr(alone, name, value)
        assert page.beside_picture == alone.picture
        assert page.beside_answered == alone.answered
        assert page.beside_status == "ready"
        np.testing.assert_array_equal(page.beside_reading.real.F, alone.reading.real.F)
    assert page.reading.maps.tokens != page.beside_reading.maps.tokens


def test_a_second_sentence_leaves_the_first_as_it_is():
    page = make_page(layer=1, head=2, query=3)
    before = {name: getattr(page, name) for name in ("picture", "details", "answered", "query")}
    page.beside = OTHER
    page.beside = "refuse me"
    assert all(getattr(page, name) is value for name, value in before.items())
    assert page.status == "ready"


def test_a_refused_second_sentence_is_said_beside_the_last_good_one():
    page = make_page(beside=OTHER)
    before = page.beside_picture
    page.beside = "refuse me"
    said = ("error", "The text is refused; type another.")
    assert (page.beside_status, page.beside_message) == said
    assert page.beside_picture is before
    assert page.beside_answered["text"] == "refuse me"
    page.quantile = 0.7
    assert (page.beside_status, page.beside_message) == said
    assert page.beside_reading.gauge.quantile == 0.7


def test_an_emptied_second_sentence_is_gone_and_nothing_is_read_for_it():
    page = make_page(beside=OTHER)
    page.beside = " "
    assert (page.beside_status, page.beside_picture) == ("empty", {})
    read, page._read = [], lambda *given, **how: read.append(given) or live(*given, **how)
    page.quantile = 0.7
    assert len(read) == 1
    with pytest.raises(GedigError, match="No second sentence has been read; set beside first"):
        _ = page.beside_reading


def test_where_the_first_fails_unforeseen_the_second_is_answered_too():
    page = make_page(beside=OTHER)

    def broken(text, model, **how):
        if text == page.text:
            raise OSError("the disk is gone")
        return attend(text, model, **how)

    page._attend = broken
    with pytest.raises(OSError, match="the disk is gone"):
        page.temperature = 2
    assert (page.status, page.beside_status) == ("error", "ready")
    assert page.beside_answered["temperature"] == 2


def test_a_page_without_a_kernel_keeps_its_second_sentence(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    page = make_page(beside=OTHER)
    assert page.standalone
    assert page.beside_picture == make_page(text=OTHER).picture
