// The live F page. The model's traits are the only state; everything drawn here follows from
// them. The numbers: F = density − λ(entropy + γ·path gain), from exact terms in float64.

export const TERMS = ["density", "entropy", "path_gain"];
const COLUMNS = ["real", "random", "uniform", "local", "diagonal", "row_shuffled"];
const TIE = 1e-12; // as in gedig_edu.lab.statistics: differences up to it are rounding, not above

// ---- numbers ------------------------------------------------------------------------------

export function floats(view) {
  return new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

export function term(terms, index) {
  const count = terms.length / 3;
  return terms.subarray(index * count, (index + 1) * count);
}

export function combine(terms, lam, gamma) {
  const [density, entropy, pathGain] = [0, 1, 2].map((index) => term(terms, index));
  return density.map((value, head) => value - lam * (entropy[head] + gamma * pathGain[head]));
}

export function difference(values, others) {
  return values.map((value, index) => value - others[index]);
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function shareAbove(delta) {
  return delta.filter((value) => value > TIE).length / delta.length;
}

export function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

export function fiveNumbers(values) {
  const sorted = Float64Array.from(values).sort();
  return [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(sorted, share));
}

export function linkAt(bytes, length, row, column) {
  const stride = Math.ceil(length / 8);
  return (bytes[row * stride + (column >> 3)] >> (column & 7)) & 1;
}

export function linksOf(bytes, length) {
  const pairs = [];
  const degree = new Array(length).fill(0);
  for (let row = 0; row < length; row += 1) {
    for (let column = 0; column < row; column += 1) {
      if (linkAt(bytes, length, row, column) || linkAt(bytes, length, column, row)) {
        pairs.push([column, row]);
        degree[row] += 1;
        degree[column] += 1;
      }
    }
  }
  return { pairs, degree };
}

export function ticks(low, high, most = 3) {
  const span = high - low || 1;
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= most);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => (first + index) * step);
}

export function three(value, signed = false) {
  const size = Math.abs(value);
  const digits = size === 0 ? "0.00" : size < 1e-4 ? size.toExponential(2) : size.toPrecision(3);
  return (value < 0 ? "−" : signed && value > 0 ? "+" : "") + digits;
}

const plain = (value) => String(Number(value.toPrecision(3))).replace("-", "−");
const percent = (share) => `${Math.round(100 * share)} %`;

// Straight lines in OKLab, as views/style.py draws them.
function toLab(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toRgb([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((part) => {
    const kept = Math.min(Math.max(part, 0), 1);
    return Math.round(255 * (kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055));
  });
}

export function ramp(from, to, steps = 256) {
  const [start, end] = [toLab(from), toLab(to)];
  return Array.from({ length: steps }, (_, step) =>
    toRgb(start.map((part, axis) => part + (step / (steps - 1)) * (end[axis] - part))));
}

// ---- small helpers for the page -----------------------------------------------------------

function put(made, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) {
      made.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== null) {
      made.setAttribute(name, value);
    }
  }
  return made;
}

function tag(name, properties = {}, ...children) {
  const made = put(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function draw(name, properties = {}, ...children) {
  const made = put(document.createElementNS("http://www.w3.org/2000/svg", name), properties);
  made.append(...children);
  return made;
}

function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function short(label, most) {
  const pieces = [...label];
  return pieces.length <= most ? label : `${pieces.slice(0, most - 1).join("")}…`;
}

function withSpaces(make, label) {
  return label.split(/([␣⏎⇥])/).filter(Boolean).map((piece) =>
    "␣⏎⇥".includes(piece) ? make("space", piece) : piece);
}

const inText = (label) =>
  withSpaces((name, piece) => tag("span", { class: `gl-${name}` }, piece), label);
const inFigure = (label) =>
  withSpaces((name, piece) => draw("tspan", { class: `gl-${name}` }, piece), label);

function stepFor(count, room, least) {
  return Math.max(1, Math.ceil((least * count) / room));
}

// Runs `make` only when what it depends on has changed.
function remember(make) {
  let last;
  return (key, ...rest) => {
    if (key !== last) {
      last = key;
      make(...rest);
    }
  };
}

// ---- what the traits say ------------------------------------------------------------------

const decoded = new WeakMap();

function decode(picture) {
  if (!decoded.has(picture)) {
    const baselines = Object.entries(picture.baselines).map(([name, kinds]) => [name, {
      unmasked: floats(kinds.unmasked), matched: floats(kinds.matched),
    }]);
    decoded.set(picture, { real: floats(picture.terms), baselines: Object.fromEntries(baselines) });
  }
  return decoded.get(picture);
}

// Every number of the page at the present λ, γ, baseline and mask.
export function numbers(get) {
  const picture = get("picture");
  if (!picture.terms) {
    return null;
  }
  const { real, baselines } = decode(picture);
  const [lam, gamma] = [get("lam"), get("gamma")];
  const kind = get("matched") ? "matched" : "unmasked";
  const F = combine(real, lam, gamma);
  const against = Object.fromEntries(Object.entries(baselines).map(([name, kinds]) => {
    const level = combine(kinds[kind], lam, gamma);
    return [name, { terms: kinds[kind], F: level, delta: difference(F, level) }];
  }));
  const chosen = against[get("baseline")] ?? Object.values(against)[0];
  const shown = get("shown");
  const index = TERMS.indexOf(shown);
  const values = shown === "delta" ? chosen.delta : shown === "F" ? F : term(real, index);
  const level = shown === "delta" ? 0 : mean(shown === "F" ? chosen.F : term(chosen.terms, index));
  const at = get("layer") * picture.heads + get("head");
  return { picture, real, lam, gamma, F, against, chosen, shown, values, level, at };
}

// ---- the page -----------------------------------------------------------------------------

let pages = 0;

class Page {
  constructor(model, el) {
    pages += 1;
    this.id = `gedig-live-${pages}`;
    this.model = model;
    this.get = (name) => model.get(name);
    this.words = model.get("words");
    this.root = tag("div", {
      class: "gedig-live", role: "group", "aria-label": this.words.question,
      "data-lm-suppress-shortcuts": "true",
    });
    // The notebook would take arrow keys and Shift+Enter for itself.
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.build();
    el.append(this.root);
    this.parts();
  }

  say(name, values) {
    return fill(this.words[name] ?? name, values);
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) {
      this.model.set(name, value);
    }
    this.model.save_changes();
  }

  build() {
    this.status = tag("p", { class: "gl-status", role: "status" });
    this.map = tag("div", { class: "gl-figure" });
    this.figure = tag("div", { class: "gl-figure", role: "tabpanel", id: `${this.id}-panel` });
    this.terms = tag("div", { class: "gl-figure" });
    this.title = tag("h3", { class: "gl-title" });
    this.note = tag("p", { class: "gl-note" });
    this.readout = tag("table", { class: "gl-readout" });
    this.alternative = tag("p", { class: "gl-words gl-hidden", "aria-live": "polite" });
    this.body = tag("div", { class: "gl-body" },
      tag("div", { class: "gl-columns" },
        this.buildSentence(),
        tag("section", { class: "gl-map" }, this.buildShown(), this.map, this.readout),
        tag("section", { class: "gl-head" }, this.title, this.buildTabs(), this.figure, this.note,
          this.buildFormula(), this.terms)),
      this.buildControls());
    this.root.append(tag("p", { class: "gl-question" }, this.words.question), this.status,
      this.body, this.alternative);
    if (this.get("standalone")) {
      this.fix();
    }
  }

  // On a page without a kernel: disable what only a kernel answers, and say why.
  fix() {
    const reason = tag("p", { class: "gl-note", id: `${this.id}-fixed` }, this.words.needs_kernel);
    this.status.before(reason);
    const choices = [this.modelChoice, this.conventionChoice].map((choice) => choice.control);
    for (const control of [this.box, this.sliders.quantile.input, ...choices]) {
      put(control, { disabled: "", "aria-describedby": reason.id });
    }
  }

  buildSentence() {
    let waiting;
    const send = () => {
      clearTimeout(waiting);
      this.set({ text: this.box.value });
    };
    this.box = tag("textarea", {
      rows: 3, id: `${this.id}-text`, spellcheck: "false", onchange: send,
      oninput: () => {
        clearTimeout(waiting);
        waiting = setTimeout(send, 350);
      },
      onkeydown: (event) => {
        if (event.key === "Enter") {
          event.preventDefault();
          send();
        }
      },
    });
    this.box.value = this.get("text");
    this.stopTyping = () => clearTimeout(waiting);
    this.chips = tag("div", { class: "gl-chips", role: "group", "aria-label": this.words.tokens });
    this.examples = tag("div", { class: "gl-examples" });
    this.looks = tag("div", { class: "gl-looks" });
    this.modelChoice = this.choice("model", this.get("models"), (name) => name);
    return tag("section", { class: "gl-sentence" },
      tag("label", { for: `${this.id}-text`, class: "gl-title" }, this.words.sentence), this.box,
      this.modelChoice, this.examples, tag("p", { class: "gl-note" }, this.words.tokens),
      this.chips, this.looks);
  }

  buildShown() {
    const names = ["delta", "F", ...TERMS];
    this.shownChoice = this.choice("shown", names, (name) =>
      this.say(name, { baseline: this.say(this.get("baseline")) }));
    return this.shownChoice;
  }

  buildTabs() {
    const names = ["arcs", "matrix", "graph"];
    const move = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        event.preventDefault();
        const next = names[(names.indexOf(this.get("view")) + step + 3) % 3];
        this.set({ view: next });
        this.tabs[next].focus();
      }
    };
    this.tabs = Object.fromEntries(names.map((name) => [name, tag("button", {
      type: "button", role: "tab", id: `${this.id}-${name}`, "aria-controls": `${this.id}-panel`,
      onclick: () => this.set({ view: name }), onkeydown: move,
    }, this.words[name])]));
    return tag("div", { role: "tablist", class: "gl-tabs" }, ...Object.values(this.tabs));
  }

  buildFormula() {
    const parts = this.words.formula_label.split(/(density|entropy|path gain)/).map((piece) => {
      const name = piece.replace(" ", "_");
      return TERMS.includes(name) ? tag("b", { class: `gl-ink-${name}` }, piece) : piece;
    });
    return tag("p", { class: "gl-formula" }, ...parts);
  }

  buildControls() {
    this.sliders = {
      quantile: this.slider("quantile", 0.5, 0.99, 0.01),
      lam: this.slider("lam", 0, 2, 0.05),
      gamma: this.slider("gamma", 0, 2, 0.05),
    };
    this.conventionChoice = this.choice("convention", ["paper", "released"], (n) => this.say(n));
    this.baselineChoice = this.choice("baseline", COLUMNS.slice(1), (name) => this.say(name));
    this.check = tag("input", {
      type: "checkbox", onchange: () => this.set({ matched: this.check.checked }),
    });
    this.maskNote = tag("span", { class: "gl-note" });
    const reset = tag("button", { type: "button", onclick: () => this.reset() }, this.words.reset);
    return tag("div", { class: "gl-controls" },
      ...Object.values(this.sliders).map(({ label }) => label),
      this.conventionChoice, this.baselineChoice,
      tag("label", { class: "gl-check" }, this.check,
        tag("span", {}, this.words.matched, " ", this.maskNote)),
      tag("div", { class: "gl-buttons" }, reset, this.buildWordsButton()));
  }

  buildWordsButton() {
    const button = tag("button", {
      type: "button", "aria-expanded": "false",
      onclick: () => {
        const hidden = this.alternative.classList.toggle("gl-hidden");
        button.setAttribute("aria-expanded", String(!hidden));
      },
    }, this.words.in_words);
    return button;
  }

  slider(name, min, max, step) {
    const value = tag("output", { class: "gl-value" });
    const show = (number) => this.set({ [name]: Math.min(max, Math.max(min, number)) });
    const input = tag("input", {
      type: "range", min, max, step, "aria-label": this.words[name],
      oninput: () => show(Number(input.value)),
      ondblclick: () => show(this.get("defaults")[name]),
      onkeydown: (event) => {
        const jump = { PageUp: 10, PageDown: -10 }[event.key];
        if (jump) {
          event.preventDefault();
          show(Number((Number(input.value) + jump * step).toFixed(6)));
        }
      },
    });
    const label = tag("label", { class: "gl-slider" },
      tag("span", {}, this.words[name]), value, input);
    return { label, input, value };
  }

  choice(name, options, text) {
    const select = tag("select", {
      "aria-label": this.words[name], onchange: () => this.set({ [name]: select.value }),
    });
    const label = tag("label", { class: "gl-choice" }, tag("span", {}, this.words[name]), select);
    label.show = () => {
      const wanted = options.map((option) => [option, text(option)]);
      if (String(wanted) !== label.written) {
        label.written = String(wanted);
        select.replaceChildren(...wanted.map(([option, words]) =>
          tag("option", { value: option }, words)));
      }
      select.value = this.get(name);
    };
    return label;
  }

  reset() {
    const defaults = this.get("defaults");
    // The kernel sets λ and γ of a new convention, so the convention goes first.
    this.set({ convention: defaults.convention });
    this.set(defaults);
  }

  parts() {
    this.drawChips = remember(() => this.showChips());
    this.drawMap = remember((...rest) => this.showMap(...rest));
    this.drawCells = remember((...rest) => this.showCells(...rest));
    this.drawFigure = remember((...rest) => this.showFigure(...rest));
    this.drawTerms = remember((...rest) => this.showTerms(...rest));
    this.drawReadout = remember((...rest) => this.showReadout(...rest));
  }

  // One drawing of everything that changed. `theme` and widths come from the page itself.
  show() {
    const { get } = this;
    this.readTheme();
    this.showStatus();
    this.showControls();
    const now = numbers(get);
    this.body.classList.toggle("gl-blank", now === null);
    if (now === null) {
      return;
    }
    const { picture } = now;
    const [layer, head, query] = ["layer", "head", "query"].map(get);
    const width = (part) => Math.max(Math.round(part.clientWidth), 240);
    const look = this.theme + String(this.look);
    const stamp = this.stamp(picture);
    const weighed = [stamp, now.lam, now.gamma, get("matched"), get("baseline"), look].join();
    this.drawChips(stamp);
    this.showChosen(query);
    this.drawMap([stamp, width(this.map), look].join(), now, width(this.map));
    this.drawCells([weighed, now.shown, layer, head, width(this.map)].join(), now);
    this.title.textContent = `${this.say("this_head", { layer, head })} `;
    this.title.append(tag("span", { class: "gl-note" }, this.say("layer_head", { layer, head })));
    const figure = [this.stamp(get("details")), stamp, get("view"), layer, head, query, look];
    this.drawFigure([...figure, width(this.figure)].join(), now, width(this.figure));
    this.drawTerms([weighed, layer, head, width(this.terms)].join(), now, width(this.terms));
    this.drawReadout([weighed, layer, head].join(), now);
    this.showWords(now);
  }

  stamp(object) {
    this.stamps ??= new WeakMap();
    if (!this.stamps.has(object)) {
      this.stampCount = (this.stampCount ?? 0) + 1;
      this.stamps.set(object, this.stampCount);
    }
    return this.stamps.get(object);
  }

  readTheme() {
    const style = getComputedStyle(this.root);
    const read = (text) => (text.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
    const page = read(style.backgroundColor);
    const dark = page[0] * 0.2126 + page[1] * 0.7152 + page[2] * 0.0722 < 110;
    this.root.dataset.theme = dark ? "dark" : "light";
    const probe = (name) => {
      this.probe ??= this.root.appendChild(tag("span", { class: "gl-probe" }));
      this.probe.style.color = `var(--gl-${name})`;
      return read(getComputedStyle(this.probe).color);
    };
    this.theme = this.root.dataset.theme + String(page);
    if (this.rampsOf !== this.theme) {
      this.rampsOf = this.theme;
      this.ramps = {
        weight: ramp(page, probe("deep")),
        F: ramp(page, probe("ink")),
        density: ramp(page, probe("structure")),
        entropy: ramp(page, probe("heat")),
        path_gain: ramp(page, probe("paths")),
        delta: [...ramp(probe("heat"), page, 128), ...ramp(page, probe("structure"), 128)],
      };
    }
  }

  showStatus() {
    const status = this.get("status");
    const text = {
      empty: this.words.empty,
      loading: this.say("loading", { model: this.get("model") }),
      error: this.say("failed", { reason: this.get("message").replace(/\.$/, "") }),
      ready: "",
    }[status];
    if (this.status.textContent !== text) {
      this.status.textContent = text;
    }
    this.root.dataset.status = status;
    this.root.setAttribute("aria-busy", String(status === "loading"));
    const examples = this.get("examples");
    this.examples.hidden = status !== "empty" || examples.length === 0;
    if (!this.examples.hidden && !this.examples.childElementCount) {
      this.examples.append(tag("p", { class: "gl-note" }, this.words.try_one),
        ...examples.map((text) => tag("button", {
          type: "button", onclick: () => this.set({ text }),
        }, text)));
    }
  }

  showControls() {
    const { get } = this;
    if (this.root.getRootNode().activeElement !== this.box) {
      this.box.value = get("text");
    }
    for (const [name, { input, value }] of Object.entries(this.sliders)) {
      input.value = get(name);
      value.textContent = get(name).toFixed(2);
    }
    for (const choice of [this.modelChoice, this.shownChoice, this.conventionChoice,
      this.baselineChoice]) {
      choice.show();
    }
    const causal = get("picture").causal !== false;
    this.check.checked = get("matched");
    this.check.disabled = !causal;
    this.maskNote.textContent = causal ? "" : this.words.no_mask;
    for (const [name, tab] of Object.entries(this.tabs)) {
      const chosen = name === get("view");
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) {
        this.figure.setAttribute("aria-labelledby", tab.id);
      }
    }
  }

  showChips() {
    this.chips.replaceChildren(...this.get("picture").tokens.map((label, place) => tag("button", {
      type: "button", onclick: () => this.set({ query: place }),
    }, ...inText(label))));
  }

  showChosen(query) {
    [...this.chips.children].forEach((chip, place) =>
      chip.setAttribute("aria-pressed", String(place === query)));
  }

  weights() {
    const detail = this.get("details")[`${this.get("layer")}.${this.get("head")}`];
    if (!detail) {
      return null;
    }
    const read = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    return { cells: read(detail.weights), links: read(detail.links), peak: detail.peak };
  }
}

// ---- the map of heads and the box plots ---------------------------------------------------

const TOP = 20;

function mapFrame(width, { layers, heads }) {
  const left = 40;
  const right = left + Math.round((width - left) * 0.56);
  const boxLeft = right + 14;
  const height = Math.min(Math.max(13 * layers, 300), 400);
  return {
    left, right, boxLeft, boxRight: width - 8, height, bottom: TOP + height,
    cell: (right - left) / heads, row: height / layers,
  };
}

Page.prototype.showMap = function showMap({ picture }, width) {
  const { layers, heads } = picture;
  const frame = mapFrame(width, picture);
  this.frame = frame;
  const y = (layer) => frame.bottom - (layer + 1) * frame.row;
  this.cells = [];
  const rows = Array.from({ length: layers }, (_, layer) => draw("g", { role: "row" },
    ...Array.from({ length: heads }, (_, head) => {
      const cell = draw("rect", {
        role: "gridcell", id: `${this.id}-${layer}-${head}`, class: "gl-cell",
        x: frame.left + head * frame.cell, y: y(layer), width: frame.cell, height: frame.row,
        onclick: () => this.set({ layer, head }),
      });
      this.cells.push(cell);
      return cell;
    })));
  const axes = draw("g", { "aria-hidden": "true" });
  for (let layer = 0; layer < layers; layer += stepFor(layers, frame.height, 15)) {
    axes.append(draw("text", {
      x: frame.left - 6, y: y(layer) + frame.row / 2, class: "gl-end gl-mid",
    }, String(layer)));
  }
  for (let head = 0; head < heads; head += stepFor(heads, frame.right - frame.left, 18)) {
    axes.append(draw("text", {
      x: frame.left + (head + 0.5) * frame.cell, y: frame.bottom + 15, class: "gl-centre",
    }, String(head)));
  }
  axes.append(
    draw("text", { x: (frame.left + frame.right) / 2, y: frame.bottom + 31, class: "gl-centre gl-soft" },
      this.words.head),
    draw("text", {
      transform: `translate(11 ${TOP + frame.height / 2}) rotate(-90)`, class: "gl-centre gl-soft",
    }, `${this.words.layer} ↑`));
  this.mark = draw("rect", { class: "gl-mark", width: frame.cell, height: frame.row });
  this.boxes = draw("g", { "aria-hidden": "true" });
  this.grid = draw("g", {
    role: "grid", tabindex: 0, class: "gl-grid", "aria-label": this.words.map_label,
    onkeydown: (event) => this.moveHead(event),
  }, ...rows, draw("rect", {
    class: "gl-frame", x: frame.left, y: TOP, width: frame.right - frame.left, height: frame.height,
  }));
  this.map.replaceChildren(draw("svg", { width, height: frame.bottom + 78 },
    this.grid, this.mark, axes, this.boxes));
};

Page.prototype.moveHead = function moveHead(event) {
  const { layers, heads } = this.get("picture");
  const [layer, head] = [this.get("layer"), this.get("head")];
  const moves = {
    ArrowUp: [layer + 1, head], ArrowDown: [layer - 1, head],
    ArrowRight: [layer, head + 1], ArrowLeft: [layer, head - 1],
    Home: [layer, 0], End: [layer, heads - 1],
    PageUp: [layers - 1, head], PageDown: [0, head],
  };
  const next = moves[event.key];
  if (next) {
    event.preventDefault();
    const within = (place, count) => Math.min(Math.max(place, 0), count - 1);
    this.set({ layer: within(next[0], layers), head: within(next[1], heads) });
  }
};

Page.prototype.showCells = function showCells({ picture, values, shown, level, at }) {
  const { frame } = this;
  const { heads } = picture;
  const colours = this.ramps[shown];
  const extent = Math.max(...values.map(Math.abs)) || 1;
  const [low, high] = shown === "delta"
    ? [-extent, extent] : [Math.min(level, ...values), Math.max(level, ...values)];
  const colour = (value) => {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return `rgb(${colours[Math.round(share * (colours.length - 1))].join()})`;
  };
  this.cells.forEach((cell, place) => {
    const [layer, head] = [Math.floor(place / heads), place % heads];
    cell.setAttribute("fill", colour(values[place]));
    cell.setAttribute("aria-selected", String(place === at));
    cell.setAttribute("aria-label",
      this.say("cell", { layer, head, value: three(values[place], shown === "delta") }));
  });
  this.grid.setAttribute("aria-activedescendant", this.cells[at].id);
  this.mark.setAttribute("x", this.cells[at].getAttribute("x"));
  this.mark.setAttribute("y", this.cells[at].getAttribute("y"));
  this.boxes.replaceChildren(...this.boxArt(values, level, at, picture),
    ...this.scaleArt(colour, low, high, level, shown, frame));
};

Page.prototype.boxArt = function boxArt(values, level, at, { layers, heads }) {
  const { frame } = this;
  const [low, high] = [Math.min(level, ...values), Math.max(level, ...values)];
  const span = high - low || 1;
  const x = (value) => frame.boxLeft + 6
    + ((value - low) / span) * (frame.boxRight - frame.boxLeft - 12);
  const art = ticks(low, high, 3).flatMap((value) => [
    draw("line", { class: "gl-line", x1: x(value), x2: x(value), y1: TOP, y2: frame.bottom }),
    draw("text", { class: "gl-centre", x: x(value), y: frame.bottom + 15 }, plain(value)),
  ]);
  const thick = Math.min(frame.row * 0.6, 16);
  for (let layer = 0; layer < layers; layer += 1) {
    const y = frame.bottom - (layer + 0.5) * frame.row;
    const [least, first, median, third, most] =
      fiveNumbers(values.subarray(layer * heads, (layer + 1) * heads)).map(x);
    art.push(
      draw("line", { class: "gl-whisker", x1: least, x2: most, y1: y, y2: y }),
      draw("rect", {
        class: "gl-box", x: first, width: Math.max(third - first, 1), y: y - thick / 2, height: thick,
      }),
      draw("line", { class: "gl-median", x1: median, x2: median, y1: y - thick / 2, y2: y + thick / 2 }));
  }
  const chosenY = frame.bottom - (Math.floor(at / heads) + 0.5) * frame.row;
  const middle = (frame.boxLeft + frame.boxRight) / 2;
  const label = this.words[`column_${this.get("baseline")}`];
  const side = x(level) + 7 * label.length > frame.boxRight ? "gl-end" : "";
  art.push(
    draw("circle", { class: "gl-accent", cx: x(values[at]), cy: chosenY, r: 4 }),
    draw("line", { class: "gl-dotted", x1: x(level), x2: x(level), y1: TOP - 4, y2: frame.bottom }),
    draw("text", { class: side, x: x(level) + (side ? 6 : -6), y: TOP - 8 }, label),
    draw("text", { class: "gl-centre gl-soft", x: middle, y: frame.bottom + 31 }, this.words.heads_of_layer));
  return art;
};

Page.prototype.scaleArt = function scaleArt(colour, low, high, level, shown, frame) {
  const [left, right, top] = [frame.left, frame.boxRight, frame.bottom + 42];
  const x = (value) => left + ((value - low) / (high - low || 1)) * (right - left);
  const steps = 60;
  const art = Array.from({ length: steps }, (_, step) => draw("rect", {
    x: left + (step * (right - left)) / steps, width: (right - left) / steps + 0.5, y: top, height: 10,
    fill: colour(low + ((step + 0.5) / steps) * (high - low)),
  }));
  const signed = shown === "delta";
  const [below, above] = signed ? [` ${this.words.below}`, `${this.words.above} `] : ["", ""];
  const ends = [["", low, below, "", left], [above, high, "", "gl-end", right]];
  art.push(draw("rect", { class: "gl-frame", x: left, y: top, width: right - left, height: 10 }),
    ...ends.map(([before, value, after, side, place]) =>
      draw("text", { class: side, x: place, y: top + 26 }, before, three(value, signed), after)));
  art.push(draw("line", { class: "gl-dotted", x1: x(level), x2: x(level), y1: top - 4, y2: top + 14 }));
  if (!signed && x(level) > left + 60 && x(level) < right - 60) {
    art.push(draw("text", { class: "gl-centre", x: x(level), y: top + 26 }, three(level)));
  }
  return art;
};

// ---- the chosen head ----------------------------------------------------------------------

Page.prototype.showFigure = function showFigure({ picture }, width) {
  const { get } = this;
  const { tokens } = picture;
  const view = get("view");
  const query = Math.min(get("query"), tokens.length - 1);
  const weights = this.weights();
  const height = Math.min(Math.max(14 * tokens.length + 16, 340), 430);
  const svg = draw("svg", { width, height, role: "img", "aria-label": this.words[`${view}_label`] });
  this.figure.replaceChildren(svg);
  if (weights === null) {
    const where = { layer: get("layer"), head: get("head") };
    svg.append(draw("text", { x: 8, y: 24 }, this.say("detail_missing", where)));
    return;
  }
  const links = linksOf(weights.links, tokens.length);
  const row = Array.from(weights.cells.subarray(query * tokens.length, (query + 1) * tokens.length),
    (cell) => (cell / 255) * weights.peak);
  const scene = { tokens, query, row, links, weights, width, height, svg };
  ({ arcs: drawArcs, matrix: drawMatrix, graph: drawGraph })[view].call(this, scene);
  this.note.replaceChildren(...this.noteFor(view, tokens[query]));
  this.showLooks(scene);
};

Page.prototype.noteFor = function noteFor(view, label) {
  const [before, after] = this.words[`${view}_note`].split("{token}");
  return [before, tag("code", { class: "gl-chosen" }, ...inText(label)), after ?? ""];
};

Page.prototype.showLooks = function showLooks({ tokens, query, row, links }) {
  const best = row.map((weight, place) => [weight, place]).sort((a, b) => b[0] - a[0]).slice(0, 4);
  const hubs = links.degree.map((degree, place) => [degree, place])
    .filter(([degree]) => degree > 1).sort((a, b) => b[0] - a[0]).slice(0, 3);
  const [before, after] = this.words.looks_at.split("{token}");
  const bar = ([weight, place]) => tag("li", {},
    tag("code", {}, ...inText(tokens[place])),
    tag("span", { class: "gl-bar", style: `--share:${Math.min(weight, 1)}` }), percent(weight));
  const hub = ([degree, place]) => tag("li", {},
    tag("code", {}, ...inText(tokens[place])), this.say("links", { count: degree }));
  this.looks.replaceChildren(
    tag("p", {}, before, tag("code", { class: "gl-chosen" }, ...inText(tokens[query])), after ?? ""),
    tag("ul", { class: "gl-bars" }, ...best.filter(([weight]) => weight >= 0.005).map(bar)),
    ...(hubs.length
      ? [tag("p", {}, this.words.most_linked), tag("ul", {}, ...hubs.map(hub))]
      : [tag("p", {}, links.pairs.length ? "" : this.words.no_links)]));
};

function tokenText(page, { tokens, query }, place, attributes, most = 12) {
  return draw("text", {
    ...attributes, class: `gl-token ${attributes.class ?? ""} ${place === query ? "gl-chosen" : ""}`,
    onclick: () => page.set({ query: place }),
  }, ...inFigure(short(tokens[place], most)));
}

// Every step-th label, and the chosen one instead of its neighbours.
function isLabelled(place, query, step) {
  return place === query || (place % step === 0 && Math.abs(place - query) >= step);
}

function hubSize(degree, links) {
  return 2 + 5 * (degree / Math.max(...links.degree, 3));
}

function drawArcs(scene) {
  const { tokens, query, row, links, width, height, svg } = scene;
  const length = tokens.length;
  const x = Math.min(8 + 7.4 * Math.max(...tokens.map((label) => [...label].length)), 100);
  const pitch = (height - 16) / length;
  const y = (place) => 8 + (place + 0.5) * pitch;
  const arc = (one, other) => {
    const reach = x + 26 + (width - x - 42) * (Math.abs(one - other) / Math.max(length - 1, 1)) ** 0.7;
    const bend = x + 12 + ((reach - x - 12) * 4) / 3;
    return `M${x + 12} ${y(one)}C${bend} ${y(one)} ${bend} ${y(other)} ${x + 12} ${y(other)}`;
  };
  svg.append(draw("path", { class: "gl-link", d: links.pairs.map((pair) => arc(...pair)).join("") }));
  row.forEach((weight, place) => {
    if (weight >= 0.02 && place !== query) {
      svg.append(draw("path", {
        class: "gl-arc", d: arc(query, place), "stroke-width": 0.75 + 7 * weight,
      }));
    }
  });
  const step = stepFor(length, height - 16, 13);
  links.degree.forEach((degree, place) => {
    svg.append(draw("circle", { class: "gl-dot", cx: x + 10, cy: y(place), r: hubSize(degree, links) }));
    if (isLabelled(place, query, step)) {
      svg.append(tokenText(this, scene, place, { x: x - 1, y: y(place), class: "gl-end gl-mid" }));
    }
  });
  if (row[query] >= 0.02) {
    svg.append(draw("circle", {
      class: "gl-arc", cx: x + 10, cy: y(query), r: 9, "stroke-width": 0.75 + 5 * row[query],
    }));
  }
}

function drawMatrix(scene) {
  const { tokens, query, weights, links, width, height, svg } = scene;
  const length = tokens.length;
  const [left, below] = [100, 70];
  const side = Math.min(width - left - 4, height - below - 4);
  const cell = side / length;
  const canvas = Object.assign(document.createElement("canvas"), { width: length, height: length });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(length, length);
  weights.cells.forEach((value, place) => {
    pixels.data.set([...this.ramps.weight[value], 255], 4 * place);
  });
  context.putImageData(pixels, 0, 0);
  svg.append(draw("image", {
    href: canvas.toDataURL(), x: left, y: 2, width: side, height: side, class: "gl-pixels",
    onclick: (event) => {
      const box = svg.getBoundingClientRect();
      const place = Math.floor((event.clientY - box.top - 2) / cell);
      this.set({ query: Math.min(Math.max(place, 0), length - 1) });
    },
  }));
  let outline = "";
  for (let place = 0; place < length * length; place += 1) {
    const [row, column] = [Math.floor(place / length), place % length];
    if (linkAt(weights.links, length, row, column)) {
      const inset = cell > 6 ? 1 : 0;
      const size = cell - 2 * inset;
      outline += `M${left + column * cell + inset} ${2 + row * cell + inset}h${size}v${size}h${-size}z`;
    }
  }
  svg.append(
    draw("path", { class: "gl-outline", d: outline }),
    draw("rect", { class: "gl-frame", x: left, y: 2, width: side, height: side }),
    draw("rect", { class: "gl-mark", x: left, y: 2 + query * cell, width: side, height: cell }));
  const step = stepFor(length, side, 13);
  links.degree.forEach((_, place) => {
    if (isLabelled(place, query, step)) {
      const middle = (place + 0.5) * cell;
      svg.append(tokenText(this, scene, place, { x: left - 6, y: 2 + middle, class: "gl-end gl-mid" }));
    }
    if (place % step === 0) {
      svg.append(tokenText(this, scene, place, {
        transform: `translate(${left + (place + 0.5) * cell} ${side + 8}) rotate(-90)`,
        class: "gl-end gl-mid",
      }, 8));
    }
  });
}

function drawGraph(scene) {
  const { tokens, query, links, width, height, svg } = scene;
  const length = tokens.length;
  const radius = Math.min(width, height) / 2 - 74;
  const [cx, cy] = [width / 2, height / 2];
  const turn = (place) => (2 * Math.PI * place) / length - Math.PI / 2;
  const spot = (place, reach) => [cx + reach * Math.cos(turn(place)), cy + reach * Math.sin(turn(place))];
  for (const pair of links.pairs) {
    const [one, other] = pair.map((place) => spot(place, radius));
    const gap = pair[1] - pair[0];
    const share = 0.5 - Math.min(gap, length - gap) / length;
    const pull = [cx + share * (one[0] + other[0] - 2 * cx), cy + share * (one[1] + other[1] - 2 * cy)];
    svg.append(draw("path", {
      class: pair.includes(query) ? "gl-arc gl-strong" : "gl-link",
      d: `M${one.join(" ")}Q${pull.join(" ")} ${other.join(" ")}`,
    }));
  }
  const step = stepFor(length, 2 * Math.PI * (radius + 12), 14);
  links.degree.forEach((degree, place) => {
    const [x, y] = spot(place, radius);
    svg.append(draw("circle", { class: degree ? "gl-dot" : "gl-dot gl-hollow", cx: x, cy: y, r: hubSize(degree, links) }));
    if (isLabelled(place, query, step)) {
      const flipped = Math.cos(turn(place)) < -1e-9;
      const angle = (turn(place) * 180) / Math.PI + (flipped ? 180 : 0);
      svg.append(tokenText(this, scene, place, {
        transform: `translate(${spot(place, radius + 12).join(" ")}) rotate(${angle})`,
        class: flipped ? "gl-end gl-mid" : "gl-mid",
      }, 8));
    }
  });
}

// ---- terms, numbers and words -------------------------------------------------------------

Page.prototype.showTerms = function showTerms(now, width) {
  const { real, against, lam, gamma, at } = now;
  const names = COLUMNS.filter((name) => name === "real" || name in against);
  const groups = names.map((name) => {
    const terms = name === "real" ? real : against[name].terms;
    const [density, entropy, pathGain] = [0, 1, 2].map((index) => term(terms, index)[at]);
    const steps = [density, -lam * entropy, -lam * gamma * pathGain];
    const F = steps[0] + steps[1] + steps[2];
    return { name, F, bars: [[0, steps[0]], [steps[0], steps[0] + steps[1]], [steps[0] + steps[1], F], [0, F]] };
  });
  const ends = groups.flatMap(({ bars }) => bars.flat());
  const [low, high] = [Math.min(...ends), Math.max(...ends, 0.001)];
  const [top, bottom] = [8, 150];
  const y = (value) => top + ((high - value) / (high - low || 1)) * (bottom - top);
  const room = width / groups.length;
  const thick = Math.min(room / 6, 12);
  const svg = draw("svg", { width, height: 212, role: "img", "aria-label": this.words.terms_label });
  svg.append(draw("line", { class: "gl-whisker", x1: 0, x2: width, y1: y(0), y2: y(0) }));
  groups.forEach(({ name, F, bars }, index) => {
    const left = index * room + (room - 4.6 * thick) / 2;
    bars.forEach(([from, to], place) => svg.append(draw("rect", {
      class: `gl-term gl-term-${TERMS[place] ?? "F"} ${name === "real" ? "" : "gl-outlined"}`,
      x: left + place * 1.2 * thick, width: thick,
      y: Math.min(y(from), y(to)), height: Math.max(Math.abs(y(from) - y(to)), 0.5),
    })));
    const middle = (index + 0.5) * room;
    svg.append(draw("text", { class: "gl-centre gl-number", x: middle, y: bottom + 18 }, three(F)));
    this.words[`column_${name}`].split(" ").forEach((line, place) => svg.append(draw("text", {
      class: `gl-centre ${name === "real" ? "gl-chosen" : "gl-soft"}`, x: middle, y: bottom + 36 + 15 * place,
    }, line)));
  });
  this.terms.replaceChildren(svg);
};

Page.prototype.showReadout = function showReadout({ against, at, F, picture }) {
  const where = { layer: this.get("layer"), head: this.get("head") };
  const before = new Map([...this.readout.querySelectorAll("td")].map((cell) =>
    [cell.dataset.of, cell.textContent]));
  const cell = (of, text) => tag("td", {
    "data-of": of, class: before.has(of) && before.get(of) !== text ? "gl-changed" : null,
  }, text);
  const rows = Object.entries(against).map(([name, { delta }]) => tag("tr",
    { "aria-current": name === this.get("baseline") ? "true" : null },
    tag("th", { scope: "row" }, this.say(name)),
    cell(`${name} this`, three(delta[at], true)),
    cell(`${name} mean`, three(mean(delta), true)),
    cell(`${name} share`, percent(shareAbove(delta)))));
  const heading = (text) => tag("th", { scope: "col" }, text);
  this.readout.replaceChildren(
    tag("caption", {}, this.words.readout),
    tag("thead", {}, tag("tr", {}, tag("td", {}), heading(this.say("column_this", where)),
      heading(this.say("column_mean", { count: picture.layers * picture.heads })),
      heading(this.words.column_share))),
    tag("tbody", {}, ...rows, tag("tr", { class: "gl-total" },
      tag("th", { scope: "row" }, "F"), cell("F this", three(F[at])), cell("F mean", three(mean(F))),
      tag("td", {}))));
};

Page.prototype.showWords = function showWords(now) {
  clearTimeout(this.speaking);
  this.speaking = setTimeout(() => {
    const text = this.sentence(now);
    if (this.alternative.textContent !== text) {
      this.alternative.textContent = text;
    }
  }, 300);
};

Page.prototype.sentence = function sentence({ picture, real, lam, gamma, F, against, chosen, at }) {
  const { tokens } = picture;
  const query = Math.min(this.get("query"), tokens.length - 1);
  const weights = this.weights();
  const row = weights
    ? weights.cells.subarray(query * tokens.length, (query + 1) * tokens.length) : new Uint8Array(1);
  const best = row.indexOf(Math.max(...row));
  const [density, entropy, pathGain] = [0, 1, 2].map((index) => term(real, index)[at]);
  return this.say("summary", {
    layer: this.get("layer"), head: this.get("head"), model: picture.model, F: three(F[at]),
    density: three(density), entropy: three(lam * entropy), path_gain: three(lam * gamma * pathGain),
    baseline: this.say(this.get("baseline")), delta: three(chosen.delta[at], true),
    count: F.length, mean: three(mean(chosen.delta), true),
    share: percent(shareAbove(chosen.delta)),
    shuffle: against.row_shuffled ? three(against.row_shuffled.delta[at], true) : "–",
    token: tokens[query], target: tokens[best],
    weight: percent(weights ? (row[best] / 255) * weights.peak : 0),
  });
};

// ---- life of a page -----------------------------------------------------------------------

const WATCHED = [
  "text", "model", "models", "convention", "quantile", "lam", "gamma", "baseline", "matched", "shown",
  "layer", "head", "query", "view", "status", "message", "picture", "details",
];

function render({ model, el }) {
  const page = new Page(model, el);
  let frame = 0;
  const soon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => page.show());
  };
  WATCHED.forEach((name) => model.on(`change:${name}`, soon));
  const sizes = new ResizeObserver(soon);
  sizes.observe(page.root);
  const themes = new MutationObserver(soon);
  const marks = { attributes: true, attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "class", "theme"] };
  themes.observe(document.body, marks);
  themes.observe(document.documentElement, marks);
  const preference = matchMedia("(prefers-color-scheme: dark)");
  preference.addEventListener("change", soon);
  soon();
  return () => {
    cancelAnimationFrame(frame);
    page.stopTyping();
    clearTimeout(page.speaking);
    WATCHED.forEach((name) => model.off(`change:${name}`, soon));
    sizes.disconnect();
    themes.disconnect();
    preference.removeEventListener("change", soon);
  };
}

export default { render };
