// The explorer together: what is fetched, what is shown, and one drawing for every change.

import { element } from "../kit/dom.js";
import { makeControl, makeReadout, pageOf } from "../kit/frame.js";
import { kept } from "../kit/kept.js";
import { fill, sentenceOf } from "../kit/text.js";
import { bytesOf, HeadGraph, pictureOf } from "./data.js";
import { HeadMap, writerOf } from "./map.js";
import {
  BASELINES, decodeOverview, headNumbers, originsOfValues, QUANTITIES, sortedHeads, valuesOf,
} from "./numbers.js";
import { HeadsPage, HeadView, makeChoice } from "./page.js";
import { TokenStrip } from "./tokens.js";

const SHOWN_TRAITS = ["overview", "against", "pictures", "edges", "message"];

// The layers here so far. Edges belong to one threshold; pictures stay.
class Layers {
  constructor(model) {
    this.model = model;
    this.pictures = new Map();
    this.edges = new Map();
    this.graphs = new Map();
  }

  take() {
    const { model } = this;
    const { reading } = model.get("overview");
    if (reading !== this.reading) {
      this.reading = reading;
      this.edges.clear();
      this.graphs.clear();
    }
    Object.entries(model.get("pictures").layers ?? {}).forEach(([layer, picture]) => {
      if (!this.pictures.has(Number(layer))) this.pictures.set(Number(layer), pictureOf(picture));
    });
    const edges = model.get("edges");
    if (edges.reading !== reading) return;
    Object.entries(edges.layers).forEach(([layer, bits]) => this.edges.set(Number(layer), bytesOf(bits)));
  }

  // The graph of a head, or null until its layer is here.
  graph(layer, head) {
    const key = `${layer}.${head}`;
    if (!this.graphs.has(key)) {
      const [picture, edges] = [this.pictures.get(layer), this.edges.get(layer)];
      if (!picture || !edges) return null;
      const { tokens, causal, heads } = this.model.get("about");
      const threshold = decodeOverview(this.model.get("overview")).threshold[layer * heads + head];
      this.graphs.set(key,
        new HeadGraph(picture, edges, head, { length: tokens.length, causal, threshold }));
    }
    return this.graphs.get(key);
  }

  // Ask the kernel, once, for what is missing of the layers to be shown.
  ask(layers) {
    const pictures = layers.filter((layer) => !this.pictures.has(layer));
    const edges = layers.filter((layer) => !this.edges.has(layer));
    const key = JSON.stringify([this.reading, pictures, edges]);
    if (pictures.length + edges.length === 0 || key === this.asked) return;
    this.asked = key;
    this.model.set("ask", { number: (this.model.get("ask").number ?? 0) + 1, pictures, edges });
    this.model.save_changes();
  }
}

// A list box of the browser's own: arrow keys, Home, End and typing '4.7' all find a head.
class HeadList {
  constructor(page) {
    this.page = page;
    this.lowestFirst = false;
    this.list = element("select", { size: 9, className: "gx-list" });
    this.list.addEventListener("change", () => {
      const [layer, head] = this.list.value.split(".").map(Number);
      page.change({ layer, head });
    });
    this.order = element("button", { type: "button" });
    this.order.addEventListener("click", () => {
      this.lowestFirst = !this.lowestFirst;
      page.redraw();
    });
    this.name = element("span", { id: `${page.id}-list`, textContent: page.words.list });
    this.list.setAttribute("aria-labelledby", this.name.id);
    this.node = element("div", {},
      element("div", { className: "gx-row" }, this.name, this.order), this.list);
  }

  draw({ about, state }, values) {
    const { words } = this.page;
    this.order.textContent = this.lowestFirst ? words.lowest_first : words.highest_first;
    if (values !== this.values || this.lowestFirst !== this.ordered) this.fill(about, state.quantity, values);
    this.values = values;
    this.ordered = this.lowestFirst;
    this.list.value = `${state.layer}.${state.head}`;
  }

  fill({ heads }, quantity, values) {
    const count = values === null ? 0 : values.length;
    while (this.list.length < count) this.list.append(element("option"));
    this.list.length = count;
    const order = values === null ? [] : sortedHeads(values, this.lowestFirst);
    order.forEach((at, place) => {
      const name = `${Math.floor(at / heads)}.${at % heads}`;
      const text = name.padEnd(6, "\u00a0") + writerOf(quantity)(values[at]).padStart(8, "\u00a0");
      const option = this.list.options[place];
      if (option.textContent !== text) Object.assign(option, { value: name, textContent: text });
    });
  }
}

// The text alternative: the head, then as far as its layer is here, its graph and the token.
export function sentenceFor(data, graph, words) {
  const { about: { model, heads, tokens }, state } = data;
  const numbersAt = ([layer, head]) => ({ layer, head, model, ...headNumbers(data, layer * heads + head) });
  const now = { ...numbersAt([state.layer, state.head]), ...graph?.said(state.query, tokens) };
  const seen = graph ? [graph.links ? words.sentence_graph : words.sentence_no_graph, words.sentence_token] : [];
  const said = [sentenceOf(words, {}, now, [words.sentence, ...seen])];
  if (state.pinned.length) said.push(sentenceOf(words, {}, numbersAt(state.pinned), [words.sentence_pinned]));
  return said.join(" ");
}

class ExplorerPage extends HeadsPage {
  constructor(model, el) {
    super(model, el, pageOf(model), [...Object.keys(model.get("start")), "start", ...SHOWN_TRAITS]);
  }

  data() {
    const [overview, against, about] = ["overview", "against", "about"].map((name) => this.model.get(name));
    return { overview, against, about, state: this.state() };
  }

  graph(layer, head) {
    return this.layers.graph(layer, head);
  }

  build() {
    const { words } = this;
    const frame = this.model.get("frame");
    this.layers = new Layers(this.model);
    this.values = kept(valuesOf, originsOfValues);
    this.map = new HeadMap(this);
    this.list = new HeadList(this);
    this.strip = new TokenStrip(this);
    this.views = [new HeadView(this, words.this_head), new HeadView(this, words.pinned_head)];
    this.readouts = [0, 1].map(() => makeReadout(frame.readouts));
    this.names = [0, 1].map(() => element("p", { className: "gx-title" }));
    const part = (name, ...children) => element("div", { className: `gx-${name}` }, ...children);
    this.enclose("gedig-explorer", part("body",
      part("all", this.buildChoices(), this.map.node, this.list.node),
      part("views", this.strip.node, this.status, ...this.views.map((view) => view.node)),
      part("read", ...this.readouts.flatMap(({ node }, place) => [this.names[place], node])),
      this.buildControls(frame)));
    if (this.alone) this.fixThreshold();
  }

  buildChoices() {
    const { words } = this;
    this.choices = {
      quantity: makeChoice(this, "quantity", QUANTITIES, (name) => words[`quantity_${name}`]),
      baseline: makeChoice(this, "baseline", BASELINES, (name) => words[`baseline_${name}`]),
    };
    const induction = this.choices.quantity.list.querySelector('[value="induction"]');
    induction.disabled = !this.model.get("about").induction;
    if (induction.disabled) induction.textContent += ` ${words.needs_period}`;
    this.matched = this.matchedToggle();
    this.comparing = element("div", { className: "gx-against" }, this.choices.baseline.node, this.matched.node);
    return element("div", {}, this.choices.quantity.node, this.comparing);
  }

  buildControls(frame) {
    this.controls = frame.controls.map((spec) => makeControl(spec, this));
    this.pin = element("button", { type: "button" });
    this.pin.addEventListener("click", () => {
      const { layer, head, pinned } = this.state();
      this.change({ pinned: pinned.length ? [] : [layer, head] });
    });
    return element("div", { className: "gh-controls" }, ...this.controls.map(({ node }) => node),
      this.buttons(this.pin));
  }

  reset() {
    this.list.lowestFirst = false;
    super.reset();
    this.redraw();
  }

  // Without a kernel the threshold cannot move.
  fixThreshold() {
    const threshold = this.controls.find(({ input }) => input.name === "quantile");
    if (threshold) this.fix((reason) => threshold.node.append(reason), threshold.input);
  }

  drawFocus({ query }) {
    const focus = this.hovered ?? query;
    this.strip.point(this.views[0].graph, focus, query);
    this.views.forEach((view) => view.point(focus));
  }

  draw() {
    this.layers.take();
    const data = this.data();
    const { state } = data;
    const values = this.values(data);
    this.room ??= this.measure(this.map.node, this.views[0].pictures[0].stage);
    this.map.draw(data, values, this.room.map);
    this.list.draw(data, values);
    this.strip.draw(data);
    this.drawHeads(data);
    this.drawFocus(state);
    this.showControls(state);
    this.sentence.show(sentenceFor(data, this.views[0].graph, this.words));
    this.layers.ask([...new Set([state.layer, ...state.pinned.slice(0, 1)])]);
    const old = state.quantile !== data.overview.quantile;
    this.root.classList.toggle("gx-old", old);
    this.showStatus(state, values === null, old);
  }

  drawHeads(data) {
    const { state, about } = data;
    const heads = [[state.layer, state.head], ...(state.pinned.length ? [state.pinned] : [])];
    this.views.forEach((view, place) => {
      const where = heads[place];
      [view.node, this.names[place], this.readouts[place].node].forEach((part) => { part.hidden = !where; });
      if (!where) {
        view.graph = null;
        return;
      }
      view.draw(where, about, this.room);
      this.names[place].textContent = view.title.textContent;
      this.readouts[place].show(headNumbers(data, where[0] * about.heads + where[1]));
    });
  }

  showControls(state) {
    this.controls.forEach((control) => control.show());
    this.choices.quantity.show(state.quantity);
    this.choices.baseline.show(state.baseline);
    this.matched.show();
    this.comparing.hidden = state.quantity !== "delta";
    this.matched.node.hidden = !this.model.get("about").causal || state.baseline === "row_shuffled";
    this.pin.textContent = state.pinned.length ? this.words.unpin : this.words.pin;
  }

  showStatus({ layer, pinned }, comparing, old) {
    const { layers, words } = this;
    const message = this.model.get("message");
    const missing = [layer, ...pinned.slice(0, 1)].find((one) => !layers.edges.has(one) || !layers.pictures.has(one));
    const waiting = old || comparing || missing !== undefined;
    const asking = old ? words.asking_quantile : missing === undefined ? words.asking_baseline
      : fill(words.asking_layer, { layer: missing });
    this.say(message ? this.failure(message) : waiting ? asking : "", waiting && !message);
  }
}

export { HeadGraph, headNumbers, valuesOf };

export default {
  render({ model, el }) {
    const page = new ExplorerPage(model, el);
    return () => page.close();
  },
};
