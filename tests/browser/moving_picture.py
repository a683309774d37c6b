"""The moving picture of the README, made of the site's front page as a visitor uses it.

``python -m tests.browser.moving_picture .github/live-f.webp`` makes it again.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from gedig_edu.course.site.build import site_files, write_site
from tests.browser.page_host import CHROMIUM, FLAGS
from tests.browser.visit import Visit

SENTENCE = ("The cat sat on the", " mat.")  # whoever types pauses, and the page reads
WIDTH = 880  # px of the page; the widget is then as wide as a README
SHARPNESS = 2  # pixels of the picture to one of the page
COLOURS = 128
MARGIN = 8
HEAD = 10
GRIP = 16

# A screenshot shows no pointer, and a stranger wants to know what is being done. It takes longer
# than a typist's next letter, so the page is told of letters only where the typist pauses.
STAGE = """(name) => {
  const { bottom } = document.querySelector(name).getBoundingClientRect();
  document.body.insertAdjacentHTML("beforeend", `
    <p id="said" style="position: absolute; z-index: 8; top: ${bottom + scrollY}px; left: 0;
      right: 0; height: 36px; margin: 0; background: Canvas; text-align: center;
      font: 600 18px/36px system-ui, sans-serif"></p>
    <svg id="pointer" style="position: fixed; z-index: 9; width: 22px; height: 26px;
      pointer-events: none">
      <path d="M2 1v17l4-4 3 7 3-1-3-7h6z" fill="#fff" stroke="#000"/>
    </svg>`);
  addEventListener("mousemove", ({ clientX, clientY }) => {
    const at = { left: `${clientX - 2}px`, top: `${clientY - 1}px` };
    Object.assign(document.getElementById("pointer").style, at);
  }, { capture: true });
  addEventListener("input", (event) => {
    if (event.isTrusted && event.target.type === "textarea") event.stopImmediatePropagation();
  }, { capture: true });
}"""
LIVE = "[data-model=live]"
READ = """() => document.querySelector("[data-model=live] [aria-busy]").ariaBusy !== "true" """


class Recorder:
    """Uses the page step by step; `frames` are its pictures, each with its milliseconds."""

    def __init__(self, page: Page):
        self.page = page
        self.frames: list[tuple[Image.Image, int]] = []
        page.evaluate(STAGE, LIVE)
        box = page.locator(LIVE).bounding_box()
        self.clip = {
            "x": box["x"] - MARGIN, "y": box["y"],
            "width": box["width"] + 2 * MARGIN, "height": box["height"] + 36,
        }  # fmt: skip
        self.at = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 90)
        page.mouse.move(*self.at)

    def say(self, text: str) -> None:
        self.page.locator("#said").evaluate("(place, text) => { place.textContent = text; }", text)

    def keep(self, milliseconds: int) -> None:
        """Keep what stands on the page, for so long."""
        picture = Image.open(BytesIO(self.page.screenshot(clip=self.clip))).convert("RGB")
        if self.frames and self.frames[-1][0].tobytes() == picture.tobytes():
            picture, before = self.frames.pop()
            milliseconds += before
        self.frames.append((picture, milliseconds))

    def answered(self, milliseconds: int) -> None:
        """Wait until the page has read, and keep it."""
        self.page.wait_for_timeout(500)
        self.page.wait_for_function(READ)
        self.keep(milliseconds)

    def go(self, x: float, y: float, *, steps: int = 6) -> None:
        """Move the pointer, slowly at both ends."""
        (from_x, from_y), self.at = self.at, (x, y)
        for step in range(1, steps + 1):
            part = step / steps
            eased = part * part * (3 - 2 * part)
            self.page.mouse.move(from_x + eased * (x - from_x), from_y + eased * (y - from_y))
            self.keep(40)

    def press(self, place: Locator) -> None:
        box = place.bounding_box()
        self.go(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.click(*self.at)

    def type(self, place: Locator, words: str) -> None:
        """Type some words and pause."""
        for letter in words:
            self.page.keyboard.type(letter)
            self.keep(50)
        place.dispatch_event("input")

    def slide(self, place: Locator, to: float, *, steps: int = 6) -> None:
        """Drag a slider's grip to a share of its way."""
        low, high, value = (
            float(place.evaluate("(range, name) => range[name]", name))
            for name in ("min", "max", "value")
        )
        box = place.bounding_box()
        start = (value - low) / (high - low)
        shares = [start + (to - start) * step / steps for step in range(steps + 1)]
        places = [box["x"] + GRIP / 2 + share * (box["width"] - GRIP) for share in shares]
        self.go(places[0], box["y"] + box["height"] / 2)
        self.page.mouse.down()
        for x in places[1:]:
            self.at = (x, self.at[1])
            self.page.mouse.move(*self.at)
            self.answered(90)
        self.page.mouse.up()


def play(recorder: Recorder) -> None:
    """Do what a visitor does."""
    page = recorder.page
    live = page.locator(LIVE)
    recorder.say("A small language model: each of its heads gets one number, F.")
    recorder.keep(900)
    recorder.say("Type a sentence: every head reads it.")
    box = live.locator("textarea").first
    recorder.press(box)
    box.select_text()
    for words in SENTENCE:
        recorder.type(box, words)
        recorder.answered(400)
    recorder.say("Choose a head: who looks at whom, and what its F is made of.")
    recorder.press(live.locator("[role=gridcell]").nth(HEAD))
    recorder.answered(1000)
    recorder.say("Lower the threshold: more shares of attention count as links.")
    recorder.slide(live.locator("input[name=quantile]"), 0.6)
    recorder.answered(700)
    recorder.say("Cool the attention: each token looks at fewer others.")
    recorder.slide(live.locator("input[name=temperature]"), 0.15)
    recorder.answered(1600)


def write(frames: list[tuple[Image.Image, int]], out: Path) -> None:
    """Write frames as one picture that loops, in few colours, so that letters stay sharp."""
    first = frames[0][0]
    sheet = Image.new("RGB", (first.width, first.height * 4))
    for place, number in enumerate((0, len(frames) // 3, 2 * len(frames) // 3, -1)):
        sheet.paste(frames[number][0], (0, place * first.height))
    palette = sheet.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE)
    few = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture, _ in frames]
    few[0].save(
        out, save_all=True, append_images=few[1:], duration=[time for _, time in frames], loop=0,
        lossless=True, quality=100, method=4,
    )  # fmt: skip


def main(out: Path) -> None:
    with TemporaryDirectory() as above, sync_playwright() as playwright:
        write_site(Path(above) / "site", site_files([]))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(
            device_scale_factor=SHARPNESS, viewport={"width": WIDTH, "height": 900}
        )
        visit = Visit(page, Path(above) / "site")
        visit.open("index", width=WIDTH)
        recorder = Recorder(page)
        play(recorder)
        browser.close()
        assert visit.problems == []
    write(recorder.frames, out)
    seconds = sum(time for _, time in recorder.frames) / 1000
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB, {len(recorder.frames)} frames, {seconds} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
