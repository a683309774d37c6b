// The explorer together: what is fetched, what is shown, and one drawing for every change.

import { BASELINES } from "../../engine/names.js";
import { element } from "../kit/dom.js";
import { makeControl, makeReadout, pageOf } from "../kit/frame.js";
import { kept } from "../kit/kept.js";
import { fill, sentenceOf } from "../kit/text.js";
import { bytesOf, HeadGraph, pictureOf } from "./data.js";
import { writerOf } from "./map.js";
import {
  decodeOverview, headNumbers, originsOfValues, QUANTITIES, sortedHeads, valuesOf,
} from "./numbers.js";
import { HeadsPage, HeadView, makeChoice } from "./page.js";

const NONE = [];
const SHOWN_TRAITS = ["start", "overview", "against", "pictures", "edges", "message"];

// A list box of the browser's own: arrow keys, Home, End and typing '4.7' all find a head.
function makeList(page) {
  const { words } = page;
  const list = element("select", { size: 9, className: "gx-list" });
  const order = element("button", { type: "button" });
  const name = element("span", { id: `${page.id}-list`, textContent: words.list });
  let lowestFirst = false;
  const turn = (lowest) => {
    lowestFirst = lowest;
    page.redraw();
  };
  list.setAttribute("aria-labelledby", name.id);
  list.addEventListener("change", () => {
    const [layer, head] = list.value.split(".").map(Number);
    page.change({ layer, head });
  });
  order.addEventListener("click", () => turn(!lowestFirst));
  const write = kept(({ values, heads, quantity }) => {
    list.length = values.length;
    sortedHeads(values, lowestFirst).forEach((at, place) => {
      const value = `${Math.floor(at / heads)}.${at % heads}`;
      const textContent = value.padEnd(6, "\u00a0") + writerOf(quantity)(values[at]).padStart(8, "\u00a0");
      const option = list.options[place];
      if (option.textContent !== textContent) Object.assign(option, { value, textContent });
    });
  }, ({ values }) => [values, lowestFirst]);
  const draw = ({ about: { heads }, state: { layer, head, quantity } }, values) => {
    order.textContent = lowestFirst ? words.lowest_first : words.highest_first;
    write({ values: values ?? NONE, heads, quantity });
    list.value = `${layer}.${head}`;
  };
  const node = element("div", {}, element("div", { className: "gx-row" }, name, order), list);
  return { node, draw, reset: () => turn(false) };
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
    super(model, el, pageOf(model), [...Object.keys(model.get("start")), ...SHOWN_TRAITS], 114);
  }

  data() {
    const [overview, against, about] = ["overview", "against", "about"].map((name) => this.model.get(name));
    return { overview, against, about, state: this.state() };
  }

  // ---- layers -----------------------------------------------------------------------------

  // What is here so far by layer. Edges belong to one threshold; pictures stay.
  take() {
    const { reading } = this.model.get("overview");
    const [pictures, edges] = ["pictures", "edges"].map((name) => this.model.get(name));
    if (reading !== this.reading) {
      this.reading = reading;
      this.edges = {};
      this.graphs = {};
    }
    Object.entries(pictures.layers ?? {}).forEach(([layer, sent]) => { this.pictures[layer] ??= pictureOf(sent); });
    if (edges.reading !== reading) return;
    Object.entries(edges.layers).forEach(([layer, bits]) => { this.edges[layer] = bytesOf(bits); });
  }

  // The graph of a head, or null until its layer is here.
  graph(layer, head) {
    if (this.isMissing(layer)) return null;
    const { overview, about: { tokens, causal, heads } } = this.data();
    const threshold = decodeOverview(overview).threshold[layer * heads + head];
    this.graphs[`${layer}.${head}`] ??= new HeadGraph(this.pictures[layer], this.edges[layer], head,
      { length: tokens.length, causal, threshold });
    return this.graphs[`${layer}.${head}`];
  }

  isMissing(layer) {
    return !(layer in this.pictures && layer in this.edges);
  }

  // Ask the kernel, once, for what is missing of the layers to be shown.
  ask(layers) {
    const [pictures, edges] = [this.pictures, this.edges].map((here) => layers.filter((layer) => !(layer in here)));
    const key = JSON.stringify([this.reading, pictures, edges]);
    if (pictures.length + edges.length === 0 || key === this.asked) return;
    this.asked = key;
    this.change({ ask: { number: (this.model.get("ask").number ?? 0) + 1, pictures, edges } });
  }

  // ---- what stands where ------------------------------------------------------------------

  build() {
    const { words, map, strip, status } = this;
    const frame = this.model.get("frame");
    this.pictures = {};
    this.values = kept(valuesOf, originsOfValues);
    this.list = makeList(this);
    this.views = [new HeadView(this, words.this_head), new HeadView(this, words.pinned_head)];
    this.readouts = this.views.map(() => makeReadout(frame.readouts));
    const [readout, pinned] = this.readouts;
    this.name = element("p", { className: "gx-title" });
    this.pin = element("button", { type: "button" });
    this.pin.addEventListener("click", () => {
      const { layer, head, pinned } = this.state();
      this.change({ pinned: pinned.length ? [] : [layer, head] });
    });
    const choices = this.buildChoices();
    const sliders = frame.controls.map((spec) => makeControl(spec, this));
    this.controls.push(...sliders);
    this.views[0].heading.append(this.pin);
    this.views[1].heading.after(pinned.node);
    const part = (name, ...children) => element("div", { className: `gx-${name}` }, ...children);
    this.enclose("gedig-explorer", part("body", part("all", map.node), part("order", choices, this.list.node),
      part("views", strip.node, status, ...this.views.map(({ node }) => node)),
      this.rowOfControls(sliders), part("read", this.name, readout.node)));
    const threshold = sliders.find(({ input }) => input.name === "quantile");
    if (this.alone && threshold) this.fix((reason) => this.sentence.node.before(reason), threshold);
  }

  buildChoices() {
    const { words, matched } = this;
    const quantity = makeChoice(this, "quantity", QUANTITIES, (name) => words[`quantity_${name}`]);
    const baseline = makeChoice(this, "baseline", BASELINES, (name) => words[`baseline_${name}`]);
    const induction = quantity.input.querySelector('[value="induction"]');
    induction.disabled = !this.model.get("about").induction;
    if (induction.disabled) induction.textContent += ` ${words.needs_period}`;
    this.controls = [quantity, baseline, matched];
    this.comparing = element("div", { className: "gx-against" }, baseline.node, matched.node);
    return element("div", {}, quantity.node, this.comparing);
  }

  reset() {
    this.list.reset();
    super.reset();
  }

  // ---- drawing ----------------------------------------------------------------------------

  draw() {
    this.take();
    const data = this.data();
    const { about, state } = data;
    const values = this.values(data);
    this.room ??= this.measure(this.views[0].pictures[0].stage);
    this.map.draw(data, values, this.room.map);
    this.list.draw(data, values);
    this.strip.draw(data);
    this.drawHeads(data);
    this.drawFocus();
    this.controls.forEach((control) => control.show());
    this.comparing.hidden = state.quantity !== "delta";
    this.matched.node.hidden = !about.causal || state.baseline === "row_shuffled";
    this.pin.textContent = state.pinned.length ? this.words.unpin : this.words.pin;
    this.sentence.show(sentenceFor(data, this.views[0].graph, this.words));
    const shown = [...new Set([state.layer, ...state.pinned.slice(0, 1)])];
    this.ask(shown);
    const old = state.quantile !== data.overview.quantile;
    this.root.classList.toggle("gx-old", old);
    this.showStatus(shown.find((layer) => this.isMissing(layer)), values === null, old);
  }

  drawHeads(data) {
    const { state, about } = data;
    const heads = [[state.layer, state.head], state.pinned];
    this.views.forEach((view, place) => {
      const [layer, head] = heads[place];
      view.node.hidden = layer === undefined;
      view.graph = null;
      if (layer === undefined) return;
      view.draw([layer, head], about, this.room);
      this.readouts[place].show(headNumbers(data, layer * about.heads + head));
    });
    this.name.textContent = this.views[0].title.textContent;
  }

  showStatus(missing, comparing, old) {
    const { words } = this;
    const message = this.model.get("message");
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
