// The live F page together: a sentence is read for every head, and one head is opened.

import { element, mark } from "../kit/dom.js";
import { makeControl, makeReadout, pageOf } from "../kit/frame.js";
import { kept } from "../kit/kept.js";
import { steps } from "../kit/keys.js";
import { clamp, mean, shareAbove } from "../kit/sums.js";
import { fill, sentenceOf } from "../kit/text.js";
import { aligned, bytesOf, HeadGraph, pictureOf, remembered } from "./data.js";
import { makeBoxPlots, makeDifferences, makeLooks, makeTermBars } from "./live_pictures.js";
import { BASELINES, fiveNumbers, numbersOf, ofHead, originsOfNumbers, TERMS } from "./numbers.js";
import { HeadsPage, HeadView, makeChoice } from "./page.js";

const ASKED = ["text", "model", "temperature", "convention", "quantile"];
const CHOSEN = [...ASKED, "lam", "gamma", "baseline", "matched", "shown", "view", "layer", "head", "query"];
const ANSWERS = ["models", "heated", "status", "message", "answered", "picture", "details"];
const SLIDERS = [
  { name: "temperature", kind: "log", low: 0.25, high: 4, step: Math.log10(2) / 8 },
  { name: "quantile", kind: "slider", low: 0.5, high: 0.99, step: 0.01 },
  { name: "lam", kind: "slider", low: 0, high: 2, step: 0.05 },
  { name: "gamma", kind: "slider", low: 0, high: 2, step: 0.05 },
];
const PAUSE = 350;

// What the shared parts ask of a page; a place beyond a new text or model is its last one.
function livePageOf(model) {
  const page = pageOf(model, () => model.get("defaults"), model.get("words"));
  const state = () => {
    const now = Object.fromEntries(CHOSEN.map((name) => [name, model.get(name)]));
    const { layers = 1, heads = 1, tokens = [""] } = model.get("picture");
    return {
      ...now, quantity: now.shown, pinned: [], layer: clamp(now.layer, 0, layers - 1),
      head: clamp(now.head, 0, heads - 1), query: clamp(now.query, 0, tokens.length - 1),
    };
  };
  return { ...page, state };
}

// The sentence is read at a pause in typing, on Enter, and when the box is left.
function makeBox(page, examples) {
  const { words } = page;
  const input = element("textarea", { rows: 3, name: "text", spellcheck: false });
  let waiting = 0;
  const stop = () => clearTimeout(waiting);
  const send = () => {
    stop();
    page.read(input.value);
  };
  input.addEventListener("change", send);
  input.addEventListener("input", () => {
    stop();
    waiting = setTimeout(send, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    send();
  });
  const buttons = examples.map((text) => element("button", { type: "button", textContent: text, title: text }));
  buttons.forEach((button) => button.addEventListener("click", () => {
    input.value = button.textContent;
    input.focus();
    send();
  }));
  const offer = element("div", { className: "gl-examples" },
    element("p", { className: "gx-note", textContent: words.try_one }), ...buttons);
  const title = element("span", { className: "gx-title", textContent: words.sentence });
  const show = (text, offered, over) => {
    if (input.getRootNode().activeElement !== input) input.value = text;
    buttons.forEach((button) => button.classList.toggle("gl-chosen", button.textContent === text));
    offer.hidden = !offered || buttons.length === 0;
    offer.classList.toggle("gl-over", over);
  };
  return { input, node: element("div", { className: "gl-box-of-text" }, element("label", {}, title, input), offer), show, stop };
}

// One picture of the head at a time, behind tabs.
class TabbedHead extends HeadView {
  constructor(page, title) {
    super(page, title);
    mark(this.stages, { role: "tabpanel", id: `${page.id}-panel` });
    this.tabs = this.pictures.map(({ name }) => this.makeTab(name));
    this.heading.append(mark(element("div", { className: "gl-tabs" }, ...this.tabs), { role: "tablist" }));
  }

  makeTab(name) {
    const { page } = this;
    const tab = element("button", { type: "button", textContent: page.words[`tab_${name}`] });
    tab.addEventListener("click", () => page.change({ view: name }));
    tab.addEventListener("keydown", (event) => {
      const move = steps(event);
      if (!move) return;
      const next = clamp(this.tabs.indexOf(tab) + move[0] + move[1], 0, this.tabs.length - 1);
      page.change({ view: this.pictures[next].name });
      this.tabs[next].focus();
    });
    return mark(tab, { role: "tab", id: `${page.id}-${name}`, "aria-controls": this.stages.id });
  }

  show(view) {
    this.pictures.forEach(({ name, node }, place) => {
      const chosen = name === view;
      node.hidden = !chosen;
      mark(this.tabs[place], { "aria-selected": chosen, tabindex: chosen ? 0 : -1 });
      if (chosen) this.stages.setAttribute("aria-labelledby", this.tabs[place].id);
    });
    this.open = this.pictures.filter(({ name }) => name === view);
  }
}

// The text alternative: the chosen head, what it is compared with, and the chosen token.
export function sentenceFor({ about, state }, { real, against, chosen, meanF }, graph, words) {
  const at = state.layer * about.heads + state.head;
  const now = {
    ...ofHead(real, at, state), model: about.model, mean_F: meanF, delta: chosen ? chosen.delta[at] : null, count: real.F.length,
    mean: chosen ? mean(chosen.delta) : null, share_above: chosen ? shareAbove(chosen.delta) : null, delta_shuffled: against.row_shuffled?.delta[at],
    ...graph?.said(state.query, about.tokens),
  };
  return sentenceOf(words, state, now, [words.summary, ...(against.row_shuffled ? [words.summary_shuffle] : []),
    ...(graph ? [words.sentence_token] : [])]);
}

// A layer as the kernel sends it, and the graphs of its heads made so far.
const decodeLayer = remembered((layer) => ({
  picture: pictureOf(layer), edges: bytesOf(layer.edges), thresholds: aligned(layer.thresholds, Float64Array),
  graphs: [],
}));

class LivePage extends HeadsPage {
  constructor(model, el) {
    super(model, el, livePageOf(model), [...CHOSEN, ...ANSWERS], 168);
  }

  data() {
    return { about: this.model.get("picture"), state: this.state() };
  }

  // The graph of a head, or null until its layer is here.
  graph(layer, head) {
    const { tokens, causal } = this.model.get("picture");
    const sent = this.model.get("details")[layer];
    if (!sent) return null;
    const { picture, edges, thresholds, graphs } = decodeLayer(sent);
    graphs[head] ??= new HeadGraph(picture, edges, head,
      { length: tokens.length, causal, threshold: thresholds[head] });
    return graphs[head];
  }

  build() {
    this.numbers = kept(numbersOf, originsOfNumbers);
    this.view = new TabbedHead(this, this.words.opened);
    this.views = [this.view];
    this.boxes = makeBoxPlots(this);
    this.table = makeDifferences(this);
    this.looks = makeLooks(this);
    this.bars = makeTermBars(this);
    this.view.node.append(this.bars.node);
    this.box = makeBox(this, this.prepare());
    const { words, map, model } = this;
    const sliders = SLIDERS.map((spec) => makeControl({ ...spec, label: words[spec.name], unit: "" }, this));
    const [temperature, quantile] = sliders;
    const heat = { node: element("p", { className: "gx-note gl-heat", id: `${this.id}-heat`, textContent: words.heat }) };
    mark(temperature.input, { "aria-describedby": heat.node.id });
    const choices = this.buildChoices(words);
    const part = (name, ...children) => element("section", { className: `gl-${name}` }, ...children);
    this.maskNote = element("span", { className: "gx-note", textContent: words.no_mask });
    this.matched.node.append(this.maskNote);
    this.controls = [...sliders, ...Object.values(choices), this.matched];
    this.means = makeReadout([
      { name: "meanF", symbol: words.mean_F, label: words.of_all, format: "fixed" },
      { name: "F", symbol: words.quantity_F, label: words.of_this, format: "fixed" }]);
    this.coloured = element("p", { className: "gx-title" });
    this.enclose("gedig-live", element("div", { className: "gl-columns" },
      part("sentence", this.box.node, this.status, this.strip.node, this.looks.node,
        choices.model.node, choices.convention.node),
      part("map", this.means.node, this.coloured, element("div", { className: "gl-heads" }, map.node, this.boxes.node, map.scale),
        choices.shown.node, choices.baseline.node, this.matched.node, this.table.node),
      this.view.node), this.rowOfControls([temperature, heat, ...sliders.slice(1)]));
    this.offerModels = kept(() => choices.model.offer(this.engine ? [model.get("model")] : model.get("models")),
      () => [model.get("models")]);
    this.delta = choices.shown.input.options[0];
    // Without a kernel or an engine nothing can be read again.
    if (this.alone) this.fix((reason) => this.sentence.node.before(reason), this.box, temperature, quantile, choices.model, choices.convention);
  }

  buildChoices(words) {
    const itself = (value) => value;
    return {
      model: makeChoice(this, "model", [], itself),
      shown: makeChoice(this, "shown", ["delta", "F", ...TERMS], (value) => words[`quantity_${value}`]),
      convention: makeChoice(this, "convention", ["paper", "released"], (value) => words[value],
        (convention) => this.change({ convention, ...this.model.get("weights")[convention] })), // its own λ and γ
      baseline: makeChoice(this, "baseline", BASELINES, (value) => words[`baseline_${value}`]),
    };
  }

  // Without a kernel or an engine the page has the answers for its first text and for the examples.
  // Returns what can be offered.
  prepare() {
    const [text, picture, details, examples] = ["text", "picture", "details", "examples"].map((name) => this.model.get(name));
    const standalone = this.alone && this.model.get("standalone");
    this.prepared = standalone ? { [text]: { picture, details }, ...this.model.get("prepared") } : {};
    return standalone && examples.length ? Object.keys(this.prepared) : examples;
  }

  read(text) {
    const answered = { ...this.model.get("answered"), text };
    const answer = this.prepared[text];
    this.change(answer ? { text, ...answer, answered } : { text });
  }

  draw() {
    const data = this.data();
    const { about, state } = data;
    const read = about.terms !== undefined;
    const status = this.statusOf(state);
    this.root.classList.toggle("gl-blank", !read);
    this.root.classList.toggle("gx-old", status !== "ready");
    this.showControls(about, state, status);
    if (read) this.drawHeads(data);
    this.showStatus(state, status, read);
  }

  // What the kernel says, once it has answered what the controls ask.
  statusOf(state) {
    const answered = this.model.get("answered");
    if (ASKED.every((name) => answered[name] === state[name])) return this.model.get("status");
    return state.text.trim() ? "loading" : "empty";
  }

  drawHeads(data) {
    const { about, state } = data;
    const { map, view, boxes, bars } = this;
    const now = this.numbers(data);
    this.shown = now;
    if (this.hovered >= about.tokens.length) this.hovered = null;
    view.show(state.view);
    this.room ??= { ...this.measure(view.stages), boxes: boxes.node.clientWidth, bars: bars.node.clientWidth };
    const scene = { ...data, now };
    const { values, level } = this.coloursOf(data, now);
    const rows = map.draw(data, values, this.room.map, level);
    boxes.draw({ ...data, ...rows, values, level, width: this.room.boxes });
    this.means.show({ meanF: now.meanF, F: now.real.F[state.layer * about.heads + state.head] });
    this.strip.draw(data);
    view.draw([state.layer, state.head], about, this.room);
    this.drawFocus();
    bars.draw({ ...scene, width: this.room.bars });
    this.table.draw(scene);
    this.sentence.show(sentenceFor(data, now, view.graph, this.words));
  }

  // What colours the map. Until its baseline is here, what coloured it last stays, pale.
  coloursOf({ about: { layers, heads }, state: { quantity } }, { values, level }) {
    const kind = [quantity, layers, heads].join();
    if (values) this.colours = { kind, values, level };
    this.root.classList.toggle("gl-pale", !values);
    return this.colours?.kind === kind ? this.colours : { values, level };
  }

  drawFocus() {
    super.drawFocus();
    const { view: { graph }, focus, looks } = this;
    looks.node.classList.toggle("gx-stale", graph === null);
    if (graph) looks.draw({ graph, focus, tokens: this.model.get("picture").tokens });
  }

  showControls({ causal = true }, state, status) {
    const { words } = this;
    const always = this.alone && this.model.get("standalone");
    this.box.show(state.text, always || (status === "empty" && !this.alone), !always);
    this.offerModels();
    this.root.classList.toggle("gl-heated", this.engine || this.model.get("heated"));
    this.controls.forEach((control) => control.show());
    const against = fill(words.quantity_delta, { baseline: words[`baseline_${state.baseline}`] });
    if (this.delta.textContent !== against) this.delta.textContent = against;
    this.coloured.textContent = fill(words.coloured, { quantity: this.delta.parentNode.selectedOptions[0].textContent });
    this.matched.input.disabled = !causal;
    this.maskNote.hidden = causal;
  }

  // What an engine says while it gets ready.
  progress() {
    return this.model.get("status") === "loading" ? this.model.get("message") : "";
  }

  showStatus({ model, layer }, status, read) {
    const { words } = this;
    const awaited = read && this.shown.awaited;
    const missing = read && this.view.graph === null;
    const said = {
      empty: () => words.empty,
      loading: () => this.progress() || fill(words.loading, { model }),
      error: () => this.failure(this.model.get("message"), read ? words.failed : words.failed_first),
      ready: () => (missing ? fill(words.asking_layer, { layer })
        : awaited ? fill(words.awaited, { baseline: words[`baseline_${awaited}`] }) : ""),
    };
    const waits = status === "ready" && Boolean(missing || awaited);
    this.status.classList.toggle("gl-quiet", waits);
    this.say(said[status](), waits || status === "loading");
  }

  close() {
    super.close();
    this.box.stop();
  }
}

export { fiveNumbers, numbersOf };

export default {
  render({ model, el }) {
    const page = new LivePage(model, el);
    return () => page.close();
  },
};
