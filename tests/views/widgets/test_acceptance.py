"""Ways to decide at one share of acceptance: what is between thresholds, and pairs of a world."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.acceptance import Acceptance

BASE = np.array([0.5, 0.6, 0.4])
ACCEPTED = np.tile([0.8, 0.4], (3, 1))  # thresholds from the lowest on
LUCK = np.array([[0.06], [0.0], [-0.06]])


def table(more=0.0):
    """Return a way that is right a little more often than chance, worlds having their own luck."""
    return np.hstack([ACCEPTED, BASE[:, None] * ACCEPTED + LUCK * ACCEPTED + more])


def test_what_accepts_at_random_is_right_as_often_as_the_base_at_every_share():
    chance = np.hstack([ACCEPTED, BASE[:, None] * ACCEPTED])
    widget = Acceptance({"chance": chance, "other": table()}, BASE)
    for share in (0.05, 0.4, 0.65, 0.95):
        widget.share = share
        assert widget.numbers["precision"] == pytest.approx(0.5)
        assert widget.numbers["recall"] == pytest.approx(share)


def test_between_two_thresholds_it_takes_a_mixture_of_both():
    widget = Acceptance({"own": table(0.02), "other": table()}, BASE, share=0.6)
    taken = table(0.02)[:, 2:].mean(axis=1)
    assert widget.numbers["precision"] == pytest.approx((taken / 0.6).mean())


def test_pairs_of_a_world_tell_what_worlds_of_unlike_luck_would_hide():
    widget = Acceptance({"own": table(), "better": table(0.01), "chance": table(-0.01)}, BASE)
    numbers = widget.numbers
    assert (numbers["above"], numbers["below"]) == (1, 1)
    assert numbers["gaps"][0] == 0
    widget.way = 1
    assert (widget.numbers["above"], widget.numbers["below"]) == (0, 2)


def test_tables_that_do_not_fit_are_refused():
    with pytest.raises(GedigError, match="belong together"):
        Acceptance({"own": table(), "other": table()})
    with pytest.raises(GedigError, match="ways holds 1 tables"):
        Acceptance({"own": table()}, BASE)
    with pytest.raises(GedigError, match=r"ways\['own'\] has shape"):
        Acceptance({"own": table(), "other": table()}, BASE[:2])
    with pytest.raises(GedigError, match="as many shares"):
        Acceptance({"own": table()[:, :3], "other": table()[:, :3]}, BASE)
