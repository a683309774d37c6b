"""The static site, built from small notebooks of its own: pages, links, refusals, wholeness."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import nbformat
import pytest
from bs4 import BeautifulSoup
from matplotlib.colors import to_rgb
from pygments.styles import get_style_by_name
from typer.testing import CliRunner

from gedig_edu import cli
from gedig_edu.course.site import build
from gedig_edu.course.site.build import MARKER, build_site, check_target, write_site
from gedig_edu.course.site.mathml import PageRenderer, formula
from gedig_edu.course.site.outputs import clean
from gedig_edu.course.site.pages import DARK, LIGHT, read_lesson
from gedig_edu.course.site.widgets import VIEW
from gedig_edu.errors import GedigError

OPENING = "# {title}\n\n**The question.** {question}\n\n**Time.** 5 minutes."
FIRST = (
    OPENING.format(title="00 · First", question="Is $q \\cdot k$ an angle?"),
    "## A part\n\n$$\\frac{q}{\\sqrt{d}}$$\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "# NBVAL_CHECK_OUTPUT\nimport os\n\nprint(os.getcwd())\nprint(os.environ['GEDIG_HOME'])",
    "import matplotlib.pyplot as plt\n\nax = plt.subplots()[1]\nax.set_label('A rising line.')",
    "from gedig_edu.views.widgets.qk_plane import QKPlane\n\nQKPlane(temperature=0.5)",
    "from gedig_edu.course.cards import Card\n\nCard('note', 'Next', link='01_second.ipynb')",
    "from gedig_edu.course import check, progress\n\nprogress.keep(lambda record: None)\n"
    "check('01.1', ...)",
)
SECOND = (
    OPENING.format(title="01 · Second", question="What comes after?"),
    "## A part\n\n### A part\n\nSee [the first](00_first.ipynb) and [a third](07_third.ipynb).",
    "import ipywidgets\nimport matplotlib.pyplot as plt\n\n"
    "from gedig_edu.views.picture import png\n\n"
    "ipywidgets.VBox([\n"
    "    ipywidgets.HTML('<strong>How long?</strong>'),\n"
    "    ipywidgets.Image(value=png(plt.subplots()[1])),\n"
    "    ipywidgets.HBox([ipywidgets.IntSlider(3, 1, 9, description='n')]),\n"
    "    ipywidgets.HTML('<p>A chain of 3.</p>'),\n"
    "])",
    "from gedig_edu.course import quiz\n\nquiz('01', 1)",
)

OLD = {"index.html": b"old", MARKER: json.dumps(["index.html", MARKER]).encode()}


def notebook(*cells: str) -> nbformat.NotebookNode:
    """Return a notebook; a cell that begins with a heading or nothing like Python is prose."""
    made = nbformat.v4.new_notebook()
    for source in cells:
        prose = source.startswith("#") and not source.startswith("# NBVAL")
        new = nbformat.v4.new_markdown_cell if prose else nbformat.v4.new_code_cell
        made.cells.append(new(source))
    return made


def write_course(folder: Path, **lessons: tuple[str, ...]) -> Path:
    folder.mkdir()
    for name, cells in lessons.items():
        nbformat.write(notebook(*cells), folder / f"{name.removeprefix('n')}.ipynb")
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "lessons"
    return write_course(folder, n00_first=FIRST, n01_second=SECOND)


@pytest.fixture(scope="module")
def site(course, tmp_path_factory):
    """Build the small course once."""
    return build_site(tmp_path_factory.mktemp("site") / "site", source=course).parent


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def pages(site: Path) -> list[Path]:
    return sorted(site.glob("*.html"))


def test_every_page_has_one_title_a_language_and_its_landmarks(site):
    assert [path.name for path in pages(site)] == ["00_first.html", "01_second.html", "index.html"]
    for path in pages(site):
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
        "01 · Second | What comes after? | 5 minutes",
    ]


def test_every_link_within_the_site_leads_somewhere(site):
    for path in pages(site):
        for link in soup(path).find_all(["a", "link", "script", "img"]):
            address = link.get("href") or link.get("src")
            if address is None or address.startswith("data:"):
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


def test_index_holds_every_heading_once_with_an_anchor_of_its_own(site):
    text = (site / "headings.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("window.gedigHeadings = ").rstrip(";\n"))
    assert [(entry["page"], entry["id"], entry["level"]) for entry in index] == [
        ("00_first.html", "00-first", 1),
        ("00_first.html", "a-part", 2),
        ("01_second.html", "01-second", 1),
        ("01_second.html", "a-part", 2),
        ("01_second.html", "a-part-2", 3),
    ]


def test_formulas_are_mathml_and_no_tex_is_left(site):
    page = soup(site / "00_first.html")
    assert [math["display"] for math in page.find_all("math")] == ["inline", "block"]
    assert page.find("mfrac") is not None
    for code in page.find_all(["pre", "script"]):
        code.decompose()
    assert not re.search(r"[$\\]", page.get_text())


def test_a_figure_carries_what_its_axes_say_and_its_size(site):
    (figure,) = soup(site / "00_first.html").select("img.figure")
    assert figure["alt"] == "A rising line."
    content = (site / figure["src"]).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int(figure["width"]).to_bytes(4) + int(figure["height"]).to_bytes(4) == content[16:24]


def test_a_lesson_runs_aside_and_leaves_nothing(site):
    printed = soup(site / "00_first.html").select("pre.printed")[0].get_text()
    scratch, home = map(Path, printed.splitlines())
    assert not scratch.exists()
    assert home.parent == scratch
    assert not (Path(os.environ["GEDIG_HOME"]) / "progress.json").exists()


def test_marks_for_the_test_suite_are_left_out(site):
    assert all("NBVAL" not in path.read_text(encoding="utf-8") for path in pages(site))


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


def test_a_widget_that_asks_the_kernel_shows_its_last_picture_and_says_so(site):
    (still,) = soup(site / "01_second.html").select(".still")
    assert "How long?" in still.get_text()
    assert still.img["alt"] == "A chain of 3."
    assert "run gedig-edu lab and open 01_second.ipynb" in still.get_text()


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


def remote_loads(path: Path) -> list[str]:
    """Return the remote addresses that a page, script or style sheet would load."""
    text = path.read_text(encoding="utf-8")
    outside = (
        r"""(?:\bimport\b|\bfrom\b|fetch\(|url\(|@import)[\s("'`]*((?:https?:)?//[^\s"'`)]+)"""
    )
    found = re.findall(outside, text)
    if path.suffix == ".html":
        found += [
            address
            for element in BeautifulSoup(text, "html.parser").find_all(True)
            if element.name != "a"
            for name in ("src", "href", "srcset", "data", "poster", "srcdoc")
            if urlparse(address := str(element.get(name, ""))).netloc or address.startswith("//")
        ]
    return found


def test_a_page_that_would_load_something_is_noticed(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<script src="//cdn.example/d3.js"></script><a href="https://example/">a</a>')
    assert remote_loads(page) == ["//cdn.example/d3.js"]
    script = tmp_path / "script.js"
    script.write_text('import d3 from "https://cdn.example/d3.js"; const ns = "http://a.example/";')
    assert remote_loads(script) == ["https://cdn.example/d3.js"]


def test_pages_are_well_formed(site):
    for path in pages(site):
        Nesting().check(path.read_text(encoding="utf-8"))


class Nesting(HTMLParser):
    """Fails where an element is closed that is not open, or one stays open."""

    VOID = frozenset({"meta", "link", "input", "img", "br", "hr", "col"})

    def check(self, text: str) -> None:
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, self.getpos()


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        (r"\lVert q \rVert", "<mo>&#x02016;</mo><mi>q</mi><mo>&#x02016;</mo>"),
        (r"\begin{aligned} a &= b \end{aligned}", '<mtd columnalign="right"><mi>a</mi></mtd>'),
        (r"x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
    ],
)
def test_formula_is_written_as_mathml(latex, written):
    assert written in formula(latex)


@pytest.mark.parametrize("latex", [r"\nosuch{x}", "a_{", "a & b"])
def test_a_formula_that_cannot_be_written_is_refused_with_its_text(latex):
    with pytest.raises(GedigError, match="cannot be written as MathML") as refusal:
        formula(latex)
    assert repr(latex) in str(refusal.value)


def test_anchors_survive_any_script_and_any_repetition():
    renderer = PageRenderer()
    renderer.html("# 注意と熱\n\n## ?\n\n## ?\n\n## ?\n\n## A `code` & more")
    assert [heading.id for heading in renderer.headings] == [
        "注意と熱", "section", "section-2", "section-3", "a-code-more",
    ]  # fmt: skip
    assert renderer.headings[-1].text == "A code & more"


def test_what_runs_or_loads_is_taken_out_of_an_output():
    dirty = (
        "<p>a<script src='//x/y.js'></script><iframe srcdoc='b'></iframe><style>p {}</style></p>"
    )
    assert clean(dirty, pages=()) == "<p>a</p>"


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


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (("# 03 · A\n\n**Time.** 5 minutes.",), r"'\*\*The question\.\*\*'"),
        (("# 03 · A\n\n**The question.** Why?",), r"'\*\*Time\.\*\*'"),
        ((*SECOND[:1], "# Again"), "has 2 titles"),
        (("## 03 · A",), "has 0 titles"),
    ],
)
def test_a_lesson_without_title_question_or_time_is_refused(cells, sentence):
    with pytest.raises(GedigError, match=sentence):
        read_lesson(notebook(*cells), "03_a.ipynb", pages=())


def test_a_view_whose_model_is_gone_shows_its_words():
    made = notebook(*SECOND[:1], "closed")
    data = {VIEW: {"model_id": "gone"}, "text/plain": "a closed widget"}
    made.cells[1].outputs = [nbformat.v4.new_output("execute_result", data=data)]
    assert "a closed widget" in read_lesson(made, "01_b.ipynb", pages=()).cells[1]


@pytest.fixture
def at_once(monkeypatch):
    """Take notebooks as they stand, without running them."""
    monkeypatch.setattr(build, "execute", lambda path: nbformat.read(path, as_version=4))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(tmp_path, course, at_once):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(GedigError, match=r"holds 'mine\.txt', which no site of ours brought"):
        build_site(tmp_path, source=course)
    assert names(tmp_path) == {"mine.txt"}


def test_a_site_that_somebody_added_to_is_refused(tmp_path, course, at_once):
    build_site(tmp_path / "site", source=course)
    (tmp_path / "site" / ".git").mkdir()
    (tmp_path / "site" / ".git" / "config").write_text("keep")
    with pytest.raises(GedigError, match=r"holds '\.git/config'"):
        build_site(tmp_path / "site", source=course)
    assert (tmp_path / "site" / ".git" / "config").read_text() == "keep"


def test_a_damaged_marker_counts_as_none(tmp_path):
    (tmp_path / MARKER).write_text("{")
    with pytest.raises(GedigError, match="which no site of ours brought"):
        check_target(tmp_path)


@pytest.mark.parametrize(
    ("name", "sentence"), [("file", "is a file"), ("no/such/site", "does not exist")]
)
def test_a_place_that_cannot_be_a_folder_is_refused(tmp_path, course, at_once, name, sentence):
    (tmp_path / "file").write_text("")
    with pytest.raises(GedigError, match=sentence):
        build_site(tmp_path / name, source=course)
    assert names(tmp_path) == {"file"}


def test_an_empty_folder_and_a_site_of_ours_are_replaced_whole(tmp_path, course, at_once):
    (tmp_path / "site").mkdir()
    build_site(tmp_path / "site", source=course)
    assert "01_second.html" in names(tmp_path / "site")
    landing = build_site(tmp_path / "site", source=course, lessons=["00"])
    assert landing == tmp_path / "site" / "index.html"
    assert "01_second.html" not in names(tmp_path / "site")
    assert names(tmp_path) == {"site"}


def test_a_lesson_that_does_not_exist_is_refused_with_those_that_do(tmp_path, course):
    with pytest.raises(GedigError, match="no lesson '7'; choose among 00, 01"):
        build_site(tmp_path / "site", source=course, lessons=["7"])


def test_a_cell_that_raises_leaves_the_old_site_and_nothing_beside_it(tmp_path):
    write_site(tmp_path / "site", OLD)
    source = write_course(tmp_path / "lessons", n00_a=(*SECOND[:1], "1 / 0"))
    with pytest.raises(GedigError, match=r"00_a\.ipynb did not run to its end \(ZeroDivisionError"):
        build_site(tmp_path / "site", source=source)
    assert (tmp_path / "site" / "index.html").read_bytes() == b"old"
    assert names(tmp_path) == {"site", "lessons"}


def test_a_move_that_fails_puts_the_old_site_back(tmp_path, monkeypatch):
    site = tmp_path / "site"
    write_site(site, OLD)
    move = os.replace

    def refuse(source, target):
        if Path(source).name == "new":
            raise OSError(28, "No space left on device")
        move(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(GedigError, match="No space left on device"):
        write_site(site, {"index.html": b"new"})
    assert (site / "index.html").read_bytes() == b"old"
    assert names(tmp_path) == {"site"}


def test_the_command_names_each_lesson_and_where_the_site_is(tmp_path, monkeypatch):
    asked = []

    def stand_in(out, *, lessons, report):
        asked.append((out, lessons))
        report("03_a.ipynb")
        return out / "index.html"

    monkeypatch.setattr(build, "build_site", stand_in)
    words = ["site", "--out", str(tmp_path), "--lesson", "03", "--lesson", "05"]
    said = CliRunner().invoke(cli.app, words)
    assert said.exit_code == 0, said.output
    assert asked == [(tmp_path, ["03", "05"])]
    assert said.stdout.splitlines() == ["03_a.ipynb: run", f"Written: {tmp_path / 'index.html'}"]
