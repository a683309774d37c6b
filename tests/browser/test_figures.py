"""Figures in JupyterLab: they follow the theme, wherever it is switched, and keep their words."""

import io

import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from gedig_edu.views.colours import PAGES
from gedig_edu.views.shown import WIDEST
from tests.browser.jupyter import Notebook, serve, write

pytestmark = pytest.mark.browser

OURS = """import numpy as np
from gedig_edu.views.plots import overview
left, right = overview(np.array([[0.1, 0.2], [0.3, 0.4]]), label="F")"""
ONE_S_OWN = """import gedig_edu.course
import matplotlib.pyplot as plt
plt.plot([0, 1], [0, 1])
plt.title("my own");"""
THEME = """(theme) => window.jupyterapp.commands.execute(
  "apputils:change-theme", { theme: `JupyterLab ${theme}` })"""
MOVES = """from gedig_edu.views.widgets.temperature import Temperature
Temperature()"""
DRAWN = """() => [...document.querySelectorAll(".gedig-hero, .gedig-hero svg, .gh-control")]
  .map((node) => Object.values(node.getBoundingClientRect().toJSON()))"""
PLACE = ".jp-OutputArea-output img"
PAPER = {theme.title(): to_rgb(PAGES[theme]["page"]) for theme in PAGES}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    yield from serve("lab", tmp_path_factory)


def paper(picture):
    """Return the commonest colour of a picture as it is on the screen."""
    pixels = np.asarray(Image.open(io.BytesIO(picture.screenshot())).convert("RGB"))
    colours, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    return tuple(colours[counts.argmax()] / 255)


def switch(notebook, theme):
    notebook.page.evaluate(THEME, theme)
    wanted = str(theme == "Light").lower()
    notebook.page.wait_for_selector(f"body[data-jp-theme-light={wanted}]", state="attached")
    notebook.settle()


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("ours.ipynb", OURS, "F, layers × heads = 2 × 2"),
        ("own.ipynb", ONE_S_OWN, "my own"),
    ],
)
def test_a_figure_follows_the_theme_whenever_it_is_switched(page, lab, name, source, said):
    write(lab.folder / name, source)
    notebook = Notebook(page, lab, name)
    notebook.run()
    picture = page.locator(PLACE)
    for theme in ("Light", "Dark", "Light"):
        switch(notebook, theme)
        assert paper(picture) == pytest.approx(PAPER[theme], abs=0.01)
    assert said in picture.get_attribute("alt")
    assert page.locator(".jp-OutputArea-output").inner_text().strip() == ""
    page.set_viewport_size({"width": 1900, "height": 800})
    assert picture.bounding_box()["width"] <= WIDEST
    switch(notebook, "Dark")
    page.emulate_media(media="print")
    assert picture.evaluate("e => getComputedStyle(e).content") == "normal"
    page.emulate_media(media="screen")
    switch(notebook, "Light")
    assert notebook.complaints() == []
    notebook.close()


def test_a_picture_that_moves_lies_as_before_when_the_theme_is_switched(page, lab):
    page.set_viewport_size({"width": 1280, "height": 800})
    write(lab.folder / "moves.ipynb", MOVES)
    notebook = Notebook(page, lab, "moves.ipynb")
    notebook.run()
    page.wait_for_selector(".gedig-hero svg")
    notebook.settle()
    before = page.evaluate(DRAWN)
    for theme in ("Dark", "Light", "Dark", "Light"):
        switch(notebook, theme)
        page.wait_for_timeout(500)
    assert page.evaluate(DRAWN) == before
    notebook.close()


def test_in_a_notebook_that_is_not_trusted_a_figure_is_light_and_alone(page, lab):
    write(lab.folder / "made.ipynb", OURS)
    notebook = Notebook(page, lab, "made.ipynb")
    notebook.run()
    notebook.save()
    notebook.close()
    sent = nbformat.read(lab.folder / "made.ipynb", as_version=4)
    sent.cells[0].source += "\n# sent by somebody else"  # so that no signature fits
    nbformat.write(sent, lab.folder / "sent.ipynb")
    notebook = Notebook(page, lab, "sent.ipynb")
    switch(notebook, "Dark")
    picture = page.locator(PLACE)
    assert paper(picture) == pytest.approx(PAPER["Light"], abs=0.01)
    assert "2 × 2" in picture.get_attribute("alt")
    assert page.locator(".jp-OutputArea-output").inner_text().strip() == ""
    switch(notebook, "Light")
    notebook.close()
