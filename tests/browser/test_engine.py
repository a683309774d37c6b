"""The live page that reads sentences by itself: from a file, without network, as Python reads."""

import re
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest

from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.course.site.build import site_files, write_site
from gedig_edu.lab.live import live
from gedig_edu.models import load
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.widgets.live_f import LiveF
from gedig_edu.views.widgets.standalone import VARIABLE
from tests.browser.visit import SETTLE, Visit, page_with

pytestmark = pytest.mark.browser

TEXT = "The cat sat on the mat because the mat was warm."
OTHER = "Zoë's 猫 🐈\u200d⬛ said: \u05e9\u05dc\u05d5\u05dd, don't!"
EXAMPLES = ["A short one.", "The river ran past the old mill, and the mill stood still."]
BESIDE_READ = """([id, text]) => {
  const { model } = window.gedigWidgets[id];
  const { baselines = {} } = model.get("beside_picture");
  return model.get("beside_answered").text === text
    && Object.keys(baselines).length === (text ? 5 : 0);
}"""
READ = """([id, picture]) => {
  const { model } = window.gedigWidgets[id];
  const numbers = (view) => Array.from(new Float64Array(
    view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)));
  const { tokens, notes, terms, baselines } = model.get(picture);
  return {
    tokens, notes, terms: numbers(terms), baselines: Object.fromEntries(
      Object.entries(baselines).map(([name, { unmasked, matched }]) =>
        [name, [unmasked, matched].map(numbers)])),
  };
}"""
ANSWERED = """([id, asked]) => {
  const { model } = window.gedigWidgets[id];
  const answered = model.get("answered");
  return Object.entries(asked).every(([name, value]) => answered[name] === value)
    && model.get("status") !== "loading"
    && (model.get("status") !== "ready"
      || Object.keys(model.get("picture").baselines).length === 5);
}"""
COUNT = """() => {
  window.posted = [];
  if (!window.Worker) return;
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (data, ...others) {
    window.posted.push(data.kind);
    return post.call(this, data, ...others);
  };
}"""


@cache
def model():
    return load("gpt2-mini", backend="torch")


def attend(text, _name, **how):
    return model().attend(text, **how)


class EnginePage:
    """The live page on a page of the site, and what Python reads of the same sentence."""

    def __init__(self, page, folder, **start):
        widget = LiveF(attend, live, models=["gpt2-mini"], text=TEXT, examples=EXAMPLES, **start)
        page.add_init_script(f"({COUNT})()")
        self.page = page
        self.visit = page_with(page, folder, widget)
        self.id = widget.model_id
        self.place = page.locator(f'[data-model="{self.id}"]')

    def get(self, name):
        return self.page.evaluate(
            "([id, name]) => window.gedigWidgets[id].model.get(name)", [self.id, name]
        )

    def change(self, **values):
        self.page.evaluate(
            "([id, values]) => Object.entries(values).forEach(([name, value]) =>"
            " window.gedigWidgets[id].model.set(name, value))",
            [self.id, values],
        )

    def wait(self, **asked):
        self.page.wait_for_function(ANSWERED, arg=[self.id, asked])
        self.page.evaluate(SETTLE)

    def type(self, text):
        box = self.place.locator("textarea").first
        box.fill(text)
        box.press("Enter")
        self.wait(text=text)

    def assert_as_python(self, text, gauge, *, picture="picture", **how):
        maps = model().attend(text, **how)
        reading = live(maps, gauge=gauge)
        read = self.page.evaluate(READ, [self.id, picture])
        expected = np.stack([getattr(reading.real, t) for t in ("density", "entropy", "path_gain")])
        self.assert_close(read["terms"], expected)
        for name in reading.names:
            for terms, matched in zip(read["baselines"][name], (False, True), strict=True):
                self.assert_close(terms, reading.baseline_terms(name, matched=matched))

    @staticmethod
    def assert_close(terms, expected):
        """Nearly every number is the same; a tie at the threshold may fall to the other side."""
        off = np.abs(np.reshape(terms, expected.shape) - expected)
        assert (off < 1e-5).mean() > 0.99
        assert off.max() < 2e-2


@pytest.fixture
def served():
    """Give what serves a folder on this machine, and returns its address."""
    servers = []

    def serve(folder):
        handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def opened(page, tmp_path, monkeypatch):
    """Give what opens the live page; whatever went wrong in it fails at the end."""
    monkeypatch.setenv(VARIABLE, "1")
    pages = []

    def open_page(**start):
        pages.append(EnginePage(page, tmp_path, **start))
        return pages[-1]

    yield open_page
    assert [problem for one in pages for problem in one.visit.problems] == []


def test_a_sentence_typed_into_the_box_is_read_as_python_reads_it(opened):
    shown = opened()
    assert shown.place.locator(":disabled").count() == 0
    for text in (OTHER, "mat", "a b " * 90):
        shown.type(text)
        shown.assert_as_python(text, Gauge.paper())
        assert shown.place.locator(".gx-tokens > span").count() == len(model().encode(text))
    assert shown.place.locator(".gx-stale, .gx-old").count() == 0


def test_convention_threshold_and_temperature_are_read_as_python_reads_them(opened):
    shown = opened()
    shown.change(quantile=0.75)
    shown.wait(quantile=0.75)
    shown.assert_as_python(TEXT, Gauge.paper(quantile=0.75))
    shown.place.locator('select[name="convention"]').select_option("released")
    shown.wait(convention="released", quantile=0.75)
    assert (shown.get("lam"), shown.get("gamma")) == (0.5, 0.5)
    shown.assert_as_python(TEXT, Gauge.released(quantile=0.75))
    shown.change(temperature=2.0)
    shown.wait(temperature=2.0)
    shown.assert_as_python(TEXT, Gauge.released(quantile=0.75), temperature=2.0)


def test_lambda_gamma_and_what_is_looked_at_never_ask_the_worker(opened):
    shown = opened()
    shown.type("One more sentence, so that the worker is there.")
    before = shown.page.evaluate("window.posted.length")
    assert before > 0
    for name in ("lam", "gamma"):
        shown.place.locator(f'input[name="{name}"]').press("End")
    shown.place.locator('select[name="shown"]').select_option("F")
    shown.place.locator('select[name="baseline"]').select_option("local")
    shown.place.locator(".gx-grid").press("ArrowUp")
    shown.page.evaluate(SETTLE)
    assert shown.page.evaluate("window.posted.length") == before


def test_of_sentences_typed_faster_than_they_are_read_the_last_one_stays(opened):
    shown = opened()
    texts = [f"Sentence number {number} " + "and on and on " * 30 for number in range(6)]
    for text in texts:
        shown.change(text=text)
        shown.page.evaluate("() => new Promise((done) => setTimeout(done, 20))")
    shown.wait(text=texts[-1])
    shown.assert_as_python(texts[-1], Gauge.paper())


def test_what_cannot_be_read_is_said_in_one_sentence_and_the_last_picture_stays(opened):
    shown = opened()
    shown.type("word " * 300)
    said = shown.place.locator(".gx-status").inner_text()
    assert "has 3" in said
    assert re.search(r"at most 256; shorten it by \d+ tokens", said)
    shown.assert_as_python(TEXT, Gauge.paper())
    shown.type("word")
    assert shown.place.locator(".gx-status").inner_text() == ""
    shown.type("  ")
    assert shown.get("status") == "empty"


def test_a_link_opens_the_sentence_the_head_and_the_settings_of_its_sender(opened):
    sender = opened()
    sender.type("Two birds sang.")
    sender.place.locator('select[name="convention"]').select_option("released")
    sender.wait(convention="released")
    sender.change(layer=2, head=4, query=3, view="matrix", lam=0.25, temperature=0.5)
    sender.wait(temperature=0.5)
    sender.page.wait_for_function("() => location.hash.includes('temperature=0.5')")
    link = sender.page.evaluate("location.href")
    sender.page.goto("about:blank")
    sender.page.goto(link)
    sender.wait(text="Two birds sang.", convention="released", temperature=0.5)
    said = {name: sender.get(name) for name in ("layer", "head", "query", "view", "lam")}
    assert said == {"layer": 2, "head": 4, "query": 3, "view": "matrix", "lam": 0.25}
    sender.assert_as_python("Two birds sang.", Gauge.released(), temperature=0.5)


def test_a_second_sentence_is_read_with_the_same_settings_and_closed_again(opened):
    shown = opened()
    shown.change(beside=OTHER, quantile=0.8)
    shown.wait(quantile=0.8)
    shown.page.wait_for_function(BESIDE_READ, arg=[shown.id, OTHER])
    shown.assert_as_python(OTHER, Gauge.paper(quantile=0.8), picture="beside_picture")
    shown.assert_as_python(TEXT, Gauge.paper(quantile=0.8))
    shown.change(beside="")
    shown.page.wait_for_function(BESIDE_READ, arg=[shown.id, ""])
    assert shown.get("beside_status") == "empty"
    assert shown.get("beside_picture") == {}


def test_a_setting_that_comes_back_before_its_answer_leaves_nothing_waiting(opened):
    shown = opened()
    for _ in range(3):
        for quantile in (0.6, 0.9):
            shown.change(quantile=quantile)
            shown.page.evaluate(SETTLE)
    shown.wait(quantile=0.9)
    shown.assert_as_python(TEXT, Gauge.paper())
    assert shown.place.locator(".gx-old").count() == 0


def test_another_link_opened_in_the_same_page_replaces_all_of_the_first(opened):
    shown = opened()
    shown.page.evaluate("location.hash = '#text=one+two+three&lam=0.5&view=graph&quantile=0.6'")
    shown.wait(text="one two three", quantile=0.6)
    shown.page.evaluate("location.hash = '#text=four+five'")
    shown.wait(text="four five", quantile=0.9)
    assert (shown.get("lam"), shown.get("view")) == (1.0, "arcs")
    shown.page.evaluate("location.hash = '#a-heading'")
    shown.page.evaluate(SETTLE)
    assert shown.get("text") == "four five"


def test_the_box_that_has_the_cursor_shows_what_is_read_but_never_over_what_is_typed(opened):
    shown = opened()
    box = shown.place.locator("textarea").first
    box.focus()
    shown.page.evaluate("location.hash = '#text=one+two+three'")
    shown.wait(text="one two three")
    assert box.input_value() == "one two three"
    box.press("End")
    shown.page.keyboard.type(" four")
    shown.change(lam=0.5)
    shown.page.evaluate(SETTLE)
    assert box.input_value() == "one two three four"


@pytest.mark.parametrize("hash", ["", "#a-heading", "#100%"])
def test_an_untouched_page_leaves_its_address_alone(opened, hash):
    shown = opened()
    shown.page.goto("about:blank")
    shown.page.goto((shown.visit.site / "06_a.html").as_uri() + hash)
    shown.page.wait_for_function("() => window.posted.includes('open')")  # from a file, at once
    shown.page.wait_for_timeout(600)
    assert shown.page.evaluate("location.hash") == hash


def test_from_a_server_the_model_comes_when_the_page_is_first_touched(page, opened, served):
    shown = opened()
    address = served(shown.visit.site)
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.context.set_offline(False)  # as every visit is
    page.goto(f"{address}/06_a.html")
    page.wait_for_function("() => document.querySelector('[data-drawn] textarea')")
    page.wait_for_timeout(600)
    assert f"{address}/engine.js" in fetched
    assert f"{address}/model.js" not in fetched
    shown.type("One sentence from a server.")
    shown.assert_as_python("One sentence from a server.", Gauge.paper())
    assert fetched.count(f"{address}/model.js") == 1
    page.context.set_offline(True)
    assert all(url.startswith((address, "blob:", "data:")) for url in fetched)
    shown.visit.problems.clear()  # which holds whatever was not a file


@pytest.mark.parametrize("missing", ["Worker", "DecompressionStream"])
def test_where_a_browser_lacks_what_it_takes_the_prepared_sentences_serve(page, opened, missing):
    page.add_init_script(f"window.{missing} = undefined")
    shown = opened()
    disabled = shown.place.locator(":is(input, select, textarea):disabled").all()
    assert "text" in [one.get_attribute("name") for one in disabled]
    shown.place.get_by_role("button", name=EXAMPLES[1]).press("Enter")
    shown.page.evaluate(SETTLE)
    shown.assert_as_python(EXAMPLES[1], Gauge.paper())


def test_a_model_that_is_not_there_is_said_and_asked_for_again_when_it_is(page, opened, tmp_path):
    shown = opened()
    (tmp_path / "site" / "model.js").rename(tmp_path / "model.js")
    page.reload()
    page.wait_for_function("() => document.querySelector('[data-drawn] textarea')")
    shown.type("A sentence for nobody.")
    said = shown.place.locator(".gx-status").inner_text()
    assert "model.js" in said
    assert "open the page again" in said
    (tmp_path / "model.js").rename(tmp_path / "site" / "model.js")
    shown.type("A sentence for the model.")
    shown.assert_as_python("A sentence for the model.", Gauge.paper())
    assert any("model.js" in problem for problem in shown.visit.problems)
    shown.visit.problems.clear()


def test_on_the_front_page_one_types_at_once_and_reads_f(page, tmp_path):
    write_site(tmp_path / "site", site_files([]))
    visit = Visit(page, tmp_path / "site")
    visit.open("index")
    box = page.locator(".gedig-live textarea").first
    assert box.evaluate("(box) => box === document.activeElement")
    assert box.input_value() == EXAMPLE
    page.keyboard.press("Control+A")
    page.keyboard.type(TEXT)
    page.wait_for_function(ANSWERED, arg=["live", {"text": TEXT}])
    page.evaluate(SETTLE)
    mean = live(model().attend(TEXT), gauge=Gauge.paper(), baselines=["uniform"]).real.F.mean()
    assert f"{mean:.3f}".replace("-", "−") in page.locator(".gedig-live").inner_text()
    assert page.evaluate("scrollY") == 0
    page.goto("about:blank")
    page.goto((tmp_path / "site" / "index.html").as_uri() + "#sources")
    page.wait_for_function("() => document.querySelector('[data-model=live][data-drawn]')")
    assert not box.evaluate("(box) => box === document.activeElement")  # a reader came for more
    assert visit.problems == []
