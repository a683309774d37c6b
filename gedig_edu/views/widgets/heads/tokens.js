// The tokens of a text: their spaces as signs, and the strip to choose one from.

import { element, mark, mixed, shape } from "../kit/dom.js";
import { kept } from "../kit/kept.js";
import { steps } from "../kit/keys.js";
import { clamp } from "../kit/sums.js";
import { fill } from "../kit/text.js";

export const FAINT = 0.005;

// The signs and names of what leaves no trace are made by `make`.
function pieces(text, make) {
  return text.split(/([␣⏎⇥]|U\+[0-9A-F]{4,6})/).map((part, place) => (place % 2 ? make(part) : part)).filter(Boolean);
}

export function tokenText(x, y, text, style) {
  return shape("text", { x, y, class: `gx-token ${style}` },
    ...pieces(text, (part) => shape("tspan", { class: "gx-space" }, part)));
}

export function tokenSpan(text) {
  return element("bdi", { className: "gx-word" },
    ...pieces(text, (textContent) => element("span", { className: "gx-space", textContent })));
}

// A sentence in which {token} becomes the token's own label.
export function withToken(template, token, values) {
  const [before, after = ""] = fill(template, { ...values, token: "\u0000" }).split("\u0000");
  return [before, tokenSpan(token), after];
}

// ---- the strip ----------------------------------------------------------------------------

export function makeStrip(page) {
  const node = element("div", { className: "gx-tokens", tabIndex: 0 });
  mark(node, { role: "listbox", "aria-label": page.words.tokens });
  page.follow("pointerover", node, (event) => event.target.closest("[data-place]")?.dataset.place);
  const shades = new WeakMap(); // of each option, so that only what changed is painted anew
  let options = [];
  let [focused, chosen] = [null, null];
  node.addEventListener("keydown", (event) => {
    const move = steps(event);
    if (move) page.change({ query: clamp(page.state().query + move[0] - move[1], 0, options.length - 1) });
  });
  const draw = kept(({ about: { tokens, notes } }) => {
    options = tokens.map((token, place) => mark(
      element("span", { id: `${page.id}-token-${place}`, title: notes[place] }, tokenSpan(token)),
      { role: "option", "aria-selected": false, "data-place": place }));
    chosen = null;
    node.replaceChildren(...options);
  }, ({ about }) => [about]);
  // Scrolls the strip alone, never the page.
  const keepInSight = ({ offsetTop, offsetHeight }) => {
    node.scrollTop = clamp(node.scrollTop, offsetTop + offsetHeight - node.clientHeight, offsetTop);
  };
  const point = (graph, focus, query) => {
    const row = graph?.row(focus);
    options.forEach((option, place) => {
      const shade = row && row[place] >= FAINT ? mixed("var(--gh-deep)", 0.4 * row[place]) : "";
      if (shade !== (shades.get(option) ?? "")) option.style.background = shade;
      shades.set(option, shade);
    });
    focused?.classList.remove("gx-focus");
    focused = options[focus];
    focused.classList.add("gx-focus");
    if (chosen === options[query]) return;
    chosen?.setAttribute("aria-selected", false);
    chosen = mark(options[query], { "aria-selected": true });
    node.setAttribute("aria-activedescendant", chosen.id);
    keepInSight(chosen);
  };
  return { node, draw, point };
}
