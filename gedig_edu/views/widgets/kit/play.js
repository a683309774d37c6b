// Buttons that move a whole number through time: back to the first, one on, and on by itself.

import { element, mark } from "./dom.js";
import { pressButton } from "./keys.js";

// For the trait `trait`, from `first` to `last`, `beat` milliseconds a step; each move sets the traits
// `also` besides. `show` says again which of the buttons can do something.
export function player(page, trait, [first, last], { beat = 350, also = {} } = {}) {
  const { words } = page;
  const at = () => page.state()[trait];
  const move = (to) => page.change({ [trait]: to, ...also });
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; };
  const back = pressButton(words.rewind, () => { stop(); move(first); });
  const on = pressButton(words.step_on, () => { stop(); move(Math.min(at() + 1, last)); });
  const play = pressButton(words.play, () => {
    if (timer) { stop(); show(); return; }
    if (at() === last) move(first);
    timer = setInterval(() => {
      if (!node.isConnected || at() === last) { stop(); show(); } else move(at() + 1);
    }, beat);
    show();
  });
  const node = element("div", { className: "gh-buttons gh-player" }, play, on, back);
  function show() {
    mark(play, { "aria-pressed": timer !== 0 }).textContent = timer ? words.pause : words.play;
    back.disabled = at() === first;
    on.disabled = at() === last;
  }
  return { node, show };
}
