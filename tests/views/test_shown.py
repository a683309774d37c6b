"""What a notebook keeps of a figure: one picture for each theme, and the words once."""

import base64
import io
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from nbclient import NotebookClient
from PIL import Image

from gedig_edu.views.colours import PAGES, page_colours
from gedig_edu.views.dark import darkened, on_dark, parts
from gedig_edu.views.picture import subplots
from gedig_edu.views.plots import overview
from gedig_edu.views.shown import WIDEST, bundle, picture, pictures_of
from gedig_edu.views.style import diverging, sequential


@pytest.fixture
def figure():
    drawn, ax = plt.subplots(figsize=(7.2, 2))
    ax.plot([0, 1], [0, 1], color=page_colours()["structure"])
    ax.text(0.2, 0.8, "boxed", bbox={"facecolor": "white"})
    ax.annotate("here", (1, 1), (0.5, 0.9), arrowprops={"arrowstyle": "->"})
    ax.set_label('A line that "rises".')
    return drawn


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def commonest(png):
    """Return the colour of most of a picture."""
    colours, counts = np.unique(pixels(png).reshape(-1, 3), axis=0, return_counts=True)
    return tuple(colours[counts.argmax()] / 255)


def has(png, colour):
    return bool((np.abs(pixels(png) / 255 - to_rgb(colour)).max(axis=-1) < 0.03).any())


def test_each_theme_has_a_picture_in_its_own_colours(figure):
    data, _ = bundle(figure)
    light, dark = pictures_of(data["text/html"])
    assert light == base64.b64decode(data["image/png"])
    for theme, drawn in (("light", light), ("dark", dark)):
        page = PAGES[theme]
        assert commonest(drawn) == pytest.approx(to_rgb(page["page"]), abs=0.01)
        assert has(drawn, page["structure"])
        assert has(drawn, "black" if theme == "light" else page["ink"])
    assert not has(dark, "white")
    assert pixels(light).shape == pixels(dark).shape


def test_what_shows_without_a_style_is_the_light_picture_with_its_words(figure):
    data, said = bundle(figure)
    page = BeautifulSoup(data["text/html"], "html.parser")
    (image,) = page.find_all("img")
    assert image["src"] == f"data:image/png;base64,{data['image/png']}"
    assert image["alt"] == data["text/plain"] == 'A line that "rises".'
    assert said == {"image/png": {"alt": 'A line that "rises".'}}
    page.style.decompose()
    assert page.get_text().strip() == ""


def test_a_figure_of_the_course_is_as_wide_as_a_cell_and_one_of_half_its_inches_half_as_wide():
    for inches in (7.2, 3.6):
        figure, ax = subplots(figsize=(inches, 2), layout="none")
        ax.set_position([0, 0, 1, 1])
        ax.set_axis_off()
        figure.text(0, 0, "left below")
        width = int(BeautifulSoup(bundle(figure)[0]["text/html"], "html.parser").img["width"])
        assert width == pytest.approx(WIDEST * inches / 7.2, rel=0.06)


def test_a_picture_on_paper_is_light(figure):
    rule = BeautifulSoup(bundle(figure)[0]["text/html"], "html.parser").style.get_text()
    assert rule.index("@media screen") < rule.index("content: url(")


def test_a_saved_figure_stays_small():
    rng = np.random.default_rng(0)
    left, _ = overview(rng.normal(size=(12, 12)), label="F", centred=True)
    data, _ = bundle(left.get_figure())
    assert sum(map(len, data.values())) < 80_000


def test_a_figure_drawn_dark_is_afterwards_as_it_was():
    values = np.arange(6.0).reshape(2, 3)
    left, _ = overview(values, label="F", centred=True, baseline=("random", 1.0))
    figure = left.get_figure()
    colours = [describe(artist) for artist in parts(figure)]
    with darkened(figure):
        assert [describe(artist) for artist in parts(figure)] != colours
        assert left.images[0].get_cmap()(0.0) == pytest.approx(diverging("dark")(0.0), abs=0.01)
    assert [describe(artist) for artist in parts(figure)] == colours


def numbered(rows=3):
    """Return a figure of numbers on an image in a colour map of matplotlib's."""
    figure, ax = plt.subplots()
    ax.imshow(np.arange(rows**2).reshape(rows, rows))
    ax.set_title("Nine")
    ax.axhline(1, color="white")
    for place in range(rows**2):
        ink = "white" if place < 5 else "black"
        ax.text(place % rows, place // rows, str(place), color=ink)
    return figure, ax


def labelled():
    """Return a figure of bars with a number in each and one above."""
    figure, ax = plt.subplots()
    bars = ax.bar(["a", "b"], [3, 5], color=["tab:blue", "tab:orange"])
    inside = ax.bar_label(bars, label_type="center", color="white")
    return figure, bars, inside, ax.bar_label(bars, padding=3)


def test_what_stands_on_an_image_keeps_its_colours_and_what_stands_beside_does_not():
    figure, ax = numbered()
    over = [*ax.texts, *ax.lines]
    colours = [artist.get_color() for artist in over]
    with darkened(figure):
        assert [artist.get_color() for artist in over] == colours
        assert to_rgb(ax.title.get_color()) == to_rgb(PAGES["dark"]["ink"])


def test_a_number_in_a_bar_keeps_its_colour_and_one_above_is_light():
    figure, bars, inside, above = labelled()
    fillings = [bar.get_facecolor() for bar in bars]
    with darkened(figure):
        assert [bar.get_facecolor() for bar in bars] == fillings
        assert {text.get_color() for text in inside} == {"white"}
        assert {to_rgb(text.get_color()) for text in above} == {to_rgb(PAGES["dark"]["ink"])}


def test_the_edges_of_bars_are_light_on_a_dark_page():
    figure, ax = plt.subplots()
    _, _, bars = ax.hist([1, 2, 2], edgecolor="black")
    with darkened(figure):
        edges = {bar.get_edgecolor()[:3] for bar in bars}
    assert edges == {to_rgb(PAGES["dark"]["ink"])}


@pytest.mark.parametrize("ground", ["#eaeaf2", "black"])
def test_what_stands_on_a_ground_of_one_s_own_stays_with_it(ground):
    figure, ax = plt.subplots()
    ax.set_facecolor(ground)
    (line,) = ax.plot([0, 1], color="0.2")
    with darkened(figure):
        assert ax.patch.get_facecolor() == (*to_rgb(ground), 1)
        assert line.get_color() == "0.2"
        assert to_rgb(ax.spines["left"].get_edgecolor()) == to_rgb(PAGES["dark"]["ink"])


def test_the_numbers_of_a_table_are_light_on_the_cells_that_are_dark():
    figure, ax = plt.subplots()
    cells = ax.table([["1", "2"]], cellColours=[["wheat", "white"]]).get_celld()
    with darkened(figure):
        inks = [cells[0, column].get_text().get_color() for column in (0, 1)]
        assert list(map(to_rgb, inks)) == [to_rgb("black"), to_rgb(PAGES["dark"]["ink"])]


@pytest.mark.parametrize("paper", ["black", "midnightblue", "lightyellow"])
def test_a_figure_with_a_page_of_its_own_is_the_same_in_both_themes(paper):
    figure, ax = plt.subplots(facecolor=paper)
    ax.set_facecolor(paper)
    ax.plot([1, 2], color="white")
    light, dark = pictures_of(bundle(figure)[0]["text/html"])
    assert light == dark
    assert commonest(light) == pytest.approx(to_rgb(paper), abs=0.01)


def drawn(figure):
    kept = io.BytesIO()
    figure.savefig(kept, format="png")
    return kept.getvalue()


def mixed():
    """Return a figure of artists whose colours follow from others, and that follow from data."""
    figure, (left, right) = plt.subplots(1, 2)
    left.plot([1, 2, 3], "o-", label="x")
    left.bar([1], [2], fill=False, hatch="/")
    left.scatter([1], [1], facecolors="none", edgecolors="k", alpha=0.5)
    left.fill_between([1, 2], [1, 2], alpha=0.3)
    left.annotate("a", (1, 1), (2, 2), arrowprops={"arrowstyle": "->"}, bbox={"fc": "wheat"})
    left.legend()
    figure.colorbar(right.scatter([1, 2], [1, 2], c=[1, 2]))
    right.clabel(right.contour(np.eye(3), colors="k"))
    return figure


@pytest.mark.parametrize("make", [mixed, lambda: numbered()[0], lambda: labelled()[0]])
def test_showing_a_figure_changes_neither_its_picture_nor_what_its_colours_are(make):
    figure = make()
    before = drawn(figure)
    noted = [(artist, colours_of(artist)) for artist in parts(figure)]
    bundle(figure)
    assert [(artist, colours_of(artist)) for artist in parts(figure)] == noted
    assert drawn(figure) == before


def colours_of(artist):
    return str({name: entry for name, entry in vars(artist).items() if "color" in name})


def test_markers_follow_their_line_after_it_was_shown():
    figure, ax = plt.subplots()
    (line,) = ax.plot([1, 2, 3], "o-")
    bundle(figure)
    line.set_color("red")
    assert line.get_markerfacecolor() == line.get_markeredgecolor() == "red"


def describe(artist):
    """Return the colours that an artist was given; those of data follow from its colour map."""
    mapped = getattr(artist, "get_array", lambda: None)() is not None
    names = ("get_cmap",) if mapped else ("get_color", "get_facecolor", "get_edgecolor")
    found = [getattr(artist, name)() for name in names if hasattr(artist, name)]
    return str([getattr(one, "colors", one) for one in found])


def test_a_figure_is_restored_where_drawing_it_fails(figure):
    before = figure.get_facecolor()
    with pytest.raises(ZeroDivisionError), darkened(figure):
        1 / 0  # noqa: B018
    assert figure.get_facecolor() == before


@pytest.mark.parametrize("make", [sequential, diverging])
def test_each_step_of_a_ramp_becomes_the_same_step_of_the_dark_one(make):
    assert on_dark(make().colors)[:, :3] == pytest.approx(make("dark").colors, abs=0.03)


def test_colours_of_the_reader_s_own_stay_and_transparency_too():
    assert on_dark([("tab:green", 0.5)])[0] == pytest.approx((*to_rgb("tab:green"), 0.5))


def test_a_figure_without_words_is_named_by_its_axes_and_an_empty_one_is_not_shown():
    figure, ax = subplots()
    ax.set(title="Heat", xlabel="T")
    assert bundle(figure)[0]["text/plain"] == "Heat, T"
    assert bundle(Figure()) == ({}, {})
    assert bundle(subplots()[0])[0]["text/plain"] == "A figure."


@pytest.mark.parametrize(("paper", "mode"), [("white", "P"), ("none", "RGBA")])
def test_a_picture_has_few_shades_to_its_edges_unless_the_page_shows_through(paper, mode):
    figure, ax = subplots(figsize=(3.21, 1.23), facecolor=paper)
    ax.set_axis_off()
    drawn = Image.open(io.BytesIO(picture(figure)))
    assert drawn.mode == mode
    corner = drawn.convert("RGBA").getpixel((0, 0))
    assert corner == ((255,) * 4 if paper == "white" else (*corner[:3], 0))


def test_a_photograph_keeps_its_colours():
    photograph = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    figure, ax = plt.subplots(figsize=(2, 2))
    ax.set_position([0, 0, 1, 1])
    ax.imshow(photograph, interpolation="nearest")
    ax.set_axis_off()
    shown = {tuple(colour) for colour in pixels(picture(figure)).reshape(-1, 3)}
    assert {tuple(colour) for colour in photograph.reshape(-1, 3)} <= shown


def test_a_colour_map_keeps_its_size_and_few_shades():
    rng = np.random.default_rng(0)
    left, _ = overview(rng.normal(size=(12, 12)), label="F", centred=True)
    shown = picture(left.get_figure())
    assert Image.open(io.BytesIO(shown)).mode == "P"
    assert len(shown) < 15_000


def test_a_very_large_figure_is_drawn_in_few_pixels_and_as_wide_as_a_cell(recwarn):
    figure, ax = plt.subplots(figsize=(100, 100))
    ax.plot([0, 1])
    data, _ = bundle(figure)
    assert [str(warning.message) for warning in recwarn] == []
    assert pixels(pictures_of(data["text/html"])[1]).size <= 3 * 4.2e6
    assert int(BeautifulSoup(data["text/html"], "html.parser").img["width"]) == WIDEST


def test_a_picture_names_no_address_and_no_program(figure):
    data, _ = bundle(figure)
    for drawn in pictures_of(data["text/html"]):
        assert b"://" not in drawn
        assert b"atplotlib" not in drawn


BEFORE = """
import matplotlib.pyplot as plt
"""
IN_A_KERNEL = """
import gedig_edu.course
"""
AFTER = """
import matplotlib.pyplot as plt

plt.plot([0, 1], [0, 1])
plt.title("my own");
"""


@pytest.mark.parametrize("before", [(), (BEFORE,)], ids=["at first", "after matplotlib"])
def test_in_a_kernel_a_figure_of_one_s_own_follows_the_theme_too(before, monkeypatch):
    monkeypatch.delenv("MPLBACKEND")
    cells = [nbformat.v4.new_code_cell(source) for source in (*before, IN_A_KERNEL, AFTER)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    (output,) = cells[-1].outputs
    assert output.data["text/plain"] == output.metadata["image/png"]["alt"] == "my own"
    assert f"base64,{output.data['image/png'].strip()}" in output.data["text/html"]


def test_the_course_is_imported_without_matplotlib():
    said = "import sys, IPython, gedig_edu.course; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", said], check=True)
