// The explorer together: what is fetched, what is shown, and one drawing for every change.

const SHOWN_TRAITS = ["overview", "against", "pictures", "edges", "message"];
const WIDEST = 420;
const THEMES = {
  attributes: true, attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "data-theme", "theme", "class"],
};

// The layers here so far. Edges belong to one threshold; pictures stay.
class Layers {
  constructor(model) {
    this.model = model;
    this.pictures = new Map();
    this.edges = new Map();
    this.graphs = new Map();
    const { tokens, causal } = model.get("about");
    this.text = { length: tokens.length, causal };
  }

  take() {
    const { model } = this;
    const { reading } = model.get("overview");
    if (reading !== this.reading) {
      this.reading = reading;
      this.edges.clear();
      this.graphs.clear();
    }
    Object.entries(model.get("pictures").layers ?? {}).forEach(([layer, { cells, peaks }]) => {
      if (this.pictures.has(Number(layer))) return;
      this.pictures.set(Number(layer), { cells: bytesOf(cells), peaks: aligned(peaks, Float32Array) });
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
      this.graphs.set(key, new HeadGraph(picture, edges, head, this.text));
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

// The three pictures of one head under its title.
class HeadView {
  constructor(page, title) {
    this.page = page;
    this.words = title;
    this.title = element("h3", { className: "gx-title" });
    this.pictures = [new Arcs(page, "arcs"), new Matrix(page, "matrix"), new Graph(page, "graph")];
    this.node = element("section", { className: "gx-head" }, this.title,
      element("div", { className: "gx-pictures" }, ...this.pictures.map((picture) => picture.node)));
  }

  draw(where, data, { width, ramp }) {
    const { about, overview } = data;
    const [layer, head] = where;
    this.title.textContent = fill(this.words, { layer, head });
    const graph = this.page.layers.graph(layer, head);
    this.node.classList.toggle("gx-stale", graph === null);
    this.graph = graph;
    if (graph === null) return;
    if (graph === this.drawn && width === this.width && ramp === this.ramp) return;
    Object.assign(this, { drawn: graph, width, ramp });
    const height = clamp(13.5 * about.tokens.length + 14, 260, 340);
    const threshold = decodeOverview(overview).threshold[layer * about.heads + head];
    const scene = { graph, tokens: about.tokens, width, height, threshold, colours: ramp };
    this.pictures.forEach((picture) => picture.draw(scene));
  }

  point(focus) {
    if (this.graph) this.pictures.forEach((picture) => picture.point(focus));
  }
}

class ExplorerPage {
  constructor(model, el) {
    Object.assign(this, pageOf(model), { model });
    this.id = `gedig-explorer-${Math.random().toString(36).slice(2)}`;
    this.layers = new Layers(model);
    this.values = keptValues();
    this.redraw = once(() => this.draw());
    this.build(model.get("frame"));
    el.append(this.root);
    const observed = [...Object.keys(this.start()), "start", ...SHOWN_TRAITS];
    this.changes = observed.map((name) => `change:${name}`);
    this.changes.forEach((change) => model.on(change, this.redraw));
    this.watchPage();
    this.redraw();
  }

  data() {
    const [overview, against, about] = ["overview", "against", "about"].map((name) => this.model.get(name));
    return { overview, against, about, state: this.state() };
  }

  build(frame) {
    const { words } = this;
    this.map = new HeadMap(this);
    this.list = new HeadList(this);
    this.strip = new TokenStrip(this);
    this.views = [new HeadView(this, words.this_head), new HeadView(this, words.pinned_head)];
    this.status = element("p", { className: "gx-status" });
    this.status.setAttribute("role", "status");
    this.sentence = makeSentence(words);
    this.readouts = [0, 1].map(() => makeReadout(frame.readouts));
    this.names = [0, 1].map(() => element("p", { className: "gx-title" }));
    const part = (name, ...children) => element("div", { className: `gx-${name}` }, ...children);
    this.root = element("div", { className: "gedig-hero gedig-explorer" },
      element("p", { className: "gh-question", textContent: words.question }),
      element("p", { className: "gh-hint", textContent: words.hint }),
      element("span", { className: "gx-deep", hidden: true }),
      part("body",
        part("all", this.buildChoices(), this.map.node, this.list.node),
        part("views", this.strip.node, this.status, ...this.views.map((view) => view.node)),
        part("read", ...this.readouts.flatMap(({ node }, place) => [this.names[place], node])),
        this.buildControls(frame)),
      this.sentence.node);
    if (this.model.get("standalone")) this.fixThreshold();
    mark(this.root, { role: "group", "aria-label": words.question, "data-lm-suppress-shortcuts": "true" });
    // The notebook would take the arrow keys for itself.
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
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
    this.matched = makeToggle({ name: "matched", label: words.matched }, {
      get: () => this.state().matched, set: (matched) => this.change({ matched }),
    });
    this.comparing = element("div", { className: "gx-against" }, this.choices.baseline.node, this.matched.node);
    return element("div", {}, this.choices.quantity.node, this.comparing);
  }

  buildControls(frame) {
    const { words } = this;
    this.controls = frame.controls.map((spec) => makeControl(spec, this));
    this.pin = element("button", { type: "button" });
    this.pin.addEventListener("click", () => {
      const { layer, head, pinned } = this.state();
      this.change({ pinned: pinned.length ? [] : [layer, head] });
    });
    const reset = element("button", { type: "button", textContent: words.reset });
    reset.addEventListener("click", () => this.change(this.start()));
    return element("div", { className: "gh-controls" }, ...this.controls.map(({ node }) => node),
      element("div", { className: "gh-buttons" }, this.pin, reset, this.sentence.button));
  }

  // Without a kernel the threshold cannot move; a sentence at its place says why.
  fixThreshold() {
    const threshold = this.controls.find(({ node }) => node.querySelector('[name="quantile"]'));
    if (!threshold) return;
    const reason = element("p", { className: "gx-note", id: `${this.id}-fixed`, textContent: this.words.needs_kernel });
    mark(threshold.node.querySelector("input"), { disabled: "", "aria-describedby": reason.id });
    threshold.node.append(reason);
  }

  // The token in focus: the one pointed at, else the chosen one.
  point(place) {
    const hovered = place === undefined ? null : Number(place);
    if (hovered === this.hovered) return;
    this.hovered = hovered;
    this.drawFocus(this.state());
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
    this.room ??= this.measure();
    this.map.draw(data, values, this.room.map);
    this.list.draw(data, values);
    this.strip.draw(data);
    this.drawHeads(data);
    this.drawFocus(state);
    this.showControls(state);
    this.sentence.show(sentenceOf(data, this.views[0].graph, this.words));
    const shownLayers = [...new Set([state.layer, ...state.pinned.slice(0, 1)])];
    this.layers.ask(shownLayers);
    this.showStatus(state, values === null);
  }

  // What the page around gives: widths and colours, read once and again when they change.
  measure() {
    const [map, width] = [this.map.node, this.views[0].pictures[0].stage].map((node) =>
      clamp(Math.floor(node.clientWidth), 180, WIDEST));
    return { map, width, ramp: pixelRamp(this.root) };
  }

  drawHeads(data) {
    const { state, about } = data;
    const heads = [[state.layer, state.head], ...(state.pinned.length ? [state.pinned] : [])];
    [0, 1].forEach((place) => {
      const where = heads[place];
      const node = this.views[place].node;
      [node, this.names[place], this.readouts[place].node].forEach((part) => { part.hidden = !where; });
      if (!where) {
        this.views[place].graph = null;
        return;
      }
      this.views[place].draw(where, data, this.room);
      this.names[place].textContent = this.views[place].title.textContent;
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

  showStatus({ layer, pinned }, comparing) {
    const message = this.model.get("message");
    const [missing] = [layer, ...pinned.slice(0, 1)].filter((one) => !this.layers.edges.has(one)
      || !this.layers.pictures.has(one));
    const waiting = comparing || missing !== undefined;
    this.root.setAttribute("aria-busy", String(waiting && !message));
    const asking = missing === undefined ? this.words.asking_baseline
      : fill(this.words.asking_layer, { layer: missing });
    const failed = message && fill(this.words.failed, { reason: message.replace(/\.$/, "") });
    const text = failed || (waiting ? asking : "");
    if (text !== this.status.textContent) this.status.textContent = text;
  }

  // Widths and theme come from the page around; a change of either draws anew.
  watchPage() {
    const again = () => requestAnimationFrame(() => {
      if (!this.root.isConnected) return;
      this.room = null;
      this.draw();
    });
    this.sizes = new ResizeObserver(again);
    this.sizes.observe(this.root);
    this.themes = new MutationObserver(again);
    [document.body, document.documentElement].forEach((node) => this.themes.observe(node, THEMES));
    this.preference = matchMedia("(prefers-color-scheme: dark)");
    this.preference.addEventListener("change", again);
    this.forget = () => this.preference.removeEventListener("change", again);
  }

  close() {
    this.changes.forEach((change) => this.model.off(change, this.redraw));
    this.sizes.disconnect();
    this.themes.disconnect();
    this.forget();
    this.sentence.stop();
  }
}

export default {
  render({ model, el }) {
    const page = new ExplorerPage(model, el);
    return () => page.close();
  },
};
