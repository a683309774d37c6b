// The live F page together: a sentence is read for every head, and one head is opened.

import { element, mark } from "../kit/dom.js";
import { makeControl, pageOf } from "../kit/frame.js";
import { kept } from "../kit/kept.js";
import { steps } from "../kit/keys.js";
import { clamp, mean, shareAbove } from "../kit/sums.js";
import { fill, sentenceOf } from "../kit/text.js";
import { aligned, bytesOf, HeadGraph, pictureOf, remembered } from "./data.js";
import { BoxPlots, DifferenceTable, LooksAt, TermBars } from "./live_pictures.js";
import { HeadMap } from "./map.js";
import { BASELINES, fiveNumbers, numbersOf, ofHead, originsOfNumbers, TERMS } from "./numbers.js";
import { HeadsPage, HeadView, makeChoice } from "./page.js";
import { TokenStrip } from "./tokens.js";

const CHOSEN = [
  "text", "model", "convention", "quantile", "lam", "gamma", "baseline", "matched", "shown", "view",
  "layer", "head", "query",
];
const ASKED = ["text", "model", "convention", "quantile"];
const ANSWERS = ["models", "status", "message", "answered", "picture", "details"];
const SLIDERS = [["quantile", 0.5, 0.99, 0.01], ["lam", 0, 2, 0.05], ["gamma", 0, 2, 0.05]];
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
class SentenceBox {
  constructor(page) {
    this.page = page;
    this.box = element("textarea", { rows: 3, name: "text", spellcheck: false });
    this.box.addEventListener("change", () => this.send());
    this.box.addEventListener("input", () => {
      this.stop();
      this.waiting = setTimeout(() => this.send(), PAUSE);
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.send();
    });
    this.examples = element("div", { className: "gl-examples" },
      element("p", { className: "gx-note", textContent: page.words.try_one }),
      ...page.examples.map((text) => this.example(text)));
    this.node = element("div", {},
      element("label", {}, element("span", { className: "gx-title", textContent: page.words.sentence }), this.box),
      this.examples);
  }

  example(text) {
    const button = element("button", { type: "button", textContent: text });
    button.addEventListener("click", () => {
      this.box.value = text;
      this.box.focus();
      this.send();
    });
    return button;
  }

  send() {
    this.stop();
    this.page.read(this.box.value);
  }

  stop() {
    clearTimeout(this.waiting);
  }

  show(text, offered) {
    if (this.box.getRootNode().activeElement !== this.box) this.box.value = text;
    const buttons = this.examples.querySelectorAll("button");
    buttons.forEach((button) => button.classList.toggle("gl-chosen", button.textContent === text));
    this.examples.hidden = !offered || buttons.length === 0;
  }
}

// One picture of the head at a time, behind tabs.
class TabbedHead extends HeadView {
  constructor(page, title) {
    super(page, title);
    mark(this.stages, { role: "tabpanel", id: `${page.id}-panel` });
    this.tabs = this.pictures.map(({ name }) => this.makeTab(name));
    this.stages.before(mark(element("div", { className: "gl-tabs" }, ...this.tabs), { role: "tablist" }));
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
export function sentenceFor({ about, state }, { real, against, chosen }, graph, words) {
  const at = state.layer * about.heads + state.head;
  const now = {
    ...ofHead(real, at, state), model: about.model, delta: chosen.delta[at], count: chosen.delta.length,
    mean: mean(chosen.delta), share_above: shareAbove(chosen.delta), delta_shuffled: against.row_shuffled?.delta[at],
    ...graph?.said(state.query, about.tokens),
  };
  return sentenceOf(words, state, now, [words.summary, ...(against.row_shuffled ? [words.summary_shuffle] : []),
    ...(graph ? [words.sentence_token] : [])]);
}

class LivePage extends HeadsPage {
  constructor(model, el) {
    super(model, el, livePageOf(model), [...CHOSEN, ...ANSWERS]);
  }

  build() {
    const { words } = this;
    this.numbers = kept(numbersOf, originsOfNumbers);
    this.prepare();
    this.box = new SentenceBox(this);
    this.map = new HeadMap(this);
    this.boxes = new BoxPlots(this);
    this.table = new DifferenceTable(this);
    this.strip = new TokenStrip(this);
    this.looks = new LooksAt(this);
    this.view = new TabbedHead(this, words.this_head);
    this.bars = new TermBars(this);
    this.view.node.append(this.bars.node);
    this.buildChoices();
    const part = (name, ...children) => element("section", { className: `gl-${name}` }, ...children);
    this.enclose("gedig-live", this.status,
      element("div", { className: "gl-columns" },
        part("sentence", this.box.node, this.choices.model.node, this.strip.node, this.looks.node),
        part("map", this.choices.shown.node,
          element("div", { className: "gl-heads" }, this.map.node, this.boxes.node, this.map.scale),
          this.table.node),
        this.view.node),
      this.buildControls());
    if (this.alone) this.fixReading();
  }

  buildChoices() {
    const { words } = this;
    const name = (value) => words[`baseline_${value}`];
    this.choices = {
      model: makeChoice(this, "model", [], (value) => value),
      shown: makeChoice(this, "shown", ["delta", "F", ...TERMS], (value) => words[`quantity_${value}`]),
      convention: makeChoice({ words, change: (choice) => this.chooseConvention(choice) }, "convention",
        ["paper", "released"], (value) => words[value]),
      baseline: makeChoice(this, "baseline", BASELINES, name),
    };
    this.offerModels = kept((models) => this.choices.model.offer(models), (models) => [models]);
  }

  buildControls() {
    const { words, choices } = this;
    this.sliders = SLIDERS.map(([name, low, high, step]) =>
      makeControl({ name, kind: "slider", low, high, step, label: words[name], unit: "" }, this));
    this.matched = this.matchedToggle();
    this.maskNote = element("span", { className: "gx-note", textContent: words.no_mask });
    this.matched.node.append(this.maskNote);
    return element("div", { className: "gh-controls" }, ...this.sliders.map(({ node }) => node),
      choices.convention.node, choices.baseline.node, this.matched.node, this.buttons());
  }

  // Without a kernel the page has the answers for its first text and for the examples.
  prepare() {
    const [text, picture, details, standalone] = ["text", "picture", "details", "standalone"]
      .map((name) => this.model.get(name));
    this.prepared = standalone ? { [text]: { picture, details }, ...this.model.get("prepared") } : {};
    const examples = this.model.get("examples");
    this.examples = standalone && examples.length ? Object.keys(this.prepared) : examples;
  }

  read(text) {
    const answered = { ...this.model.get("answered"), text };
    const answer = this.prepared[text];
    this.change(answer ? { text, ...answer, answered } : { text });
  }

  // Without a kernel nothing can be read again.
  fixReading() {
    const { model, convention } = this.choices;
    this.fix((reason) => this.status.before(reason),
      this.box.box, this.sliders[0].input, model.list, convention.list);
  }

  // A convention brings its own λ and γ.
  chooseConvention({ convention }) {
    this.change({ convention, ...this.model.get("weights")[convention] });
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

  data() {
    return { about: this.model.get("picture"), state: this.state() };
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
    const now = this.numbers(data);
    if (this.hovered >= about.tokens.length) this.hovered = null;
    this.view.show(state.view);
    this.room ??= this.measureAll();
    const scene = { ...data, now };
    this.map.draw(data, now.values, this.room.map, now.level);
    this.boxes.draw({ ...scene, width: this.room.boxes, row: this.map.row, bottom: this.map.bottom });
    this.strip.draw(data);
    this.view.draw([state.layer, state.head], about, this.room);
    this.drawFocus(state);
    this.bars.draw({ ...scene, width: this.room.bars });
    this.table.draw(scene);
    this.sentence.show(sentenceFor(data, now, this.view.graph, this.words));
  }

  measureAll() {
    const { map, boxes, view, bars } = this;
    return {
      ...this.measure(map.node, view.stages), boxes: boxes.node.clientWidth, bars: bars.node.clientWidth,
    };
  }

  drawFocus({ query }) {
    const { graph } = this.view;
    const focus = this.hovered ?? query;
    this.strip.point(graph, focus, query);
    this.view.point(focus);
    this.looks.node.classList.toggle("gx-stale", graph === null);
    if (graph) this.looks.draw({ graph, focus, tokens: this.model.get("picture").tokens });
  }

  showControls({ causal = true }, state, status) {
    const { choices, words } = this;
    const offered = this.model.get("standalone") || (status === "empty" && !this.alone);
    this.box.show(state.text, offered);
    this.sliders.forEach((slider) => slider.show());
    this.offerModels(this.model.get("models"));
    Object.entries(choices).forEach(([name, choice]) => choice.show(state[name]));
    const against = fill(words.quantity_delta, { baseline: words[`baseline_${state.baseline}`] });
    const [delta] = choices.shown.list.options;
    if (delta.textContent !== against) delta.textContent = against;
    this.matched.show();
    this.matched.input.disabled = !causal;
    this.maskNote.hidden = causal;
  }

  showStatus({ model, layer }, status, read) {
    const { words } = this;
    const missing = read && this.view.graph === null;
    const said = {
      empty: () => words.empty,
      loading: () => fill(words.loading, { model }),
      error: () => this.failure(this.model.get("message"), read ? words.failed : words.failed_first),
      ready: () => (missing ? fill(words.asking_layer, { layer }) : ""),
    };
    this.say(said[status](), status === "loading" || (missing && status === "ready"));
  }

  close() {
    super.close();
    this.box.stop();
  }
}

// A layer as the kernel sends it, and the graphs of its heads made so far.
const decodeLayer = remembered((layer) => ({
  picture: pictureOf(layer), edges: bytesOf(layer.edges), thresholds: aligned(layer.thresholds, Float64Array),
  graphs: [],
}));

export { fiveNumbers, numbersOf };

export default {
  render({ model, el }) {
    const page = new LivePage(model, el);
    return () => page.close();
  },
};
