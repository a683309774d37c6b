"""Claims of lesson 12 follow the runs that are kept, and would follow others."""

import numpy as np
import pandas as pd
import pytest

from gedig_edu.course import findings
from gedig_edu.course.claims import find, recall, run
from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Verdict
from gedig_edu.course.lessons.l12 import measures
from gedig_edu.lab import grokking_mirrors, grokking_tables
from gedig_edu.lab.grokking_mirrors import ONE_SHARE

SEEDS = np.arange(1, 13)


def judged(topic):
    """Return the verdict and the numbers of a claim on the runs that are there."""
    readings = measures.MEASURES[topic](Context("gpt2-mini"))
    return find(f"12.{topic}").rule(readings), {one.name: one for one in readings}


@pytest.fixture
def runs_are(monkeypatch):
    """Put other runs in the place of those that are kept."""

    def put(**columns):
        table = pd.DataFrame({"arm": "plain", "seed": SEEDS, "prime": 53} | columns)
        monkeypatch.setattr(grokking_tables, "runs", lambda: table)

    return put


@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        (12, Verdict.HOLDS),
        (10, Verdict.HOLDS),
        (9, Verdict.UNDECIDED),
        (3, Verdict.UNDECIDED),
        (2, Verdict.DOES_NOT_HOLD),
        (0, Verdict.DOES_NOT_HOLD),
    ],
)
def test_ten_of_twelve_runs_are_needed(runs_are, before, verdict):
    runs_are(before=before >= SEEDS, onset=900.0, peak=800.0, whole_peak=1300.0, generalised=1200.0)
    found, numbers = judged("peak_before")
    assert found == verdict
    assert numbers["before"].value == pytest.approx(before / 12)


def test_a_rise_counts_beside_the_run_of_the_same_seed(runs_are):
    arms = np.repeat(["plain", "no_decay", "shuffled", "never"], 4)
    seeds = np.tile([1, 2, 3, 4], 4)
    rise = np.array([0.5, 0.6, 0.7, 0.8, 0.1, 0.2, 0.3, 0.4, 0.0, 0.0, 0.1, 0.1, *[0.9] * 4])
    runs_are(arm=arms, seed=seeds, rise=rise)
    found, numbers = judged("controls")
    assert found == Verdict.HOLDS
    assert numbers["no_decay"].value == pytest.approx(0.4)
    runs_are(arm=arms, seed=seeds, rise=np.where(arms == "no_decay", rise + 0.8, rise))
    assert judged("controls")[0] == Verdict.CONTRADICTORY


def test_what_foretells_better_is_said_by_either_side(runs_are):
    rng = np.random.default_rng(0)
    onset = rng.permutation(12) * 100.0
    noise = rng.normal(size=12)
    columns = {"arm": "steady", "onset": onset, "loss_early": noise}
    runs_are(**columns, C_early=-onset, norm_early=noise)
    assert judged("norm")[0] == Verdict.HOLDS
    runs_are(**columns, C_early=noise, norm_early=onset)
    assert judged("norm")[0] == Verdict.DOES_NOT_HOLD
    runs_are(**columns, C_early=onset, norm_early=-onset)
    assert judged("norm")[0] != Verdict.HOLDS


def test_long_rows_are_asked_only_where_generalising_comes_late(runs_are):
    columns = {"terms": 16, "memorised": 300.0, "generalised": 900.0, "C_end": 0.1}
    runs_are(**columns, onset=400.0, before=True)
    found, numbers = judged("long_rows")
    assert found == Verdict.UNTESTABLE
    assert numbers["late"].value == 0
    runs_are(**columns, onset=700.0, before=SEEDS <= 11)
    assert judged("long_rows")[0] == Verdict.HOLDS
    runs_are(**columns, onset=700.0, before=SEEDS <= 1)
    assert judged("long_rows")[0] == Verdict.DOES_NOT_HOLD


def test_a_norm_that_never_varies_says_nothing(runs_are):
    onset = np.arange(12.0)
    runs_are(arm="steady", onset=onset, C_early=onset, norm_early=40.0, loss_early=onset)
    assert judged("norm")[1]["norm"].value == 0


@pytest.mark.parametrize(
    ("width", "verdict"),
    [
        (lambda p: 1 / p, Verdict.HOLDS),
        (lambda p: p / 100, Verdict.DOES_NOT_HOLD),
        (lambda p: np.tile([0.1, 0.2, 0.3], len(p) // 3), Verdict.UNDECIDED),
    ],
    ids=["narrower", "wider", "neither"],
)
def test_an_onset_has_to_narrow_with_the_prime_at_one_share(monkeypatch, width, verdict):
    turned = grokking_mirrors.turned().astype(float)
    one = turned["share"] == ONE_SHARE
    half = 1000.0
    turned.loc[one, ["quarter", "half"]] = half
    turned.loc[one, "three_quarters"] = half + half * width(turned.loc[one, "prime"].to_numpy())
    monkeypatch.setattr(grokking_mirrors, "turned", lambda: turned)
    assert judged("sharper")[0] == verdict


def test_of_primes_with_shares_of_their_own_each_is_taken_once(monkeypatch):
    turned, before = grokking_mirrors.turned().astype(float), judged("sharper")[1]["own_shares"]
    turned.loc[(turned["prime"] == 67) & (turned["share"] == ONE_SHARE), "three_quarters"] = 9e9
    monkeypatch.setattr(grokking_mirrors, "turned", lambda: turned)
    assert judged("sharper")[1]["own_shares"] == before


def test_every_claim_of_the_lesson_is_measured_and_none_is_left_open():
    of_runs = [
        claim for claim in (find(f"12.{topic}") for topic in measures.MEASURES) if not claim.slow
    ]
    found = run([claim.id for claim in of_runs], "gpt2-mini")
    assert len(found) == len(measures.MEASURES) - 2
    assert Verdict.NOT_YET not in {one.verdict for one in found}
    assert all(one.readings for one in found)


def test_heat_and_work_of_a_model_are_the_change_from_its_twin():
    texts = Context("gpt2-mini").few[:2]

    class Short(Context):
        few = texts

    parts = measures._parts(Short("gpt2-mini"), ["centred"])["centred"]
    assert parts.shape == (2, 2, 6, 6)
    assert (parts[:, 0] < 0).mean() > 0.9  # entropy falls: heat is given off
    own = measures._parts(Short("gpt2-mini"), ["own"])["own"]
    assert own[:, 0] == pytest.approx(parts[:, 0])
    assert np.abs(own[:, 1]).max() < 1e-9  # −log p leaves no work


def test_whether_work_is_more_than_heat_is_a_choice_of_zero_on_every_model():
    for model in findings.models():
        (found,) = recall(["12.work"], model, here=False)
        assert found.verdict == Verdict.CONTRADICTORY
