// The live F page together: a sentence is read for every head, and one head is opened.

import { BASELINES, CONVENTIONS } from "../../engine/names.js";
import { element, explain, mark } from "../kit/dom.js";
import { makeControl, pageOf } from "../kit/frame.js";
import { kept } from "../kit/kept.js";
import { steps } from "../kit/keys.js";
import { clamp, mean, shareAbove } from "../kit/sums.js";
import { fill, sentenceOf } from "../kit/text.js";
import { Beside, makeOwn } from "./beside.js";
import { makeBox } from "./box.js";
import { aligned, bytesOf, HeadGraph, pictureOf, remembered } from "./data.js";
import { makeBoxPlots, makeDifferences, makeLooks, makeTermBars } from "./live_pictures.js";
import { fiveNumbers, heldColours, numbersOf, ofHead, originsOfNumbers, TERMS } from "./numbers.js";
import { HeadsPage, HeadView, makeChoice } from "./page.js";

const ASKED = ["text", "model", "temperature", "convention", "quantile"];
const CHOSEN = [...ASKED, "lam", "gamma", "baseline", "matched", "shown", "view", "layer", "head", "query", "beside"];
const SAID = ["status", "message", "answered", "picture"];
const ANSWERS = ["models", "heated", ...SAID, ...SAID.map((name) => `beside_${name}`), "details"];
const SLIDERS = [
  { name: "temperature", kind: "log", low: 0.25, high: 4, step: Math.log10(2) / 8 },
  { name: "quantile", kind: "slider", low: 0.5, high: 0.99, step: 0.01 },
  { name: "lam", kind: "slider", low: 0, high: 2, step: 0.05 },
  { name: "gamma", kind: "slider", low: 0, high: 2, step: 0.05 },
];

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
    this.colours = heldColours();
    this.view = new TabbedHead(this, this.words.opened);
    this.views = [this.view];
    this.boxes = makeBoxPlots(this);
    this.table = makeDifferences(this);
    this.looks = makeLooks(this);
    this.bars = makeTermBars(this);
    this.view.node.append(this.bars.node);
    const { words, map, model } = this;
    this.box = makeBox(words, {
      name: "text", title: words.sentence, read: (text) => this.read(text), examples: this.prepare(),
    });
    this.own = makeOwn(this, map, words.first);
    this.beside = new Beside(this);
    this.box.node.append(this.beside.opener);
    const sliders = SLIDERS.map((spec) => makeControl({ ...spec, label: words[spec.name], unit: "" }, this));
    const [temperature, quantile] = sliders;
    const heat = { node: element("p", { className: "gx-note gl-heat", id: `${this.id}-heat`, textContent: `${words.heat} ` }) };
    this.weighs = element("span");
    heat.node.append(this.weighs);
    mark(temperature.input, { "aria-describedby": heat.node.id });
    const choices = this.buildChoices(words);
    const part = (name, ...children) => element("section", { className: `gl-${name}` }, ...children);
    const { convention, baseline } = choices;
    [[quantile, words.why_quantile], [convention, words.why_convention], [this.matched, words.why_matched]]
      .forEach(([{ node, input }, text]) => explain(node, text, input));
    quantile.node.title += ` ${words.reset_one}`;
    this.explainBaseline = kept((name) => explain(baseline.node, words[`why_${name}`], baseline.input), (name) => [name]);
    this.maskNote = element("span", { className: "gx-note", textContent: words.no_mask });
    this.matched.node.append(this.maskNote);
    this.controls = [...sliders, ...Object.values(choices), this.matched];
    this.coloured = element("p", { className: "gx-title" });
    this.enclose("gedig-live", element("div", { className: "gl-columns" },
      part("sentence", this.box.node, this.status, this.strip.node, this.looks.node,
        choices.model.node, choices.convention.node),
      part("map", element("div", { className: "gl-heads" },
        this.coloured, this.own.node, this.boxes.node, map.scale),
        choices.shown.node, choices.baseline.node, this.matched.node, this.table.node),
      this.view.node), this.rowOfControls([temperature, heat, ...sliders.slice(1)]));
    this.offerModels = kept(() => choices.model.offer(this.engine ? [model.get("model")] : model.get("models")),
      () => [model.get("models")]);
    this.delta = choices.shown.input.options[0];
    // Without a kernel or an engine nothing can be read again.
    if (this.alone) this.fix((reason) => this.sentence.node.before(reason), this.box, this.beside.box, temperature, quantile, choices.model, choices.convention);
  }

  buildChoices(words) {
    const itself = (value) => value;
    return {
      model: makeChoice(this, "model", [], itself),
      shown: makeChoice(this, "shown", ["delta", "F", ...TERMS], (value) => words[`quantity_${value}`]),
      convention: makeChoice(this, "convention", Object.keys(CONVENTIONS), (value) => words[value],
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
    const two = this.beside.isOpen(state);
    if (two !== this.two) this.setTwo(two);
    this.root.classList.toggle("gl-blank", !read);
    this.root.classList.toggle("gx-old", status !== "ready");
    this.showControls(about, state, status);
    if (read) this.drawHeads(data);
    this.showStatus(state, status, read);
    if (two) this.beside.show(state);
  }

  // The page of one sentence or of two, which leave other widths to the pictures.
  setTwo(two) {
    const { beside, status, coloured, boxes, bars } = this;
    this.two = two;
    this.room = null;
    this.root.classList.toggle("gl-two", two);
    beside.stand(two, [[status, beside.box.node, beside.status], [coloured, beside.difference, beside.lengths],
      [boxes.node, beside.own.node], [bars.node, beside.both.node]]);
  }

  // On a narrow page the two means stand under the box that changes them, and not below its tokens.
  setMeans() {
    const { two, own: { means, said }, status, view } = this;
    const columns = getComputedStyle(view.node.parentNode).gridTemplateColumns.split(" ");
    (!two && columns.length === 1 ? status : said).after(means.node);
  }

  // What the kernel says of a sentence, once it has answered what the controls ask.
  statusOf(asked, prefix = "") {
    const answered = this.model.get(`${prefix}answered`);
    if (ASKED.every((name) => answered[name] === asked[name])) return this.model.get(`${prefix}status`);
    return asked.text.trim() ? "loading" : "empty";
  }

  drawHeads(data) {
    const { about, state } = data;
    const { map, view, boxes, bars, beside } = this;
    const now = this.numbers(data);
    this.shown = now;
    if (this.hovered >= about.tokens.length) this.hovered = null;
    view.show(state.view);
    if (!this.room) this.setMeans();
    this.room ??= { ...this.measure(view.stages), boxes: boxes.node.clientWidth, bars: bars.node.clientWidth };
    const at = state.layer * about.heads + state.head;
    const { two } = this;
    const second = two ? beside.numbers(data) : undefined;
    const scene = { ...data, now, two, second, at, aboutBeside: this.model.get("beside_picture") };
    const { values, level } = this.colours(data, now);
    const theirs = second && beside.colours(data, second).values;
    this.root.classList.toggle("gl-pale", !now.values);
    const rows = map.draw(data, values, this.room.map, second && state.quantity !== "delta" ? undefined : level, theirs);
    this.own.show(state.text, about.tokens.length, now, at, second && state.beside);
    if (second) beside.draw(scene, theirs, values, this.room.map);
    boxes.draw({ ...data, ...rows, values, level, width: this.room.boxes });
    this.strip.draw(data);
    view.draw([state.layer, state.head], about, this.room);
    this.drawFocus();
    bars.draw({ ...scene, width: this.room.bars });
    this.table.draw(scene);
    this.sentence.show([sentenceFor(data, now, view.graph, this.words), ...beside.said(scene)].join(" "));
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
    this.weighs.textContent = fill(words[`weighs_${state.convention}`], this.model.get("weights")[state.convention]);
    this.explainBaseline(state.baseline);
    this.matched.input.disabled = !causal;
    this.maskNote.hidden = causal;
  }

  // What an engine says while it gets ready.
  progress(prefix = "") {
    return this.model.get(`${prefix}status`) === "loading" ? this.model.get(`${prefix}message`) : "";
  }

  // Which baseline is being computed.
  computing(name) {
    return name ? fill(this.words.awaited, { baseline: this.words[`baseline_${name}`] }) : "";
  }

  // Of one token every F is 0, whatever the model.
  tooShort({ tokens }) {
    return tokens?.length === 1 ? this.words.one_token : "";
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
        : this.computing(awaited) || this.tooShort(this.model.get("picture"))),
    };
    const waits = status === "ready" && Boolean(missing || awaited);
    this.status.classList.toggle("gl-quiet", status === "ready");
    this.say(said[status](), waits || status === "loading");
  }

  close() {
    super.close();
    this.box.stop();
    this.beside.box.stop();
  }
}

export { fiveNumbers, numbersOf };

export default {
  render({ model, el }) {
    const page = new LivePage(model, el);
    return () => page.close();
  },
};
