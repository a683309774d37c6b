// What the lessons' widgets share: question, picture, controls, readout, sentence. A widget's own
// script ends in `export default hero({...})`. The model's traits are the only state; everything
// drawn follows from them.

import { element, mark, shape } from "./dom.js";
import { keepKeys, pressable, steps } from "./keys.js";
import { clamp } from "./sums.js";
import { sentenceOf, withUnit, written } from "./text.js";

// ---- bands -------------------------------------------------------------------------------

// A band in a picture to choose by. What comes back puts it in a box and draws upon it. The drawing
// is no part of the button, whose name says it in words.
export function makeBand(parent, act) {
  const band = pressable(shape("rect", { class: "gh-band", role: "button", tabindex: 0 }), act);
  const drawn = shape("g", { "pointer-events": "none" });
  parent.append(shape("g", {}, band, drawn));
  return (box, { chosen, name }, ...shapes) => {
    band.classList.toggle("gh-chosen", chosen);
    mark(band, { ...box, "aria-pressed": chosen, "aria-label": name });
    drawn.replaceChildren(...shapes);
  };
}

// ---- controls -----------------------------------------------------------------------------

function scaleOf(spec) {
  const log = spec.kind === "log";
  const place = log ? Math.log10 : Number;
  const value = log ? (at) => 10 ** at : Number;
  const snap = (at) => Math.round(at / spec.step) * spec.step;
  const [low, high] = [place(spec.low), place(spec.high)];
  const bounded = (at) => {
    if (at <= low) return spec.low;
    return at >= high ? spec.high : clamp(value(snap(at)), spec.low, spec.high);
  };
  return { place, bounded, low, high };
}

function makeSlider(spec, { get, set, reset, words }) {
  const scale = scaleOf(spec);
  const input = element("input", {
    type: "range", min: scale.low, max: scale.high, step: "any", name: spec.name,
  });
  const value = element("output", { className: "gh-value" });
  const node = element("div", { className: "gh-control", title: words.reset_one },
    element("label", {}, element("span", { textContent: spec.label }), input), value);
  input.addEventListener("input", () => set(scale.bounded(input.valueAsNumber)));
  input.addEventListener("keydown", (event) => {
    const move = steps(event);
    if (!move) return;
    const at = clamp(scale.place(get()), scale.low, scale.high);
    const next = at + (move[0] + move[1]) * spec.step;
    set(scale.bounded(clamp(next, scale.low, scale.high)));
  });
  node.addEventListener("dblclick", reset);
  const nameOf = (now) => words[`${spec.says}_${now[spec.says]}`] ?? now[spec.says];
  const show = (now) => {
    const text = spec.says ? nameOf(now) : withUnit(written(get(), spec.kind === "whole" ? "whole" : "three"), spec.unit);
    input.value = clamp(scale.place(get()), scale.low, scale.high);
    input.setAttribute("aria-valuetext", text);
    value.textContent = text;
  };
  return { input, node, show };
}

export function makeToggle(spec, { get, set }) {
  const input = element("input", { type: "checkbox", name: spec.name });
  input.addEventListener("change", () => set(input.checked));
  const node = element("label", { className: "gh-control gh-toggle" }, input, spec.label);
  return { input, node, show: () => { input.checked = get(); } };
}

export function makeControl(spec, page, derived) {
  const { state, change, start } = page;
  const own = derived ?? {
    get: (now) => now[spec.name],
    set: (_, value) => ({ [spec.name]: value }),
    reset: (_, first) => ({ [spec.name]: first[spec.name] }),
  };
  const link = {
    words: page.words,
    get: () => own.get(state()),
    set: (value) => change(own.set(state(), value)),
    reset: () => change(own.reset(state(), start())),
  };
  return { under: spec.under, ...(spec.kind === "toggle" ? makeToggle : makeSlider)(spec, link) };
}

// ---- readout ------------------------------------------------------------------------------

export function makeReadout(specs) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const rows = specs.map((spec) => {
    const value = element("span", { className: "gh-number" });
    value.dataset.number = spec.name;
    const unit = element("span", { className: "gh-unit", textContent: spec.unit ?? "" });
    unit.classList.toggle("gh-degree", spec.unit === "°");
    const node = element("div", {},
      element("dt", {}, element("span", { className: "gh-symbol", textContent: spec.symbol }),
        " ", element("span", { className: "gh-name", textContent: spec.label })),
      element("dd", {}, value, unit));
    return { spec, value, unit, node, glow: null };
  });
  const show = (numbers) => rows.forEach((row) => {
    const text = written(numbers[row.spec.name], row.spec.format);
    if (text === row.value.textContent) return;
    const first = row.value.textContent === "";
    row.value.textContent = text;
    row.unit.hidden = numbers[row.spec.name] === null;
    if (first || calm.matches) return;
    row.glow?.cancel();
    row.glow = row.value.animate(
      [{ backgroundColor: "var(--gh-glow)" }, { backgroundColor: "transparent" }], 900);
  });
  const node = element("dl", { className: "gh-readout" }, ...rows.map((row) => row.node));
  return { node, show };
}

// ---- picture ------------------------------------------------------------------------------

// A panel is an SVG in page pixels, so that text keeps its size at every width. Its scenery is
// drawn anew each time; its knobs stay, because they hold the keyboard focus.
export class Panel {
  constructor(parent, name) {
    this.scenery = shape("g");
    this.front = shape("g");
    this.svg = shape("svg", { role: "group", class: `gh-panel gh-${name}` },
      this.scenery, this.front);
    this.knobs = new Map();
    parent.append(this.svg);
  }

  clear(width, height, title) {
    mark(this.svg, { width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": title });
    this.scenery.replaceChildren();
    return this;
  }

  get held() {
    return [...this.knobs.values()].some((knob) => knob.held);
  }

  add(...shapes) {
    this.scenery.append(...shapes);
  }

  at(event) {
    const box = this.svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
}

// ---- the whole widget ---------------------------------------------------------------------

const RAIL_FROM = 700; // pixels of width
const LEAST = 200; // what a picture is drawn in, however narrow its place

// Ask for one drawing however many traits change at once.
export function once(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => { asked = false; draw(); });
  };
}

// The width of a node, known without asking the page for a layout at each drawing.
export function watchWidth(node, draw) {
  let width = node.clientWidth;
  const look = () => {
    if ([0, width].includes(node.clientWidth)) return; // what is out of sight keeps its drawing
    width = node.clientWidth;
    draw();
  };
  const observer = new ResizeObserver(() => requestAnimationFrame(look));
  observer.observe(node);
  return { get: () => width || 560, stop: () => observer.disconnect() };
}

// In the rail all controls stand together; where there is none, each under the panel that it changes.
function settle(stage, rail, controls, wide) {
  controls.toReversed().forEach(({ node, under }) => {
    const panel = !wide && stage.querySelector(`.gh-${under}`);
    if (node.parentNode === (panel ? stage : rail)) return;
    if (panel) panel.after(node);
    else rail.prepend(node);
  });
}

// The sentence waits for a pause, so that a drag is not read out step by step. Opened by its button,
// it is brought into view.
export function makeSentence(words) {
  const node = mark(element("p", { className: "gh-sentence" }), { "aria-live": "polite" });
  const button = mark(element("button", { type: "button", textContent: words.in_words }),
    { "aria-expanded": "false" });
  button.addEventListener("click", () => {
    const open = node.classList.toggle("gh-open");
    mark(button, { "aria-expanded": open }).textContent = open ? words.hide_words : words.in_words;
    if (open) node.scrollIntoView({ block: "nearest" });
  });
  let timer = 0;
  const show = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => { node.textContent = text; }, node.textContent ? 300 : 0);
  };
  return { node, button, show, stop: () => clearTimeout(timer) };
}

function held(model, names) {
  return Object.fromEntries(names.map((name) => [name, model.get(name)]));
}

export function pageOf(model, start = () => model.get("start"), words = model.get("frame").words) {
  return {
    start,
    words,
    state: () => held(model, Object.keys(start())),
    change: (changes) => {
      Object.entries(changes).forEach(([name, value]) => model.set(name, value));
      model.save_changes();
    },
  };
}

// The widget's root under its question.
export function enclose(words, style, ...parts) {
  const root = element("div", { className: style },
    element("p", { className: "gh-question", textContent: words.question }),
    element("p", { className: "gh-hint", textContent: words.hint }), ...parts);
  keepKeys(root);
  return mark(root, { role: "group", "aria-label": words.question });
}

// `numbers(state)` computes, `picture(node, page)` returns what draws; `derived` holds the controls
// that are no trait of their own.
export function hero({ numbers, picture, derived = {} }) {
  function render({ model, el }) {
    const frame = model.get("frame");
    const page = pageOf(model, () => ({ ...held(model, frame.given), ...model.get("start") }));
    const { words } = page;
    const controls = frame.controls.map((spec) => makeControl(spec, page, derived[spec.name]));
    const readout = makeReadout(frame.readouts);
    const sentence = makeSentence(words);
    const reset = element("button", { type: "button", textContent: words.reset });
    reset.addEventListener("click", () => page.change(page.start()));
    const stage = element("div", { className: "gh-picture" });
    const rail = element("div", { className: "gh-controls" },
      ...controls.map((control) => control.node),
      element("div", { className: "gh-buttons" }, reset, sentence.button));
    const body = element("div", { className: "gh-body" }, stage, rail, readout.node);
    const root = enclose(words, "gedig-hero", body, sentence.node);
    el.append(root);

    const paint = picture(stage, page);
    const room = { body: 0, stage: 0 };
    const draw = (width) => {
      const state = page.state();
      const now = numbers(state);
      if (room.body !== width) {
        body.classList.toggle("gh-wide", width >= RAIL_FROM);
        settle(stage, rail, controls, width >= RAIL_FROM);
        Object.assign(room, { body: width, stage: Math.max(LEAST, stage.clientWidth || width) });
      }
      paint(state, now, room.stage);
      controls.forEach((control) => control.show(now));
      readout.show(now);
      sentence.show(sentenceOf(words, state, now));
      root.dataset.numbers = JSON.stringify(now);
    };
    return stopWhenGone(model, page, body, draw, sentence.stop);
  }
  return { render };
}

function stopWhenGone(model, page, body, draw, silence) {
  const width = watchWidth(body, () => draw(width.get()));
  const soon = once(() => draw(width.get()));
  page.redraw = soon;
  const changes = [...Object.keys(page.start()), "start"].map((name) => `change:${name}`);
  changes.forEach((change) => model.on(change, soon));
  soon();
  return () => {
    changes.forEach((change) => model.off(change, soon));
    width.stop();
    silence();
  };
}
