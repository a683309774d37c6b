// A second sentence beside the first: its box, its map on the scale of the first, the numbers of both.

import { element, mark } from "../kit/dom.js";
import { makeReadout } from "../kit/frame.js";
import { kept } from "../kit/kept.js";
import { fill, fixed } from "../kit/text.js";
import { makeBox } from "./box.js";
import { makeMap } from "./map.js";
import { heldColours, numbersOf, ofHead, originsOfNumbers } from "./numbers.js";

const WEIGHED = ["density", "weighed_entropy", "weighed_path_gain", "F"];

const ALIKE = 12; // letters, from which on a beginning that both sentences share is left out

// Of a sentence the part by which it is told from another: whole words.
export function tellingPart(text, other) {
  if (text === other) return text;
  let shared = 0;
  while (shared < text.length && text[shared] === other[shared]) shared += 1;
  const from = text.lastIndexOf(" ", shared - 1) + 1;
  return from < ALIKE ? text : `… ${text.slice(from)}`;
}

// What one sentence has less than the other; of one token F says nothing.
function differenceOf({ about, aboutBeside }, value, other) {
  return Math.min(about.tokens.length, aboutBeside.tokens.length) > 1 ? other - value : null;
}

// A sentence above its map: its words, F of all heads on average and F of the chosen one.
export function makeOwn({ words }, map, name) {
  const text = element("bdi", {});
  const counted = element("span", { className: "gx-note" });
  const said = element("p", { className: "gl-said" }, element("b", { textContent: `${name} ` }), counted, " ", text);
  const means = makeReadout([
    { name: "meanF", symbol: words.mean_F, label: words.of_all, format: "fixed" },
    { name: "F", symbol: words.quantity_F, label: words.of_this, format: "fixed" }]);
  const show = (sentence, count, { meanF, real }, at, other = "") => {
    Object.assign(text, { textContent: tellingPart(sentence, other), title: sentence });
    counted.textContent = fill(count === 1 ? words.count_one : words.count_more, { count });
    means.show({ meanF, F: real.F[at] });
  };
  return { node: element("div", { className: "gl-own" }, said, means.node, map.node), said, means, show };
}

// The terms of the chosen head of both sentences, the F they make, and the mean of all heads.
function makeBoth({ words }) {
  const node = element("table", { className: "gl-readout gl-both" });
  const heading = (scope, textContent) => mark(element("th", { textContent }), { scope });
  const draw = kept((scene) => {
    const { now, second, state, at } = scene;
    const [one, other] = [now, second].map(({ real, meanF }) => {
      const head = ofHead(real, at, state);
      return [...WEIGHED.map((name) => head[name]), meanF];
    });
    const rows = [[words.first, one], [words.second, other], [words.difference, other.map((value, place) => differenceOf(scene, one[place], value))]];
    const columns = [...WEIGHED, "mean_F"].map((name) => heading("col", fill(words[`both_${name}`], state)));
    node.replaceChildren(
      element("thead", {}, element("tr", {}, element("td"), ...columns)),
      element("tbody", {}, ...rows.map(([name, row]) => element("tr", {}, heading("row", name),
        ...row.map((value) => element("td", { textContent: fixed(value) }))))));
    mark(node.tBodies[0].lastChild, { "aria-current": "true" });
  }, ({ now, second, at }) => [now, second, at]);
  return { node, draw };
}

export class Beside {
  constructor(page) {
    const { words } = page;
    this.page = page;
    this.opened = false;
    this.box = makeBox(words, { name: "beside", title: words.beside, read: (beside) => page.change({ beside }) });
    this.status = mark(element("p", { className: "gx-status" }), { role: "status" });
    this.map = makeMap(page, { id: `${page.id}-beside`, name: words.map_beside });
    this.map.scale.remove(); // that of the first map is for both
    this.own = makeOwn(page, this.map, words.second);
    this.both = makeBoth(page);
    this.difference = element("p", { className: "gl-difference" });
    this.lengths = element("p", { className: "gx-note gl-lengths" });
    this.known = kept(numbersOf, originsOfNumbers);
    this.colours = heldColours();
    this.opener = this.makeButton(words.another, () => this.open());
    this.opener.classList.add("gl-opener");
    this.closer = this.makeButton(words.close, () => this.close());
    this.box.node.append(this.closer);
    [this.opener, this.closer].forEach((button) => { button.hidden = page.alone; }); // nothing can be read
    [page.map, this.map].forEach(({ node }) => {
      node.addEventListener("pointerover", ({ target: { dataset: { layer, head } } }) =>
        this.point(layer ? [Number(layer), Number(head)] : null));
      node.addEventListener("pointerleave", () => this.point(null));
    });
  }

  makeButton(textContent, act) {
    const button = element("button", { type: "button", className: "gl-another", textContent });
    button.addEventListener("click", act);
    return button;
  }

  // It begins as the first, chosen as a whole: typing replaces it, and after an arrow key changes a word.
  open() {
    const { page, box: { input } } = this;
    this.opened = true;
    page.change({ beside: page.state().text });
    page.draw();
    input.focus();
    input.select();
  }

  close() {
    this.opened = false;
    this.page.change({ beside: "" });
    this.page.draw();
    this.opener.focus();
  }

  // Each part of it stands after another part of the page, or nowhere.
  stand(two, places) {
    places.forEach(([place, ...nodes]) => {
      if (two) place.after(...nodes);
      else nodes.forEach((node) => node.remove());
    });
  }

  // An emptied box stays open until it is closed.
  isOpen({ beside }) {
    this.opened ||= beside.trim() !== "";
    return this.opened;
  }

  // A head pointed at in one map is marked in both.
  point(place) {
    [this.page.map, ...(this.drawn ? [this.map] : [])].forEach((map) => map.point(place));
  }

  // The numbers of the second sentence, or nothing while there are none to set beside the first's.
  numbers({ about: { layers, heads }, state }) {
    const about = this.page.model.get("beside_picture");
    this.drawn = state.beside.trim() !== "" && about.layers === layers && about.heads === heads;
    this.second = this.drawn ? this.known({ about, state }) : undefined;
    return this.second;
  }

  // `values` colour its map, `others` the first.
  draw(scene, values, others, width) {
    const { now, second, state, at, aboutBeside: about } = scene;
    const { words } = this.page;
    const counts = { first: scene.about.tokens.length, second: about.tokens.length };
    const level = state.quantity === "delta" ? 0 : undefined;
    this.map.draw({ about, state }, values, width, level, others);
    this.own.show(state.beside, counts.second, second, at, state.text);
    this.both.draw(scene);
    const difference = differenceOf(scene, now.meanF, second.meanF);
    this.difference.textContent = fill(words.mean_difference, { difference });
    this.lengths.textContent = fill(words[`lengths_${state.convention}`], counts);
    this.lengths.style.visibility = difference === null || counts.first === counts.second ? "hidden" : "";
  }

  show(state) {
    const { page, page: { words, model } } = this;
    const status = page.statusOf({ ...state, text: state.beside }, "beside_");
    const said = {
      empty: () => words.empty_beside,
      loading: () => page.progress("beside_") || fill(words.loading, state),
      error: () => page.failure(model.get("beside_message")),
      ready: () => page.computing(this.second?.awaited) || page.tooShort(model.get("beside_picture")),
    };
    const text = said[status]();
    if (this.status.textContent !== text) this.status.textContent = text;
    this.map.node.classList.toggle("gl-pale", status === "ready" && !this.second?.values);
    this.status.classList.toggle("gl-quiet", status === "ready");
    const absent = state.beside.trim() === "" || model.get("beside_picture").terms === undefined;
    [this.own, this.both, { node: this.difference }, { node: this.lengths }].forEach(({ node }) => {
      node.classList.toggle("gl-pale", status !== "ready");
      node.classList.toggle("gl-absent", absent);
    });
    this.box.show(state.beside);
  }

  // What the text alternative says of the second sentence.
  said(scene) {
    const { now, second, at, state } = scene;
    if (!second) return [];
    const numbers = { mean_F: second.meanF, difference: differenceOf(scene, now.meanF, second.meanF), F: second.real.F[at] };
    return [fill(this.page.words.summary_beside, { ...state, ...numbers })];
  }
}
