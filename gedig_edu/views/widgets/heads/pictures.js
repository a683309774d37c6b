// One head: three pictures in which a token pointed at in one is shown in all. Each picture has a
// ground, drawn when the head changes, axes with the tokens' names, drawn when the text or the room
// does, and a front, drawn for the token in focus.

import { element, mark, shape } from "../kit/dom.js";
import { kept } from "../kit/kept.js";
import { linear } from "../kit/scale.js";
import { clamp, sum } from "../kit/sums.js";
import { fill, short, widest, widthOf } from "../kit/text.js";
import { every } from "./map.js";
import { tokenText, withToken } from "./tokens.js";

const ARCS = 128;
const PATHS = 64;
const VISIBLE = 0.02;
export const HUBS = 3;
export const PITCH = 12.3; // px that a name needs
const OUTLINED = 6; // px of a cell that can be outlined
const LETTER = 7.3; // px, of a name
const CLEAR = [10, 14]; // px across and down, from a node to its name
const RING = 7; // px, the radius of a look at oneself

const grouped = (count) => count.toLocaleString("en-US");

// Few tokens have few weights, of which the largest, of a token at itself, may set the threshold.
export function whyNoLinks(words, { edges, threshold }) {
  return fill(edges.length ? words.no_links_own : words.no_links, { threshold });
}

// A picture has its own of the methods that are empty here: what it draws, where a token and its
// name lie, what joins two tokens, and which token lies at a point.
class Picture {
  constructor(page, name) {
    const title = page.words[name];
    this.page = page;
    this.name = name;
    this.ground = shape("g");
    this.axes = shape("g");
    this.front = shape("g");
    this.labels = [];
    this.step = 1;
    this.letters = 8;
    this.svg = shape("svg", { role: "img", "aria-label": title }, this.ground, this.axes, this.front);
    this.stage = element("div", { className: "gx-stage" }, this.svg);
    this.note = element("p", { className: "gx-note" });
    this.node = element("figure", { className: `gx-figure gx-${name}` },
      element("figcaption", { textContent: title }), this.stage, this.note);
    page.follow("pointermove", this.svg, (event) => {
      const box = this.svg.getBoundingClientRect();
      return this.tokenAt(event.clientX - box.left, event.clientY - box.top);
    });
    this.layOut = kept(({ tokens, width, height }) => {
      mark(this.svg, { width, height });
      this.axes.replaceChildren();
      this.drawAxes(tokens, width, height);
    }, ({ tokens, width, height }) => [tokens, width, height]);
    this.draw = kept((scene) => {
      this.scene = scene;
      this.layOut(scene);
      this.ground.replaceChildren();
      this.drawGround(scene);
    }, ({ graph, width, ramp }) => [graph, width, ramp]);
  }

  drawAxes(_tokens, _width, _height) {}
  drawGround(_scene) {}
  drawFront(_focus, _scene) {}
  spot(_place) { return [0, 0]; }
  nameSpot(_place) { return /** @type {any[]} */ ([0, 0]); }
  link(_one, _other) { return ""; }
  tokenAt(_x, _y) { return undefined; }

  nameAt(place, style = "") {
    const [x, y, anchor = "gh-end"] = this.nameSpot(place);
    return tokenText(x, y, short(this.scene.tokens[place], this.letters), `${anchor} gh-mid ${style}`);
  }

  // Labels at every so many tokens; those next to the focus make room for it.
  nameEvery(step) {
    this.step = step;
    const places = Array.from(this.scene.tokens.keys()).filter((place) => place % step === 0);
    this.labels = places.map((place) => [place, this.nameAt(place)]);
    this.axes.append(...this.labels.map(([, node]) => node));
    return places;
  }

  isClose(place, other) {
    return Math.abs(place - other) < this.step;
  }

  // The `most` heaviest edges, the more the thinner, so that they stay apart; and every token's dot,
  // which grows with its links, and is hollow without any. Returns what to say of how many are drawn.
  drawLinks(most) {
    const { graph } = this.scene;
    const drawn = graph.strongest(most);
    const least = clamp(60 / graph.length, 0.7, 2);
    const [linked, alone] = [[], []];
    graph.degree.forEach((degree, place) => {
      const [x, y] = this.spot(place);
      const r = least + 4 * (degree / Math.max(graph.mostLinks, 3)) ** 2;
      (degree ? linked : alone).push(`M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`);
    });
    const d = drawn.map((edge) => this.link(...edge)).join("");
    this.ground.append(
      shape("path", { class: "gx-link", d, "stroke-width": clamp(40 / Math.max(drawn.length, 1), 0.5, 1) }),
      shape("path", { class: "gx-node", d: linked.join("") }),
      shape("path", { class: "gx-node gx-alone", d: alone.join("") }));
    return { drawn: grouped(drawn.length), count: grouped(graph.arcs.length), all: drawn.length === graph.arcs.length };
  }

  point(focus) {
    this.labels.forEach(([place, node]) => { node.style.opacity = this.isClose(place, focus) ? 0 : ""; });
    this.front.replaceChildren();
    this.drawFront(focus, this.scene);
  }
}

export class Arcs extends Picture {
  drawAxes(tokens, width, height) {
    this.letters = clamp(widest(tokens), 2, Math.floor(width / 22));
    this.left = 10 + LETTER * this.letters;
    this.width = width;
    this.y = linear([0, tokens.length], [6, height - 6]);
    this.nameEvery(every(tokens.length, height - 12, PITCH));
  }

  // The head's longest arc takes all the room there is; a longer look of one token no more than that.
  drawGround({ graph }) {
    const { words } = this.page;
    this.longest = Math.max(1, ...graph.strongest(ARCS).map(([one, other]) => Math.abs(one - other)));
    const seen = this.drawLinks(ARCS);
    this.counted = fill(seen.all ? words.arcs_all : words.arcs_some, seen);
  }

  spot(place) {
    return [this.left + 8, this.y(place + 0.5)];
  }

  nameSpot(place) {
    return [this.left, this.y(place + 0.5)];
  }

  link(one, other) {
    const [[start, from], [, to]] = [this.spot(one), this.spot(other)];
    const share = Math.min(Math.abs(one - other) / this.longest, 1);
    const bend = start + ((this.width - start - 6) * (0.1 + 0.9 * share ** 0.7) * 4) / 3;
    return `M${start} ${from}C${bend} ${from} ${bend} ${to} ${start} ${to}`;
  }

  drawFront(focus, { graph, tokens }) {
    graph.row(focus).forEach((weight, key) => {
      if (weight < VISIBLE) return;
      const style = { class: "gx-look", "stroke-width": 0.75 + 6 * weight };
      const [x, y] = this.spot(key);
      this.front.append(key === focus
        ? shape("circle", { ...style, cx: x + RING, cy: y, r: RING })
        : shape("path", { ...style, d: this.link(focus, key) }));
    });
    this.front.append(this.nameAt(focus, "gx-focus"));
    this.note.replaceChildren(...withToken(this.page.words.arcs_note, tokens[focus], { counted: this.counted }));
  }

  tokenAt(_, y) {
    return Math.min(Math.floor(this.y.invert(y)), this.scene.tokens.length - 1);
  }
}

export class Matrix extends Picture {
  constructor(page, name) {
    super(page, name);
    this.canvas = element("canvas", { className: "gx-pixels" });
    this.stage.prepend(this.canvas);
    this.ramp = element("i", { className: "gx-ramp" });
    this.second = element("i", { className: "gx-ramp gx-second" });
  }

  drawAxes(tokens, width, height) {
    this.letters = clamp(widest(tokens), 2, Math.floor(Math.min(width, height) / 28));
    const margin = 10 + LETTER * this.letters;
    this.side = Math.min(width, height) - margin;
    this.left = width - this.side - 1;
    this.cell = this.side / tokens.length;
    this.axes.append(shape("rect", { class: "gx-frame", x: this.left, y: 1, width: this.side, height: this.side }));
    const places = this.nameEvery(every(tokens.length, this.side, PITCH));
    this.axes.append(...places.map((place) => {
      const middle = Math.min(this.left + (place + 0.5) * this.cell, width - PITCH / 2 - 1);
      const turn = `translate(${middle} ${this.side + 6}) rotate(-90)`;
      return mark(this.nameAt(place), { x: 0, y: 0, transform: turn });
    }));
  }

  drawGround({ graph, tokens, ramp }) {
    const { words } = this.page;
    const outlined = this.cell >= OUTLINED;
    this.paint(graph, ramp);
    if (outlined) this.outline(graph.edges);
    this.note.replaceChildren(fill(outlined ? words.matrix_note : words.matrix_small, {
      edges: grouped(graph.edges.length), own: grouped(graph.edges.length - graph.arcs.length),
      cells: grouped(tokens.length ** 2), threshold: graph.threshold,
    }), ` ${words.scale} 0 `, this.ramp, " 25\u00a0% ", this.second, " 100\u00a0%");
  }

  // Edges in the structure's colour on a halo of the page's: seen on a light cell and on a dark one.
  outline(edges) {
    const { cell, left } = this;
    const thick = clamp(cell / 12, 0.75, 1.25);
    const size = cell - 2.5 * thick;
    const d = edges.map(([row, column]) =>
      `M${left + column * cell + 1.25 * thick} ${1 + row * cell + 1.25 * thick}h${size}v${size}h${-size}z`).join("");
    this.ground.append(shape("path", { class: "gx-edge gx-halo", d, "stroke-width": 2.5 * thick }),
      shape("path", { class: "gx-edge", d, "stroke-width": thick }));
  }

  // One pixel a cell; the colour grows with the square root of the weight.
  paint({ length, peaks, cells }, ramp) {
    const { canvas, left, side } = this;
    Object.assign(canvas, { width: length, height: length });
    Object.assign(canvas.style, { left: `${left}px`, top: "1px", width: `${side}px`, height: `${side}px` });
    const context = canvas.getContext("2d");
    const image = context.createImageData(length, length);
    const pixels = new Uint32Array(image.data.buffer);
    cells.forEach((cell, place) => {
      pixels[place] = ramp[Math.round(255 * Math.sqrt((cell / 255) * peaks[Math.floor(place / length)]))];
    });
    context.putImageData(image, 0, 0);
  }

  nameSpot(place) {
    return [this.left - 5, 1 + (place + 0.5) * this.cell];
  }

  drawFront(focus) {
    const { left, side, cell } = this;
    this.front.append(shape("rect", {
      class: "gx-row-mark", x: left, y: 1 + focus * cell, width: side, height: cell, "stroke-width": clamp(cell / 3, 0.75, 2.5),
    }), this.nameAt(focus, "gx-focus"));
  }

  tokenAt(_, y) {
    const place = Math.floor((y - 1) / this.cell);
    return place >= 0 && place < this.scene.tokens.length ? place : undefined;
  }
}

export class Graph extends Picture {
  drawAxes(_tokens, width, height) {
    this.centre = [width / 2, height / 2];
    this.reach = [Math.max(width / 2 - 66, 40), height / 2 - 24];
    this.names = {};
    this.spans = {};
  }

  drawGround({ graph, tokens }) {
    const seen = this.drawLinks(2 * ARCS);
    this.counted = seen.all ? "" : fill(this.page.words.graph_some, seen);
    this.nameRoomy(graph.hubs(HUBS), tokens);
  }

  // The hubs are named first, then as many others as there is room for.
  nameRoomy(hubs, tokens) {
    const places = [];
    for (const place of [...hubs, ...tokens.keys()]) {
      if (!places.some((other) => this.isClose(place, other))) places.push(place);
    }
    this.labels = places.map((place) => {
      this.names[place] ??= this.nameAt(place);
      this.names[place].classList.toggle("gx-hub", hubs.includes(place));
      return [place, this.names[place]];
    });
    this.axes.replaceChildren(...this.labels.map(([, node]) => node));
  }

  isClose(place, other) {
    const [one, two] = [this.spanOf(place), this.spanOf(other)];
    return Math.abs(one.y - two.y) < PITCH && one.left < two.right && two.left < one.right;
  }

  // Where a name lies, from its left to its right.
  spanOf(place) {
    if (!this.spans[place]) {
      const [x, y, anchor] = /** @type {any[]} */ (this.nameSpot(place));
      const width = LETTER * widthOf(short(this.scene.tokens[place], this.letters));
      const left = x - { "gh-end": width, "gh-middle": width / 2, "": 0 }[anchor];
      this.spans[place] = { left, right: left + width, y };
    }
    return this.spans[place];
  }

  // The text begins right of the top and ends left of it.
  spot(place, beyond = [0, 0]) {
    const turn = (2 * Math.PI * (place + 0.5)) / this.scene.tokens.length - Math.PI / 2;
    return [Math.cos(turn), Math.sin(turn)].map((part, axis) => this.centre[axis] + (this.reach[axis] + beyond[axis]) * part);
  }

  nameSpot(place) {
    const [x, y] = this.spot(place, CLEAR);
    const side = x - this.centre[0];
    return [x, y, Math.abs(side) < 2 ? "gh-middle" : side < 0 ? "gh-end" : ""];
  }

  link(one, other) {
    const [from, to] = [this.spot(one), this.spot(other)];
    const pull = this.centre.map((middle, axis) => middle + 0.4 * (from[axis] + to[axis] - 2 * middle));
    return `M${from.join(" ")}Q${pull.join(" ")} ${to.join(" ")}`;
  }

  // The shortest paths from the token in focus, the longest of them in bold; it alone where all
  // would hide what lies under them.
  drawFront(focus, { graph, tokens }) {
    const { words } = this.page;
    const { steps, before, farthest, reached } = graph.paths(focus);
    const all = reached <= PATHS;
    const longest = [];
    for (let place = farthest; before[place] >= 0; place = before[place]) longest.push(place);
    const path = (places) => places.map((place) => this.link(before[place], place)).join("");
    const tree = all ? Array.from(before.keys()).filter((place) => before[place] >= 0) : [];
    this.front.append(shape("path", { class: "gx-path", d: path(tree) }),
      shape("path", { class: "gx-path gx-longest", d: path(longest) }));
    for (const place of new Set([focus, farthest])) {
      const [cx, cy] = this.spot(place);
      this.front.append(shape("circle", { class: place === focus ? "gx-node gx-focus" : "gx-node gx-end", cx, cy, r: 5 }),
        this.nameAt(place, place === focus ? "gx-focus" : "gx-far"));
    }
    this.labels.filter(([place]) => this.isClose(place, farthest)).forEach(([, node]) => { node.style.opacity = 0; });
    const mean = sum(steps.filter((step) => step > 0)) / reached;
    const note = !reached ? words.graph_alone : all ? words.graph_note : words.graph_longest;
    const said = graph.links === 0 ? [whyNoLinks(words, graph)]
      : withToken(note, tokens[focus], { reached, mean, steps: steps[farthest] });
    this.note.replaceChildren(...said, " ", this.counted);
  }

  tokenAt(x, y) {
    const [across, down] = [x, y].map((at, axis) => (at - this.centre[axis]) / this.reach[axis]);
    if (Math.hypot(across, down) < 0.4) return undefined;
    const turn = (Math.atan2(down, across) / (2 * Math.PI) + 1.25) % 1;
    return Math.min(Math.floor(turn * this.scene.tokens.length), this.scene.tokens.length - 1);
  }
}
