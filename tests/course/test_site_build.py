"""Building the site: formulas, refused lessons, folders left alone; whole or not at all."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from gedig_edu import cli
from gedig_edu.course.site import build
from gedig_edu.course.site.build import MARKER, build_site, check_target, write_site
from gedig_edu.course.site.mathml import PageRenderer, formula
from gedig_edu.course.site.outputs import clean
from gedig_edu.course.site.pages import read_lesson
from gedig_edu.course.site.widgets import VIEW
from gedig_edu.errors import GedigError
from tests.course.small_course import FIRST, SECOND, notebook, write_course

OLD = {"index.html": b"old", MARKER: json.dumps(["index.html", MARKER]).encode()}


@pytest.fixture
def course(tmp_path_factory):
    return write_course(
        tmp_path_factory.mktemp("course") / "lessons", n00_first=FIRST, n01_second=SECOND
    )


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


@pytest.mark.parametrize(
    ("dirty", "kept"),
    [
        ("<p onclick='go()' ONMOUSEOVER=go() class='one two'>a</p>", '<p class="one two">a</p>'),
        ("<img src='a.png' onerror='go()'>", '<img src="a.png"/>'),
        ("<a href='javascript:go()'>a</a>", "<a>a</a>"),
        ("<a href=' jAva&#10;Script&colon;go()'>a</a>", "<a>a</a>"),
        ("<a href='\x01java\tscript:go()'>a</a>", "<a>a</a>"),
        ("<svg><a xlink:href='javascript:go()'>a</a></svg>", "<svg><a>a</a></svg>"),
        ("<button formaction='vbscript:go'>a</button>", "<button>a</button>"),
        ("<base href='//x/'><meta http-equiv='refresh' content='0;//x/'>", ""),
        ("<a href='javascript.html'>a</a>", '<a href="javascript.html">a</a>'),
        ("<p title='on the road'>one</p>", '<p title="on the road">one</p>'),
    ],
)
def test_attributes_that_run_are_taken_out_of_an_output_and_others_stay(dirty, kept):
    assert clean(dirty, pages=()) == kept


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

    async def read(path, **_):
        return nbformat.read(path, as_version=4)

    monkeypatch.setattr(build, "execute", read)


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


def test_a_page_that_somebody_changed_is_refused_and_left_alone(tmp_path, course, at_once):
    site = tmp_path / "site"
    build_site(site, source=course)
    page = site / "01_second.html"
    page.write_text("my own words")
    with pytest.raises(GedigError, match=r"01_second\.html' was changed since .*move it away"):
        build_site(site, source=course)
    assert page.read_text() == "my own words"
    page.unlink()
    build_site(site, source=course)
    assert page.read_text() != "my own words"


@pytest.mark.parametrize("same", [True, False])
def test_a_page_in_whose_place_a_link_stands_is_refused(tmp_path, course, at_once, same):
    site = tmp_path / "site"
    page = build_site(site, source=course)
    if same:
        (tmp_path / "mine.html").write_bytes(page.read_bytes())
    page.unlink()
    page.symlink_to(tmp_path / "mine.html")
    with pytest.raises(GedigError, match=r"index\.html' was changed"):
        build_site(site, source=course)
    assert page.is_symlink()


def test_a_site_from_before_there_were_sums_is_still_replaced(tmp_path, course, at_once):
    write_site(tmp_path / "site", OLD)
    assert build_site(tmp_path / "site", source=course).read_bytes() != b"old"


@pytest.mark.parametrize("marker", ["{", "5", "null"])
def test_a_damaged_marker_counts_as_none(tmp_path, marker):
    (tmp_path / MARKER).write_text(marker)
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


def test_a_link_in_the_folder_is_somebodys_own(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GedigError, match="holds 'link', which no site of ours brought"):
        check_target(tmp_path / "site")


def test_a_large_folder_is_refused_at_the_first_foreign_file(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("")
    (tmp_path / "deep").mkdir()
    monkeypatch.setattr(os, "scandir", only_once(os.scandir))
    with pytest.raises(GedigError, match="holds 'a'"):
        check_target(tmp_path)


def only_once(scandir):
    calls = []

    def scan(path):
        assert not calls, f"{path} is read after {calls}"
        calls.append(path)
        return scandir(path)

    return scan


def test_a_place_that_cannot_be_written_is_refused_before_a_lesson_runs(tmp_path, monkeypatch):
    source = write_course(tmp_path / "lessons", n00_a=SECOND)
    monkeypatch.setattr(build, "execute", lambda path, **_: pytest.fail(f"{path.name} ran"))
    with pytest.raises(GedigError, match="File name too long"):
        build_site(tmp_path / ("s" * 300), source=source)
    assert names(tmp_path) == {"lessons"}


def test_an_empty_folder_and_a_site_of_ours_are_replaced_whole(tmp_path, course, at_once):
    (tmp_path / "site").mkdir()
    build_site(tmp_path / "site", source=course)
    assert "01_second.html" in names(tmp_path / "site")
    landing = build_site(tmp_path / "site", source=course, lessons=["00"])
    assert landing == tmp_path / "site" / "index.html"
    assert "01_second.html" not in names(tmp_path / "site")
    assert names(tmp_path) == {"site"}


def test_a_lesson_that_does_not_exist_is_refused_with_those_that_do(tmp_path, course):
    with pytest.raises(GedigError, match="lesson='07' is not known; choose one of '00', '01'"):
        build_site(tmp_path / "site", source=course, lessons=["7"])


def test_a_cell_that_raises_leaves_the_old_site_and_nothing_beside_it(tmp_path):
    write_site(tmp_path / "site", OLD)
    source = write_course(tmp_path / "lessons", n00_a=(*SECOND[:1], "1 / 0"))
    with pytest.raises(GedigError, match=r"00_a\.ipynb did not run to its end \(ZeroDivisionError"):
        build_site(tmp_path / "site", source=source)
    assert (tmp_path / "site" / "index.html").read_bytes() == b"old"
    assert names(tmp_path) == {"site", "lessons"}


@pytest.mark.parametrize("failing", range(5))
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_move_that_fails_puts_the_old_site_back(tmp_path, monkeypatch, failing, failure):
    site = tmp_path / "site"
    write_site(site, OLD)
    move, count = os.replace, iter(range(100))

    def refuse(source, target):
        if next(count) == failing:
            raise failure
        move(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    expected = GedigError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_site(site, {"index.html": b"new", "a.html": b"new", "modules/b.js": b"new"})
    assert (site / "index.html").read_bytes() == b"old"
    assert names(site) == set(OLD)
    assert names(tmp_path) == {"site"}


def test_a_site_built_where_one_stands_leaves_one_standing_there(
    tmp_path, course, at_once, monkeypatch
):
    (tmp_path / "site").mkdir()
    monkeypatch.chdir(tmp_path / "site")
    for lessons, page in ((["00"], "00_first.html"), (["01"], "01_second.html")):
        build_site(".", source=course, lessons=lessons)
        assert {name for name in os.listdir(".") if name[0].isdigit()} == {page}
    assert names(tmp_path) == {"site"}


def test_the_command_names_each_lesson_and_where_the_site_is(tmp_path, monkeypatch):
    asked = []

    def stand_in(out, *, lessons, solutions, report):
        asked.append((out, lessons, solutions))
        report("03_a.ipynb")
        return out / "index.html"

    monkeypatch.setattr(build, "build_site", stand_in)
    words = ["site", "--out", str(tmp_path), "--lesson", "03", "--lesson", "05"]
    said = CliRunner().invoke(cli.app, words)
    assert said.exit_code == 0, said.output
    assert asked == [(tmp_path, ["03", "05"], True)]
    assert said.stdout.splitlines() == ["03_a.ipynb: run", f"Written: {tmp_path / 'index.html'}"]
