// Buttons that move a whole number through time: back to the first, one on, and on by itself.

import { element, mark } from "./dom.js";
import { pressButton } from "./keys.js";

// For the trait `trait`, from `first` to `last` (which may be a function, where it depends on the
// state), `beat` milliseconds a step; each move sets the traits `also` besides. `show` says again
// which of the buttons can do something; `run` plays from here, or goes to the end at once for who
// asks for less motion.
export function player(page, trait, [first, last], { beat = 350, also = {} } = {}) {
  const { words } = page;
  const end = typeof last === "function" ? last : () => last;
  const at = () => Math.min(page.state()[trait], end());
  const move = (to) => page.change({ [trait]: to, ...also });
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; };
  const back = pressButton(words.rewind, () => { stop(); move(first); });
  const on = pressButton(words.step_on, () => { stop(); move(Math.min(at() + 1, end())); });
  const start = () => {
    stop();
    timer = setInterval(() => {
      if (!node.isConnected || at() === end()) { stop(); show(); } else move(at() + 1);
    }, beat);
    show();
  };
  const play = pressButton(words.play, () => {
    if (timer) { stop(); show(); return; }
    if (at() === end()) move(first);
    start();
  });
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const run = () => { if (calm.matches) move(end()); else start(); };
  const node = element("div", { className: "gh-buttons gh-player" }, play, on, back);
  function show() {
    mark(play, { "aria-pressed": timer !== 0 }).textContent = timer ? words.pause : words.play;
    back.disabled = at() === first;
    on.disabled = at() === end();
  }
  return { node, show, run };
}
