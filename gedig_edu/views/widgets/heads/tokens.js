// The tokens of a text: their spaces as signs, and the strip to choose one from.

import { element, mark, mixed, shape } from "../kit/dom.js";
import { steps } from "../kit/keys.js";
import { clamp } from "../kit/sums.js";
import { fill } from "../kit/text.js";

export const FAINT = 0.005;
function pieces(text, make) {
  return text.split(/([␣⏎⇥])/).filter(Boolean).map((part) => ("␣⏎⇥".includes(part) ? make(part) : part));
}

export function tokenText(x, y, text, style) {
  const node = shape("text", { x, y, class: `gx-token ${style}` });
  node.append(...pieces(text, (part) => shape("tspan", { class: "gx-space" }, part)));
  return node;
}

export function tokenSpan(text) {
  const node = element("bdi", { className: "gx-word" });
  node.append(...pieces(text, (part) => element("span", { className: "gx-space", textContent: part })));
  return node;
}

// A sentence in which {token} becomes the token's own label.
export function withToken(template, token, values) {
  const [before, after = ""] = fill(template, { ...values, token: "\u0000" }).split("\u0000");
  return [before, tokenSpan(token), after];
}

export const grouped = (count) => count.toLocaleString("en-US");

// ---- the strip ----------------------------------------------------------------------------

export class TokenStrip {
  constructor(page) {
    this.page = page;
    this.node = element("div", { className: "gx-tokens", tabIndex: 0 });
    mark(this.node, { role: "listbox", "aria-label": page.words.tokens });
    const placeOf = (event) => event.target.closest("[data-place]")?.dataset.place;
    this.node.addEventListener("pointerover", (event) => page.point(placeOf(event)));
    this.node.addEventListener("pointerleave", () => page.point());
    this.node.addEventListener("click", (event) => {
      const place = placeOf(event);
      if (place !== undefined) page.change({ query: Number(place) });
    });
    this.node.addEventListener("keydown", (event) => {
      const move = steps(event);
      if (!move) return;
      const { about, state } = page.data();
      page.change({ query: clamp(state.query + move[0] - move[1], 0, about.tokens.length - 1) });
    });
  }

  draw({ about }) {
    if (about === this.about) return;
    this.about = about;
    this.options = about.tokens.map((token, place) => {
      const option = element("span", { id: `${this.page.id}-token-${place}` }, tokenSpan(token));
      option.dataset.place = place;
      return mark(option, { role: "option", "aria-selected": false });
    });
    this.shades = this.options.map(() => "");
    this.focus = undefined;
    this.query = undefined;
    this.node.replaceChildren(...this.options);
  }

  // Scrolls the strip alone, never the page.
  keepInSight({ offsetTop, offsetHeight }) {
    const { scrollTop, clientHeight } = this.node;
    const bottom = offsetTop + offsetHeight - clientHeight;
    this.node.scrollTop = clamp(scrollTop, bottom, offsetTop);
  }

  point(graph, focus, query) {
    const row = graph?.row(focus);
    this.options.forEach((option, place) => {
      const shade = row && row[place] >= FAINT ? mixed("var(--gh-deep)", 0.4 * row[place]) : "";
      if (shade !== this.shades[place]) option.style.background = shade;
      this.shades[place] = shade;
    });
    this.options[this.focus]?.classList.remove("gx-focus");
    this.options[focus].classList.add("gx-focus");
    this.options[this.query]?.setAttribute("aria-selected", false);
    this.options[query].setAttribute("aria-selected", true);
    this.focus = focus;
    this.node.setAttribute("aria-activedescendant", this.options[query].id);
    if (query !== this.query) this.keepInSight(this.options[query]);
    this.query = query;
  }
}
