"""The kernel's half of the live F page: traits in, exact terms out."""

import re
import tomllib
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.lab.live import live
from gedig_edu.theory.comparison import BASELINES
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views.packing import pack_picture
from gedig_edu.views.widgets.bundle import bundle
from gedig_edu.views.widgets.live_f import CONVENTIONS, QUANTITIES, TERMS, LiveF

LAYERS, HEADS = 3, 5


def attend(text: str, model: str, *, temperature: float = 1.0) -> AttentionMaps:
    """Stand in for a model: one token a word, weights from the text's length."""
    if "refuse" in text:
        raise GedigError("The text is refused; type another.")
    if "break" in text:
        raise OSError("the disk is gone")
    words = text.split()
    layers, heads = (2, 3) if model == "small" else (LAYERS, HEADS)
    rng = np.random.default_rng(len(text))
    causal = model != "both ways"
    weights = rng.dirichlet(np.full(len(words), 0.4), size=(layers, heads, len(words))) + 1e-6
    weights = (np.tril(weights) if causal else weights) ** (1 / temperature)
    weights /= weights.sum(axis=-1, keepdims=True)
    return AttentionMaps(
        tokens=tuple(words), weights=weights.astype(np.float32), causal=causal,
        special=np.zeros(len(words), bool), offsets=np.zeros((len(words), 2), int), model=model,
    )  # fmt: skip


def make_page(text="the cat sat on the mat and slept", **controls) -> LiveF:
    return LiveF(attend, live, models=["large", "small", "both ways"], text=text, **controls)


def floats(page, buffer):
    return np.frombuffer(buffer).reshape(3, page.picture["layers"], page.picture["heads"])


def test_the_page_carries_the_exact_terms_of_every_head_and_baseline():
    page = make_page()
    reading = live(attend(page.text, "large"), gauge=page.gauge)
    for index, name in enumerate(TERMS):
        expected = getattr(reading.real, name)
        np.testing.assert_array_equal(floats(page, page.picture["terms"])[index], expected)
    for name in BASELINES:
        for matched, kind in ((False, "unmasked"), (True, "matched")):
            sent = floats(page, page.picture["baselines"][name][kind])
            np.testing.assert_array_equal(sent, reading.baseline_terms(name, matched=matched))


@settings(max_examples=15, deadline=None)
@given(lam=st.floats(0, 2), gamma=st.floats(0, 2))
def test_lambda_and_gamma_on_the_kernels_side_are_readings_combine(lam, gamma):
    page = SHARED
    page.lam, page.gamma = lam, gamma
    density, entropy, path_gain = floats(page, page.picture["terms"])
    expected = page.reading.combine(lam=lam, gamma=gamma).real.F
    np.testing.assert_array_equal(page.reading.real.F, expected)
    np.testing.assert_allclose(density - lam * (entropy + gamma * path_gain), expected, atol=1e-15)


SHARED = make_page()


def test_lambda_and_gamma_read_nothing_again():
    page = make_page()
    before = page.picture
    page.lam, page.gamma = 0.25, 1.5
    page.baseline, page.matched, page.shown = "local", True, "entropy"
    assert page.picture is before


def test_quantile_reads_the_same_maps_again_without_asking_the_model():
    page = make_page()
    page._attend = pytest.fail
    page.quantile = 0.7
    np.testing.assert_array_equal(floats(page, page.picture["terms"])[0], page.reading.real.density)
    assert page.reading.gauge.quantile == 0.7


def test_a_convention_set_in_python_brings_its_lambda_and_gamma():
    page = make_page(lam=0.3, gamma=1.7)
    page.convention = "released"
    assert (page.lam, page.gamma) == (0.5, 0.5)
    assert page.reading.gauge == page.gauge
    assert page.gauge.pool == "all"


def test_a_weight_set_after_its_convention_stays():
    page = make_page()
    with page.hold_sync():
        page.convention, page.lam = "released", 0.3
    assert (page.lam, page.gamma) == (0.3, 0.5)
    assert make_page(convention="released", lam=0.3).lam == 0.3


def test_what_the_page_says_is_taken_as_it_is():
    page = make_page(convention="released", lam=0.3)
    page.set_state({"convention": "paper"})
    assert (page.lam, page.gamma) == (0.3, 0.5)


def test_a_page_starts_with_its_conventions_lambda_and_gamma_and_knows_the_others():
    page = make_page(convention="released")
    assert (page.lam, page.gamma) == (0.5, 0.5)
    assert page.weights == {
        "paper": {"lam": 1.0, "gamma": 0.5}, "released": {"lam": 0.5, "gamma": 0.5},
    }  # fmt: skip


def edges_sent(page, layer):
    """Return where the page draws edges of a layer, [heads, L, L]."""
    length = len(page.picture["tokens"])
    rows = np.frombuffer(page.details[str(layer)]["edges"], np.uint8)
    rows = rows.reshape(page.picture["heads"], length, -1)
    return np.unpackbits(rows, axis=-1, count=length, bitorder="little").astype(bool)


@pytest.mark.parametrize("model", ["large", "both ways"])
def test_a_layer_is_sent_as_a_picture_with_exact_edges_and_thresholds(model):
    page = make_page(layer=2)
    page.model = model
    reading = page.reading
    assert list(page.details) == ["2"]
    for head in range(HEADS):
        np.testing.assert_array_equal(edges_sent(page, 2)[head], reading.edges(2, head))
    sent = page.details["2"]
    np.testing.assert_array_equal(np.frombuffer(sent["thresholds"]), reading.real.threshold[2])
    maps = reading.maps
    assert sent.items() >= pack_picture(maps.weights[2], causal=maps.causal).items()


def test_the_first_text_opens_at_the_head_of_highest_delta_and_a_later_one_stays_there():
    page = make_page(text="", baseline="local", matched=True)
    page.text = "the cat sat on the mat and slept"
    local = page.reading.baseline_terms("local", matched=True)
    above = page.reading.real.F - (local[0] - page.lam * (local[1] + page.gamma * local[2]))
    opened = np.unravel_index(above.argmax(), above.shape)
    assert (page.layer, page.head) == opened != (0, 0)
    assert list(page.details) == [str(page.layer)]
    for text in ("a b c d e f", "refuse", "seven words stand here in a row"):
        page.text = text
        assert (page.layer, page.head) == opened


@pytest.mark.parametrize("named", [{"layer": 0}, {"head": 0}, {"layer": 1, "head": 2}])
def test_a_head_named_by_the_caller_is_the_one_opened(named):
    page = make_page(**named)
    assert (page.layer, page.head) == (named.get("layer", 0), named.get("head", 0))


def test_a_head_of_the_same_layer_needs_nothing_from_the_kernel():
    page = make_page()
    before = page.details
    page.head = 3
    assert page.details is before
    page.layer = 1
    assert list(page.details) == ["1"]


def test_an_empty_text_is_an_invitation_and_keeps_the_last_picture():
    page = make_page()
    before = page.picture
    page.text = "  "
    assert page.status == "empty"
    assert page.picture is before
    assert make_page(text="").picture == {}


def test_a_refusal_is_one_sentence_and_the_last_good_picture_stays():
    page = make_page()
    before = page.picture
    page.text = "refuse me"
    assert (page.status, page.message) == ("error", "The text is refused; type another.")
    assert page.picture is before
    page.text = "and on it goes"
    assert (page.status, page.message) == ("ready", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [("  ", ("empty", "")), ("refuse me", ("error", "The text is refused; type another."))],
)
def test_what_is_said_of_an_unread_text_outlives_a_new_quantile_or_convention(text, said):
    page = make_page()
    page.text = text
    page.quantile = 0.7
    assert (page.status, page.message) == said
    page.convention = "released"
    assert (page.status, page.message) == said
    assert page.reading.gauge == page.gauge
    page.text = "and on it goes"
    page.quantile = 0.8
    assert (page.status, page.message) == ("ready", "")


def test_an_unforeseen_failure_is_shown_and_raised():
    page = make_page()
    with pytest.raises(OSError, match="the disk is gone"):
        page.text = "break it"
    assert page.status == "error"
    assert page.answered["text"] == "break it"


@pytest.mark.parametrize("text", ["one two three", "", "refuse me"])
def test_every_answer_says_what_was_asked(text):
    page = make_page()
    page.text, page.model, page.convention, page.quantile = text, "small", "released", 0.7
    page.temperature = 2
    assert page.answered == {
        "text": text, "model": "small", "convention": "released", "quantile": 0.7,
        "temperature": 2.0,
    }  # fmt: skip


def test_a_temperature_asks_the_model_again_and_one_asks_as_if_there_were_none():
    asked = []

    def noted(text, model, **how):
        asked.append((text, model, how))
        return attend(text, model, **how)

    page = LiveF(noted, live, models=["large"], text="one two three")
    assert page.heated
    page.temperature = 2.5
    np.testing.assert_array_equal(
        page.reading.maps.weights, attend("one two three", "large", temperature=2.5).weights
    )
    page.temperature = 1
    assert asked == [
        ("one two three", "large", how) for how in ({}, {"temperature": 2.5}, {})
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cold", [lambda text, model: attend(text, model), lambda *given: attend(*given)]
)
def test_where_the_model_takes_no_temperature_none_is_offered_and_one_is_refused(cold):
    page = LiveF(cold, live, models=["large"], text="one two three")
    assert not page.heated
    for refused in (
        lambda: setattr(page, "temperature", 2),
        lambda: LiveF(cold, live, models=["large"], text="one", temperature=2),
    ):
        with pytest.raises(GedigError, match=r"^temperature=2\.0 reaches no model here; give"):
            refused()
    assert page.temperature == 1
    assert page.status == "ready"


def test_changes_that_come_together_read_every_sentence_once():
    page = make_page()
    read, page._read = [], lambda *given, **how: read.append(how) or live(*given, **how)
    page.set_state({"text": "a b c", "temperature": 2.0, "convention": "released", "quantile": 0.7})
    assert len(read) == 1
    page.set_state({"convention": "paper", "quantile": 0.8})
    assert len(read) == 2
    assert page.answered["quantile"] == page.reading.gauge.quantile == 0.8


def test_a_refused_first_sentence_is_still_answered_when_the_quantile_moves():
    page = make_page(text="refuse me")
    page.quantile = 0.7
    assert (page.status, page.answered["quantile"]) == ("error", 0.7)


def test_reading_before_a_sentence_is_refused():
    with pytest.raises(GedigError, match="type one first"):
        _ = make_page(text="").reading


def test_a_page_without_a_model_is_refused():
    with pytest.raises(GedigError, match="name at least one model"):
        LiveF(attend, live, models=[], text="a b")


@pytest.mark.parametrize("model", ["large", "small", "both ways"])
@pytest.mark.parametrize("text", ["one", "one two", "a b c d e f g h i j k l m n o p q"])
def test_every_control_at_its_extremes_raises_nothing(model, text):
    page = make_page(text=text)
    page.model = model
    for name, values in {
        "temperature": (0.25, 4.0), "quantile": (0.01, 0.99), "shown": QUANTITIES,
        "lam": (0.0, 2.0), "gamma": (0.0, 2.0),
        "convention": ("released", "paper"), "matched": (True, False), "baseline": BASELINES,
        "view": ("matrix", "graph", "arcs"), "layer": (0, 2), "head": (0, 4), "query": (0, 16),
    }.items():  # fmt: skip
        for value in values:
            setattr(page, name, value)
            assert page.status == "ready"
            assert np.isfinite(page.reading.real.F).all()


def test_the_page_gets_every_word_it_asks_for_and_its_table_has_no_other():
    table = tomllib.loads(resources.files("gedig_edu.words").joinpath("en/live.toml").read_text())
    words = make_page().words
    assert words.items() >= table["page"].items()
    source = bundle("heads/live.js")
    asked = set(re.findall(r"\bwords\.(\w+)", source))
    assert asked <= set(words)
    families = tuple(re.findall(r"words\[`(\w+_)\$", source))
    others = {name for name in table["page"] if not name.startswith(families)} - asked
    assert others <= {*LiveF.class_trait_names(), *CONVENTIONS}


@pytest.mark.parametrize("convention", ["x", "Paper", None])
def test_an_unknown_convention_is_refused(convention):
    with pytest.raises(GedigError, match="is not known; choose one of 'paper', 'released'"):
        make_page(convention=convention)


def test_where_no_widget_can_be_shown_the_page_is_a_sentence():
    page = make_page()
    assert repr(page).startswith("large: F, layers × heads = 3 × 5: from −")
    assert "Type a sentence" in repr(make_page(text=""))


def test_the_words_name_what_was_read_and_say_why_nothing_else_was():
    page = make_page()
    before = repr(page)
    page._attend = lambda text, model: (_ for _ in ()).throw(GedigError(f"No {model} here."))
    page.set_state({"model": "nope"})
    said = page._repr_mimebundle_()
    assert repr(page) == f"{before}\nNo nope here."
    assert "large: F" in said["text/plain"]
    assert "No nope here." in said["text/html"]
    page._attend = attend
    page.model = "small"
    assert repr(page).startswith("small: F, layers × heads = 2 × 3")
    assert "nope" not in repr(page)


def test_the_page_has_its_words_and_its_starting_values():
    page = make_page(convention="released", baseline="row_shuffled")
    assert page.defaults["lam"] == 0.5
    assert page.defaults["baseline"] == "row_shuffled"
