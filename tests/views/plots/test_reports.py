"""A figure for a report: every number, any text, any size, and files that carry their type."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from gedig_edu.errors import GedigError
from gedig_edu.theory.comparison import Comparison
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views import fonts
from gedig_edu.views.picture import saved
from gedig_edu.views.plots.reports import draw_report, report
from tests.helpers import example_maps

SIZES = [(1, 1), (6, 6), (12, 12), (30, 9), (24, 16), (2, 13)]
TEXTS = {
    "latin": "Größe, naïveté and “quotes”",
    "formula": r"It cost $5 and $6, or \alpha_{x}^2, 100 %",
    "arabic": "مرحبا بالعالم",
    "japanese": "日本語の文章",
    "emoji": "a heart ❤️, a family 👨‍👩‍👧 and a flag 🇯🇵",
    "control": "a\x07b\x00c\ud800",
    "long": "word " * 2000,
    "one word": "w" * 3000,
}


def drawn(layers=3, heads=5, **options):
    rng = np.random.default_rng(0)
    F, delta = -rng.random((layers, heads)), rng.normal(0, 0.2, (layers, heads))
    options = {"title": "a title", "against": "random maps"} | options
    return F, delta, *draw_report(F, delta, **options)


def written(axes):
    return [text.get_text() for text in axes.texts]


def words_of(figure):
    figure.canvas.draw()
    return " ".join(text.get_text() for text in figure.texts)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_head_is_a_cell_and_has_its_number_up_to_12_by_12(size, theme):
    F, delta, left, right = drawn(*size, theme=theme)
    for axes, values in ((left, F), (right, delta)):
        np.testing.assert_array_equal(axes.images[0].get_array(), values)
        assert axes.get_ylim()[0] < axes.get_ylim()[1]  # layer 0 at the bottom
        numbers = [float(text.replace("−", "-")) for text in written(axes)]
        if max(size) <= 12:
            np.testing.assert_allclose(numbers, values.ravel(), atol=0.0051)
        else:
            assert numbers == []
    left.figure.canvas.draw()


@pytest.mark.parametrize("size", [(1, 1), (6, 8), (12, 12)])
def test_no_number_is_wider_than_its_cell(size):
    F, _, left, right = drawn(*size)
    left.images[0].figure.canvas.draw()
    for axes in (left, right):
        cell = axes.get_window_extent().width / F.shape[1]
        assert max(text.get_window_extent().width for text in axes.texts) <= cell


def test_numbers_stand_out_from_their_cells():
    for theme in ("light", "dark"):
        _, _, left, right = drawn(9, 9, theme=theme)
        for axes in (left, right):
            grounds = axes.images[0].to_rgba(axes.images[0].get_array())[..., :3].reshape(-1, 3)
            for text, ground in zip(axes.texts, grounds, strict=True):
                ink = plt.matplotlib.colors.to_rgb(text.get_color())
                assert contrast(ink, ground) >= 4.5


def contrast(one, other):
    """WCAG 2.1."""
    light = []
    for colour in (one, other):
        c = np.asarray(colour)
        linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        light.append(float(linear @ [0.2126, 0.7152, 0.0722]))
    return (max(light) + 0.05) / (min(light) + 0.05)


def test_zero_is_the_middle_of_the_differences():
    _, _, left, right = drawn()
    low, high = right.images[0].get_clim()
    assert low == -high
    assert left.images[0].get_clim() != right.images[0].get_clim()


@pytest.mark.parametrize("value", [0.0, -0.5])
def test_heads_that_are_all_the_same_can_be_drawn(value):
    values = np.full((2, 3), value)
    left, _ = draw_report(values, 0 * values, title="t", against="a")
    left.figure.canvas.draw()


def test_nothing_is_minus_zero():
    tiny = np.full((2, 11), -1e-9)
    left, right = draw_report(tiny - 1, tiny, title="t", against="a")
    assert set(written(right)) == {".000"}
    assert set(written(left)) == {"−1.00"}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_of_any_script_is_drawn_or_left_out_with_a_note(text):
    _, _, left, _ = drawn(text=text)
    said = words_of(left.figure)  # a warning about a glyph is an error here
    assert "Text: " in said or "no font" in said
    assert len(said) < 400


def test_a_text_stands_as_it_is_and_no_dollar_begins_a_formula():
    _, _, left, _ = drawn(text=TEXTS["formula"], title="a $model$_x")
    assert TEXTS["formula"] in words_of(left.figure)
    assert not any(text.get_parse_math() for text in left.figure.texts)


def test_a_script_without_a_font_is_said(monkeypatch):
    monkeypatch.setattr(fonts, "_regular", dict)
    _, _, left, _ = drawn(text="日本語", title="モデル")
    said = words_of(left.figure)
    assert "no font on this machine" in said
    assert "\\u30e2" in said


@pytest.mark.parametrize(
    ("causal", "matched", "said_of_it"),
    [(False, False, ""), (False, True, ""), (True, True, "causal "), (True, False, "later")],
)
def test_a_comparison_says_model_convention_tokens_and_baseline(causal, matched, said_of_it):
    maps = replace(example_maps(layers=2, heads=3, length=20), causal=causal)
    reading = Comparison.read(maps, Gauge.released(lam=0.75))
    left, right = report(
        reading, text="some words", note="A note.", baseline="local", matched=matched
    )
    said = words_of(left.figure)
    assert maps.model in said
    for part in (
        "tokens: 20",
        "released, λ = 0.75, γ = 0.5, quantile 0.9",
        "some words",
        "A note.",
        "F = density − λ(entropy + γ · path gain), with λ = 0.75 and γ = 0.5.",
    ):
        assert part in said
    later = said_of_it == "later"
    assert ("matched=True" in said) == ("--matched" in said) == later
    masked = "local maps\nthat also see later tokens" if later else f"{said_of_it}local maps"
    assert right.get_title(loc="left") == f"ΔF = F − F of {masked}"
    assert "\n" not in right.get_label()
    delta = reading.delta("local", matched=matched)
    np.testing.assert_array_equal(right.images[0].get_array(), delta)


def test_its_own_shuffle_is_never_said_to_see_what_the_model_does_not():
    reading = Comparison.read(example_maps(layers=2, heads=3, length=20), Gauge.paper())
    assert reading.maps.causal
    _, right = report(reading, baseline="row_shuffled")
    assert right.get_title(loc="left") == "ΔF = F − F of its own shuffle"


@pytest.mark.parametrize("size", [(1, 1), (6, 6)])
def test_heads_that_are_nearly_equal_look_nearly_equal(size):
    F = np.linspace(-0.51, -0.49, np.prod(size)).reshape(size)
    left, right = draw_report(F, F + 0.5, title="t", against="a")
    for axes, middle in ((left, F.mean() if size != (1, 1) else F[0, 0]), (right, 0.0)):
        low, high = axes.images[0].get_clim()
        assert (high - low, (high + low) / 2) == pytest.approx((0.2, middle))


def test_axes_that_are_given_are_drawn_into():
    figure, axes = plt.subplots(1, 2)
    maps = example_maps(layers=2, heads=3, length=7)
    assert report(Comparison.read(maps, Gauge.paper()), axes=tuple(axes)) == tuple(axes)
    assert figure.texts == []


def test_the_figure_tells_itself_in_words():
    *_, left, right = drawn()
    assert "layers × heads = 3 × 5" in left.get_label()
    assert "random maps" in right.get_label()


def test_a_pdf_carries_its_fonts_and_a_vector_file_its_letters():
    pdf = saved(drawn(text="Größe")[2], "pdf")
    assert b"/FontFile2" in pdf
    assert b"/Subtype /Type3" not in pdf
    svg = saved(drawn(text="Größe")[2], "svg").decode()
    assert "<text" not in svg
    assert re.search(r"<use xlink:href=.#DejaVuSans", svg)
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"|<!DOCTYPE[^>]*>|<(cc|dc|rdf)[^>]*>', "", svg)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_figure_gives_the_same_bytes(kind):
    assert saved(drawn(text="x")[2], kind) == saved(drawn(text="x")[2], kind)


def test_a_figure_is_as_wide_as_a_page_whatever_is_in_it():
    for size in SIZES:
        with Image.open(io.BytesIO(saved(drawn(*size, text="w" * 900)[2], "png"))) as picture:
            assert 1000 <= picture.width <= 1180


def test_another_kind_of_file_is_refused():
    with pytest.raises(GedigError, match="kind='gif'"):
        saved(plt.subplots()[1], "gif")
