"""The moving picture of the README can be made again: the front page does what it shows."""

import pytest

from gedig_edu.course.site.build import site_files, write_site
from tests.browser.moving_picture import SENTENCE, WIDTH, Recorder, play
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

STATE = """() => {
  const { model } = window.gedigWidgets.live;
  const names = ["text", "layer", "head", "quantile", "temperature", "status"];
  return Object.fromEntries(names.map((name) => [name, model.get(name)]));
}"""


def test_a_visitor_types_chooses_a_head_and_moves_threshold_and_temperature(page, tmp_path):
    write_site(tmp_path / "site", site_files([]))
    visit = Visit(page, tmp_path / "site")
    visit.open("index", width=WIDTH)
    before = page.evaluate(STATE)
    recorder = Recorder(page)
    play(recorder)
    after = page.evaluate(STATE)
    assert after["text"] == "".join(SENTENCE) != before["text"]
    assert (after["layer"], after["head"]) != (before["layer"], before["head"])
    assert after["quantile"] < before["quantile"]
    assert after["temperature"] < before["temperature"]
    assert after["status"] == "ready"
    assert len(recorder.frames) > 40
    assert visit.problems == []
