// A page about heads: choices, the pictures of one head, and what the page around gives.

import { element, mark } from "../kit/dom.js";
import { enclose, makeSentence, makeToggle, once, watchWidth } from "../kit/frame.js";
import { kernelIsOff, offLine } from "../kit/off.js";
import { clamp } from "../kit/sums.js";
import { fill } from "../kit/text.js";
import { makeMap } from "./map.js";
import { Arcs, Graph, Matrix, PITCH } from "./pictures.js";
import { makeStrip } from "./tokens.js";

const [NARROWEST, WIDEST] = [140, 420];
const PATIENCE = 10_000; // ms
const THEMES = {
  attributes: true, attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "data-theme", "theme", "class"],
};

// A control like those of the frame: one of several.
export function makeChoice(page, name, options, text, set = (value) => page.change({ [name]: value })) {
  const input = element("select", { name });
  const offer = (values) => input.replaceChildren(...values.map((value) =>
    element("option", { value, textContent: text(value) })));
  const node = element("label", { className: "gx-choice" }, element("span", { textContent: page.words[name] }), input);
  offer(options);
  input.addEventListener("change", () => set(input.value));
  return { input, offer, node, show: () => { input.value = page.state()[name]; } };
}

// The colours of the matrix as pixels: from the page's to the deep one, mixed by the browser.
function pixelRamp(root) {
  const style = getComputedStyle(root);
  const [page, deep] = [style.backgroundColor, getComputedStyle(root.querySelector(".gx-deep")).color];
  const context = element("canvas", { width: 256, height: 1 }).getContext("2d");
  for (let step = 0; step < 256; step += 1) {
    context.fillStyle = `color-mix(in oklab, ${deep} ${(step / 2.55).toFixed(2)}%, ${page})`;
    context.fillRect(step, 0, 1, 1);
  }
  return new Uint32Array(context.getImageData(0, 0, 256, 1).data.buffer);
}

function themeOf(root) {
  const { backgroundColor, color, colorScheme } = getComputedStyle(root);
  return `${backgroundColor} ${color} ${colorScheme}`;
}

// One head under its title: its pictures, of which those that are open are drawn.
export class HeadView {
  constructor(page, title) {
    this.page = page;
    this.words = title;
    this.title = element("h3", { className: "gx-title" });
    this.pictures = [new Arcs(page, "arcs"), new Matrix(page, "matrix"), new Graph(page, "graph")];
    this.open = this.pictures;
    this.stages = element("div", { className: "gx-pictures" }, ...this.pictures.map(({ node }) => node));
    this.heading = element("div", { className: "gx-heading" }, this.title);
    this.node = element("section", { className: "gx-head" }, this.heading, this.stages);
  }

  draw([layer, head], { tokens }, { width, ramp }) {
    this.title.textContent = fill(this.words, { layer, head });
    this.graph = this.page.graph(layer, head);
    this.node.classList.toggle("gx-stale", this.graph === null);
    if (this.graph === null) return;
    const height = clamp(PITCH * tokens.length + 12, 240, 284);
    this.open.forEach((picture) => picture.draw({ graph: this.graph, tokens, width, height, ramp }));
  }

  point(focus) {
    if (this.graph) this.open.forEach((picture) => picture.point(focus));
  }
}

// What every page about heads does: one drawing for all changes at once, of traits and around it.
// A page has `traits` that it follows, a height for the rows of its map, `views` of heads, and its own
// of the methods that are empty here.
export class HeadsPage {
  constructor(model, el, page, traits, mapHeight) {
    this.model = model;
    this.start = page.start;
    this.words = page.words;
    this.state = page.state;
    this.change = page.change;
    this.id = `gedig-heads-${Math.random().toString(36).slice(2)}`;
    this.redraw = once(() => this.draw());
    this.sentence = makeSentence(this.words);
    this.status = mark(element("p", { className: "gx-status" }), { role: "status" });
    this.offLine = offLine(this.words.off);
    this.engine = Boolean(model.get("engine")); // the page's own, which answers as a kernel does
    this.alone = !this.engine && (model.get("standalone") || kernelIsOff(el));
    this.mapHeight = mapHeight;
    this.map = makeMap(this);
    this.strip = makeStrip(this);
    this.matched = makeToggle({ name: "matched", label: this.words.matched }, {
      get: () => this.state().matched, set: (matched) => this.change({ matched }),
    });
    this.build();
    el.append(this.root);
    this.changes = traits.map((name) => `change:${name}`);
    this.changes.forEach((change) => model.on(change, this.redraw));
    this.watchPage();
    this.redraw();
  }

  build() {
    this.views = /** @type {HeadView[]} */ ([]);
  }

  draw() {}

  graph(_layer, _head) {
    return null;
  }

  enclose(style, ...parts) {
    this.root = enclose(this.words, `gedig-hero gedig-heads ${style}`,
      element("span", { className: "gx-deep", hidden: true }), this.offLine, ...parts, this.sentence.node);
  }

  // The controls in a row, with the buttons of every widget and `others` before them.
  rowOfControls(controls, ...others) {
    const reset = element("button", { type: "button", textContent: this.words.reset });
    reset.addEventListener("click", () => this.reset());
    return element("div", { className: "gh-controls" }, ...controls.map(({ node }) => node),
      element("div", { className: "gh-buttons" }, ...others, reset, this.sentence.button));
  }

  reset() {
    this.change(this.start());
  }

  // On a page without a kernel: disable what only a kernel answers; a sentence says why.
  fix(place, ...controls) {
    let reason = this.offLine;
    if (this.model.get("standalone")) {
      reason = element("p", { className: "gx-note", id: `${this.id}-fixed`, textContent: this.words.needs_kernel });
      place(reason);
    }
    controls.forEach(({ input }) => mark(input, { disabled: "", "aria-describedby": reason.id }));
  }

  // What is going on; where no answer comes for long, what to do as well. None comes from a kernel
  // that is off.
  say(text, busy) {
    if (busy && !this.engine && kernelIsOff(this.root)) [text, busy] = [this.words.not_kept, false];
    this.root.setAttribute("aria-busy", String(busy));
    if (text === this.said) return;
    this.said = text;
    this.status.textContent = text;
    clearTimeout(this.timer);
    if (busy && !this.engine) this.timer = setTimeout(() => this.status.append(` ${this.words.no_answer}`), PATIENCE);
  }

  failure(reason, template = this.words.failed) {
    return fill(template, { reason: reason.replace(/\.$/, "") });
  }

  // The token in focus: the one pointed at, else the chosen one.
  point(place) {
    const hovered = place === undefined ? null : Number(place);
    if (hovered === this.hovered) return;
    this.hovered = hovered;
    this.drawFocus();
  }

  // Point at the tokens in a node, or choose one there.
  follow(moving, node, placeOf) {
    node.addEventListener(moving, (event) => this.point(placeOf(event)));
    node.addEventListener("pointerleave", () => this.point());
    node.addEventListener("click", (event) => {
      const place = placeOf(event);
      if (place !== undefined) this.change({ query: Number(place) });
    });
  }

  drawFocus() {
    const { query } = this.state();
    this.focus = this.hovered ?? query;
    this.strip.point(this.views[0].graph, this.focus, query);
    this.views.forEach((view) => view.point(this.focus));
  }

  // What the page around gives: widths and colours, read once and again when they change.
  measure(stage) {
    const [map, width] = [this.map.node, stage].map((node) => clamp(Math.floor(node.clientWidth), NARROWEST, WIDEST));
    this.theme = themeOf(this.root);
    return { map, width, ramp: pixelRamp(this.root) };
  }

  // Widths and theme come from the page around; a change of either draws anew. Paper cannot wait.
  watchPage() {
    const again = () => {
      if (!this.root.isConnected) return;
      this.room = null;
      this.draw();
    };
    const soon = () => requestAnimationFrame(() => {
      if (themeOf(this.root) !== this.theme) again();
    });
    const width = watchWidth(this.root, again);
    const themes = new MutationObserver(soon);
    const listening = new AbortController();
    [document.body, document.documentElement].forEach((node) => themes.observe(node, THEMES));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon, listening);
    addEventListener("beforeprint", again, listening);
    this.forget = () => {
      width.stop();
      themes.disconnect();
      listening.abort();
    };
  }

  close() {
    this.changes.forEach((change) => this.model.off(change, this.redraw));
    this.forget();
    this.sentence.stop();
    clearTimeout(this.timer);
  }
}
