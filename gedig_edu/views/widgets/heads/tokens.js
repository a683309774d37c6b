// The tokens of a text: their spaces as signs, and the strip to choose one from.

import { element, mark, mixed, shape } from "../kit/dom.js";
import { kept } from "../kit/kept.js";
import { steps } from "../kit/keys.js";
import { clamp } from "../kit/sums.js";
import { fill } from "../kit/text.js";

export const FAINT = 0.005;

function pieces(text, make) {
  return text.split(/([␣⏎⇥])/).filter(Boolean).map((part) => ("␣⏎⇥".includes(part) ? make(part) : part));
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

export class TokenStrip {
  constructor(page) {
    this.id = page.id;
    this.node = element("div", { className: "gx-tokens", tabIndex: 0 });
    mark(this.node, { role: "listbox", "aria-label": page.words.tokens });
    page.follow("pointerover", this.node, (event) => event.target.closest("[data-place]")?.dataset.place);
    this.node.addEventListener("keydown", (event) => {
      const move = steps(event);
      if (move) page.change({ query: clamp(page.state().query + move[0] - move[1], 0, this.options.length - 1) });
    });
    this.draw = kept(({ about: { tokens } }) => this.build(tokens), ({ about }) => [about]);
  }

  build(tokens) {
    this.options = tokens.map((token, place) => {
      const option = element("span", { id: `${this.id}-token-${place}` }, tokenSpan(token));
      return mark(option, { role: "option", "aria-selected": false, "data-place": place });
    });
    this.shades = this.options.map(() => "");
    this.query = undefined;
    this.node.replaceChildren(...this.options);
  }

  // Scrolls the strip alone, never the page.
  keepInSight({ offsetTop, offsetHeight }) {
    const { scrollTop, clientHeight } = this.node;
    this.node.scrollTop = clamp(scrollTop, offsetTop + offsetHeight - clientHeight, offsetTop);
  }

  point(graph, focus, query) {
    const row = graph?.row(focus);
    this.options.forEach((option, place) => {
      const shade = row && row[place] >= FAINT ? mixed("var(--gh-deep)", 0.4 * row[place]) : "";
      if (shade !== this.shades[place]) option.style.background = shade;
      this.shades[place] = shade;
    });
    this.focus?.classList.remove("gx-focus");
    this.focus = this.options[focus];
    this.focus.classList.add("gx-focus");
    if (query === this.query) return;
    this.options[this.query]?.setAttribute("aria-selected", false);
    mark(this.options[query], { "aria-selected": true });
    this.node.setAttribute("aria-activedescendant", this.options[query].id);
    this.keepInSight(this.options[query]);
    this.query = query;
  }
}
