"""How long after a real key press the last picture that it asked for is on the screen."""

from __future__ import annotations

import numpy as np

PATIENCE = 600  # ms that a press may wait for any change at all

# From a key press on, note when each frame with a change in it has been painted. The sentence for
# screen readers waits for a pause on purpose and is no part of the picture.
WATCH = """([quiet, patience]) => {
  let pressed, painted, changed = false;
  const spoken = ({ target }) => (target.closest ? target : target.parentElement)
    ?.closest("[aria-live]");
  new MutationObserver((records) => { changed ||= !records.every(spoken); }).observe(
    document.body, { attributes: true, characterData: true, childList: true, subtree: true });
  const paint = new MessageChannel();
  let waiting = false;
  paint.port1.onmessage = () => { waiting = false; painted = performance.now(); };
  const frame = () => {
    if (changed && pressed !== undefined && !waiting) {
      changed = false;
      waiting = true;
      paint.port2.postMessage(null);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.addEventListener("keydown", (event) => {
    [pressed, painted, changed] = [event.timeStamp, undefined, false];
  }, { capture: true });
  window.answered = async () => {
    const pause = () => new Promise((done) => setTimeout(done, 10));
    const open = () => painted === undefined || performance.now() - painted < quiet;
    while (open() || document.querySelector('[aria-busy="true"]')) {
      if (performance.now() - pressed > patience) return null;
      await pause();
    }
    return painted - pressed;
  };
}"""


class Presses:
    """Presses keys on a page as a reader does, and gathers milliseconds to the new picture.

    A picture is the last one when the page is not busy and has not changed for `quiet`
    milliseconds, which must be more than a kernel takes to answer.
    """

    def __init__(self, page, *, quiet: int = 150):
        self.page, self.quiet = page, quiet
        page.evaluate(WATCH, [quiet, PATIENCE])

    def __call__(self, node, keys) -> list[float | None]:
        """Press each key on an element; None where the page was not done within `PATIENCE`."""
        node.focus()
        self.page.wait_for_timeout(self.quiet)
        taken = []
        for key in keys:
            self.page.keyboard.press(key)
            taken.append(self.page.evaluate("() => window.answered()"))
        return taken


def told(name: str, milliseconds: list[float | None]) -> float:
    """Print one row of the table; return the 95th percentile."""
    silent = milliseconds.count(None)
    assert silent == 0, (
        f"{name}: no picture within {PATIENCE} ms of {silent} of {len(milliseconds)} presses"
    )
    median, late = np.percentile(milliseconds, [50, 95])
    print(f"{name:36} {len(milliseconds):4} presses: median {median:4.0f} ms, 95 % {late:4.0f} ms")
    return late
