"""The pages of a static site, built once from two small notebooks."""

import io
import json
import os
import re
from importlib import import_module, resources
from pathlib import Path
from urllib.parse import unquote, urldefrag

import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.colors import to_rgb
from PIL import Image
from pygments.styles import get_style_by_name

from gedig_edu import Gauge, load
from gedig_edu.course import site as pages
from gedig_edu.course import switch
from gedig_edu.course.sentences import EXAMPLE, FAMILIAR, PROSE
from gedig_edu.course.site.build import build_site
from gedig_edu.course.site.pages import BINDER, DARK, LEARNERS, LICENCES, LIGHT, MEMORY, SOURCE
from gedig_edu.course.workspace import DEFAULT_FOLDER
from gedig_edu.models.registry import BUNDLED
from gedig_edu.views.widgets.still_map import still_map
from gedig_edu.words.numbers import percent
from tests.course.small_course import FIRST, SECOND, Nesting, remote_loads, write_course

ROOT = Path(__file__).parents[2]
THEMES = ("light", "dark")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the small course once."""
    folder = tmp_path_factory.mktemp("site")
    course = write_course(folder / "lessons", n00_first=FIRST, n01_second=SECOND)
    return build_site(folder / "site", source=course).parent


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def pages_of(site: Path) -> list[Path]:
    return sorted(site.glob("*.html"))


def test_every_page_has_one_title_a_language_and_its_landmarks(site):
    assert [path.name for path in pages_of(site)] == [
        "00_first.html",
        "01_second.html",
        "closing.html",
        "howto.html",
        "howto_experiment.html",
        "howto_many_texts.html",
        "howto_own_figure.html",
        "howto_own_model.html",
        "howto_train.html",
        "index.html",
        "ledger.html",
        "results.html",
        "sources.html",
        "teaching.html",
    ]
    for path in pages_of(site):
        page = soup(path)
        assert page.html is not None
        assert page.html["lang"] == "en"
        assert len(page.find_all("h1")) == len(page.find_all("title")) == 1
        assert len(page.find_all("main")) == len(page.find_all("header")) == 1
        skip = page.select_one("a.skip")
        assert skip is not None
        assert page.select_one(str(skip["href"])) is not None


def test_landing_page_says_each_lesson_s_title_question_and_time(site):
    items = soup(site / "index.html").select(".lessons li")
    assert [item.get_text(" | ", strip=True) for item in items] == [
        "00 · First | Is q·k an angle? | 5 minutes",
        "01 · Second | What comes after? | 4 min, 5 in full",
    ]


def test_front_page_comes_in_this_order_the_live_page_first(site):
    parts = soup(site / "index.html").select("article > :is(h1, h2, [data-model])")
    order = [part.get("data-model") or part.get("id") or part.name for part in parts]
    first, then = (
        "h1 live course f surprise still",
        "lessons claims results sources teaching own run licence",
    )
    assert order == f"{first} {then}".split()


def test_front_page_s_live_page_brings_every_head_of_its_example_and_of_each_sentence(site):
    live = json.loads(soup(site / "index.html").find(id="widgets").string)["live"]
    state = live["state"]
    assert state["standalone"]
    assert state["text"] == EXAMPLE
    assert sorted(state["prepared"]) == sorted(state["examples"]) == sorted([EXAMPLE, *FAMILIAR])
    sent = {tuple(buffer["path"]) for buffer in live["buffers"]}
    layers = [str(layer) for layer in range(state["picture"]["layers"])]
    wanted = {("details", layer, "cells") for layer in layers} | {("picture", "terms")}
    also = {("prepared", text, *path) for text in state["prepared"] for path in wanted}
    assert wanted | also <= sent


def test_front_page_s_surprise_names_its_sentence_is_true_of_it_and_says_for_which_formula(site):
    page = soup(site / "index.html")
    still = json.loads(page.find(id="widgets").string)["still"]["state"]
    maps = load(BUNDLED).attend(EXAMPLE)
    (script,) = {int(found) for found in re.findall(r"the map lies above (\d+) of 36", page.text)}
    for gauge, beaten in ((Gauge.paper(), 36), (Gauge.released(), script)):
        heads = gauge.read(maps.weights, causal=True).F
        one = gauge.read(still_map(len(maps), still["own"] / 100), causal=True).F
        assert (one > heads).sum() == beaten
    assert np.allclose(still["heads"], Gauge.paper().read(maps.weights, causal=True).F)
    assert f"keeps {still['own']} % of its attention for itself" in page.text
    assert f"above 36 of the 36 heads that read ‘{EXAMPLE}’, {len(maps)} tokens long" in page.text
    assert "sentence above" not in page.text
    paper = Gauge.paper()
    assert f"λ = {paper.lam:g} and γ = {paper.gamma:g}" in page.text
    assert script < 36


def test_front_page_says_which_links_make_the_still_map_s_path_gain(site):
    page = soup(site / "index.html")
    own = json.loads(page.find(id="widgets").string)["still"]["state"]["own"] / 100
    paper, length = Gauge.paper(), len(load(BUNDLED).attend(EXAMPLE))
    still, alone = still_map(length, own), still_map(length, 1)
    links = [edge for edge in paper.graph(still, causal=True).edges if edge[0] != edge[1]]
    assert max(map(max, links)) < length / 4
    largest = max(still[edge] for edge in links)
    gain = paper.read(still, causal=True).path_gain
    assert f"include {len(links)} between the first tokens" in page.text
    assert f"each {percent(largest)} or less" in page.text
    assert f"They alone make the path gain {gain:.3f}" in page.text
    assert all(one == other for one, other in paper.graph(alone, causal=True).edges)
    assert paper.read(alone, causal=True).path_gain == 0


def test_front_page_says_how_f_falls_with_length(site):
    said = soup(site / "index.html").text.replace("−", "-")
    ((count, *pairs),) = re.findall(
        r"over the (\d+) heads is (\S+) for (\d+) tokens, (\S+) for the (\d+) .* (\S+) for (\d+)\.",
        said,
    )
    model = load(BUNDLED)
    texts = ("A b", EXAMPLE, " ".join(PROSE[:12]))
    means = []
    for text, mean, tokens in zip(texts, pairs[::2], pairs[1::2], strict=True):
        maps = model.attend(text)
        means.append(Gauge.paper().read(maps.weights, causal=True).F.mean())
        assert float(mean) == pytest.approx(means[-1], abs=0.005)
        assert int(tokens) == len(maps)
    assert means == sorted(means, reverse=True)
    assert int(count) == model.layers * model.heads


def test_front_page_says_at_once_what_f_is_and_leads_to_its_terms(site):
    page = soup(site / "index.html")
    first = [
        node.get_text(" ", strip=True) for node in page.select("article > :is(p, [data-model])")
    ]
    assert "gets one number, F" in first[0]
    assert first[1].startswith("F = density − λ · (entropy + γ · path gain)")
    assert "above that of random and uniform maps" in first[1]
    assert page.select_one(".short a")["href"] == "#f"


def test_front_page_says_what_its_model_is(site):
    model = load(BUNDLED)
    said = soup(site / "index.html").get_text(" ", strip=True)
    assert f"{BUNDLED}, a GPT-2 of {model.layers} layers with {model.heads} heads each" in said
    ((millions),) = re.findall(r"([\d.]+) million parameters", said)
    assert float(millions) == pytest.approx(
        sum(p.numel() for p in model.network.parameters()) / 1e6, abs=0.01
    )


def test_front_page_names_the_terms_of_f_and_whose_it_is(site):
    said = soup(site / "index.html").get_text(" ", strip=True)
    assert "F = density − λ · (entropy + γ · path gain)" in said
    assert "F is Kazuyoshi Miyauchi's" in said


def test_front_page_leads_to_the_same_source_and_binder_as_the_rest_of_the_house(site):
    links = {link["href"] for link in soup(site / "index.html").select("a[href^=https]")}
    assert links == {SOURCE, BINDER}
    assert f"repository-code: {SOURCE}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"({BINDER})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_licences_are_those_of_the_package():
    spelt = " AND ".join(name.replace(" ", "-") for name in LICENCES.values())
    assert f'license = "{spelt}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_syllabus_adds_up_what_each_lesson_says_of_its_sections(site):
    table = soup(site / "teaching.html").select_one("table.syllabus")
    cells = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
             for row in table.find_all("tr")]  # fmt: skip
    assert cells == [
        ["lesson", "core, min", "all, min", "may be left out (min)"],
        ["00 · First Needs: Nothing.", "0", "0", ""],
        ["01 · Second", "4", "5", "more (1)"],
        ["all", "4", "5", ""],
    ]


def test_lecturers_read_the_memory_that_was_measured_and_what_a_class_needs(site):
    record = json.loads(resources.files(pages).joinpath(MEMORY).read_text(encoding="utf-8"))
    said = soup(site / "teaching.html").get_text(" ", strip=True)
    for name in ("when", "processor", "versions"):
        assert record[name] in said
    assert f"{record['kernels']} kernels at once" in said
    assert f"A kernel then takes {record['pss']} MB" in said
    total = LEARNERS * (record["pss"] + record["server"]) / 1000
    assert f"{LEARNERS} students who all work at once need about {total:.0f} GB" in said


def test_what_lecturers_are_told_to_run_is_what_the_package_brings(site):
    code = " ".join(pre.get_text() for pre in soup(site / "teaching.html").find_all("pre"))
    for module, names in re.findall(r'-c \\\n  "from ([\w.]+) import (\w+);', code):
        assert callable(getattr(import_module(module), names))
    for path in re.findall(r"-c (\S+) ", code.replace("-c \\", "")):
        assert (ROOT / path).is_file()
    assert switch.VARIABLE in code
    assert f'"~/{DEFAULT_FOLDER}"' in code


def test_every_link_within_the_site_leads_somewhere(site):
    for path in pages_of(site):
        for link in soup(path).find_all(["a", "link", "script", "img"]):
            address = link.get("href") or link.get("src")
            if address is None or address.startswith(("data:", "https:")):
                continue
            where, fragment = urldefrag(str(address))
            target = site / where if where else path
            assert target.is_file(), f"{path.name}: {address}"
            if fragment:
                assert soup(target).find(id=unquote(fragment)), f"{path.name}: {address}"


def test_lessons_follow_each_other(site):
    first, second = soup(site / "00_first.html"), soup(site / "01_second.html")
    assert first.select_one('a[rel~="prev"]') is None
    assert first.select_one('a[rel~="next"]')["href"] == "01_second.html"
    assert second.select_one('a[rel~="prev"]')["href"] == "00_first.html"
    assert second.select_one('a[rel~="next"]') is None


def test_a_link_to_a_notebook_leads_to_its_page_and_is_plain_text_where_there_is_none(site):
    second = soup(site / "01_second.html")
    assert second.find("a", string="the first")["href"] == "00_first.html"
    assert second.find("a", string="a third") is None
    assert "a third" in second.main.get_text()
    card = soup(site / "00_first.html").find("a", string="01_second.ipynb")
    assert card["href"] == "01_second.html"


def test_the_search_holds_every_heading_of_a_lesson_once_with_an_anchor_of_its_own(site):
    text = (site / "headings.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("window.gedigHeadings = ").rstrip(";\n"))
    lessons = [one for one in index if one["page"].startswith("0")]
    assert [(entry["page"], entry["id"], entry["level"]) for entry in lessons] == [
        ("00_first.html", "00-first", 1),
        ("00_first.html", "a-part", 2),
        ("01_second.html", "01-second", 1),
        ("01_second.html", "a-part", 2),
        ("01_second.html", "a-part-2", 3),
        ("01_second.html", "optional-more", 2),
        ("01_second.html", "still-more", 3),
        ("01_second.html", "an-end", 2),
    ]


def test_formulas_are_mathml_and_no_tex_is_left(site):
    page = soup(site / "00_first.html")
    assert [math["display"] for math in page.find_all("math")] == ["inline", "block"]
    assert page.find("mfrac") is not None
    for code in page.find_all(["pre", "script"]):
        code.decompose()
    assert not re.search(r"[$\\]", page.get_text())


def test_a_figure_has_a_picture_for_each_theme_with_what_its_axes_say_and_its_size(site):
    light, dark = soup(site / "00_first.html").select("img.figure")
    assert [picture["class"] for picture in (light, dark)] == [
        ["figure", theme] for theme in THEMES
    ]
    for picture, paper in ((light, 255), (dark, 17)):
        assert picture["alt"] == "A rising line."
        assert picture.parent["aria-label"] == "A figure of the section 'A part'."
        assert picture["style"] == f"--pixels: {picture['width']}"
        content = (site / picture["src"]).read_bytes()
        assert b"://" not in content
        with Image.open(io.BytesIO(content)) as drawn:
            assert drawn.size == (int(picture["width"]), int(picture["height"]))
            assert drawn.convert("RGB").getpixel((0, 0)) == (paper, paper, paper)


def test_a_lesson_runs_aside_and_leaves_nothing(site):
    printed = soup(site / "00_first.html").select("pre.printed:not(.widget > pre)")[0].get_text()
    scratch, home = map(Path, printed.splitlines())
    assert not scratch.exists()
    assert home.parent == scratch
    assert not (Path(os.environ["GEDIG_HOME"]) / "progress.json").exists()


def test_tables_have_headers_and_scroll_in_a_box(site):
    (table,) = soup(site / "00_first.html").select("main table")
    assert [cell["scope"] for cell in table.find_all("th")] == ["col", "col"]
    assert "scroll" in table.parent["class"]


def test_a_live_widget_brings_its_state_and_its_module_once(site):
    page = soup(site / "00_first.html")
    (place,) = page.select("[data-model]")
    assert not place.has_attr("inert")
    assert "longest key" in place.get_text()
    widgets = json.loads(page.find(id="widgets").string)
    widget = widgets[place["data-model"]]
    assert widget["state"]["temperature"] == 0.5
    assert not any(name.startswith("_") for name in widget["state"])
    (script,) = page.select('script[src^="modules/"]')
    assert widget["module"] in script["src"]
    assert "export default hero(" in (site / script["src"]).read_text(encoding="utf-8")


def test_a_folded_cell_shows_its_picture_first_and_its_code_on_request(site):
    page = soup(site / "00_first.html")
    (fold,) = (one for one in page.select("main details") if "QKPlane" in one.get_text())
    assert not fold.has_attr("open")
    assert fold.summary.get_text() == "The code of this cell"
    assert fold.find_previous_sibling(class_="widget") is page.select("[data-model]")[0]
    assert fold.find_previous("h2") is None
    plain = next(code for code in page.select(".code") if "print" in code.get_text())
    assert plain.find_parent("details") is None


def test_a_widget_that_asks_the_kernel_shows_its_last_picture_and_says_so(site):
    (still,) = soup(site / "01_second.html").select(".still")
    assert "How long?" in still.get_text()
    assert still.img["alt"] == "A chain of 3."
    assert "run gedig-edu lab and open 01_second.ipynb" in still.get_text()


def test_an_optional_section_lies_whole_behind_a_fold_whose_heading_is_among_the_contents(site):
    page = soup(site / "01_second.html")
    (section,) = page.select("details.optional")
    assert not section.has_attr("open")
    assert section.summary.h2["id"] == "optional-more"
    assert "There is more." in section.get_text()
    assert section.select_one("pre.printed").get_text() == "more of it"
    assert section.h3["id"] == "still-more"
    assert page.find(id="an-end").find_parent("details") is None
    assert page.select_one('.contents a[href="#optional-more"]') is not None


def test_a_quiz_answers_in_the_page(site):
    page = soup(site / "01_second.html")
    (place,) = page.select("[data-model]")
    assert not place.has_attr("inert")
    state = json.loads(page.find(id="widgets").string)[place["data-model"]]["state"]
    assert state["questions"][0]["right"] in "abcd"


def test_an_exercise_folds_its_hints_and_solution(site):
    folds = soup(site / "00_first.html").select(".help details")
    labels = [fold.summary.get_text() for fold in folds]
    assert labels == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Worked solution"]
    assert folds[-1].select_one(".highlight") is not None
    assert not any(fold.has_attr("open") for fold in folds)


def test_nothing_is_loaded_from_outside(site):
    for path in site.rglob("*"):
        if path.suffix in {".js", ".css", ".html"}:
            assert remote_loads(path) == [], path.name


def test_a_page_that_would_load_something_is_noticed(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<script src="//cdn.example/d3.js"></script><a href="https://example/">a</a>')
    assert remote_loads(page) == ["//cdn.example/d3.js"]
    script = tmp_path / "script.js"
    script.write_text('import d3 from "https://cdn.example/d3.js"; const ns = "http://a.example/";')
    assert remote_loads(script) == ["https://cdn.example/d3.js"]


def test_pages_are_well_formed(site):
    for path in pages_of(site):
        Nesting().check(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("style", "which"), [(LIGHT, 0), (DARK, 1)])
def test_code_can_be_read_on_its_ground(site, style, which):
    colours = (site / "site.css").read_text(encoding="utf-8")
    page = re.search(r"--band: light-dark\((#\w+), (#\w+)\)", colours).groups()[which]
    faint = {
        str(token): colour["color"]
        for token, colour in get_style_by_name(style)
        if colour["color"] and contrast(f"#{colour['color']}", page) < 4.5
    }
    assert not {name for name in faint if "Generic" not in name and "Whitespace" not in name}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2 between two colours."""

    def luminance(colour: str) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                  for c in to_rgb(colour)]  # fmt: skip
        return sum(
            share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        )

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
