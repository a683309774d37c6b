// One head: three pictures in which a token pointed at in one is shown in all. Each picture has a
// ground, drawn when the head changes, axes with the tokens' names, drawn when the text or the room
// does, and a front, drawn for the token in focus.

import { element, mark, shape } from "../kit/dom.js";
import { kept } from "../kit/kept.js";
import { clamp } from "../kit/sums.js";
import { fill, short, three, widest } from "../kit/text.js";
import { every } from "./map.js";
import { grouped, tokenText, withToken } from "./tokens.js";

const ARCS = 128;
const PATHS = 64;
const VISIBLE = 0.02;
export const HUBS = 3;
const PITCH = 13; // px that a name needs
const OUTLINED = 6; // px of a cell that can be outlined
const RING = 7; // px, the radius of a look at oneself

// Many lines are drawn thinner, so that they stay apart.
function thin(count) {
  return clamp(40 / Math.max(count, 1), 0.5, 1);
}

// A picture has its own of the four methods that are empty here.
class Picture {
  constructor(page, name) {
    this.page = page;
    this.name = name;
    this.ground = shape("g");
    this.axes = shape("g");
    this.front = shape("g");
    this.labels = [];
    this.step = 1;
    this.svg = shape("svg", { role: "img", "aria-label": page.words[name] }, this.ground, this.axes, this.front);
    this.stage = element("div", { className: "gx-stage" }, this.svg);
    this.note = element("p", { className: "gx-note" });
    this.node = element("figure", { className: `gx-figure gx-${name}` },
      element("figcaption", { textContent: page.words[name] }), this.stage, this.note);
    this.svg.addEventListener("pointermove", (event) => page.point(this.at(event)));
    this.svg.addEventListener("pointerleave", () => page.point());
    this.svg.addEventListener("click", (event) => {
      const query = this.at(event);
      if (query !== undefined) page.change({ query });
    });
    this.layOut = kept(({ width, height }) => {
      mark(this.svg, { width, height });
      this.axes.replaceChildren();
      this.drawAxes();
    }, ({ tokens, width, height }) => [tokens, width, height]);
  }

  at(event) {
    const box = this.svg.getBoundingClientRect();
    return this.tokenAt(event.clientX - box.left, event.clientY - box.top);
  }

  drawAxes() {}

  drawGround() {}

  drawFront(_focus) {}

  tokenAt(_x, _y) {
    return undefined;
  }

  // Labels at every so many tokens; those next to the focus make room for it.
  makeRoom(focus) {
    this.labels.forEach(([place, node]) => {
      node.style.opacity = this.isClose(place, focus) ? 0 : "";
    });
  }

  isClose(place, other) {
    return Math.abs(place - other) < this.step;
  }

  // Every token's dot: it grows with its links, and is hollow without any.
  dots(spotOf) {
    const { graph } = this;
    const least = clamp(60 / graph.length, 0.7, 2);
    const [linked, alone] = [[], []];
    graph.degree.forEach((degree, place) => {
      const [x, y] = spotOf(place);
      const r = least + 4 * (degree / Math.max(graph.mostLinks, 3)) ** 2;
      (degree ? linked : alone).push(`M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`);
    });
    return [shape("path", { class: "gx-node", d: linked.join("") }),
      shape("path", { class: "gx-node gx-alone", d: alone.join("") })];
  }

  draw(scene) {
    if (scene === this.scene) return;
    this.scene = scene;
    this.graph = scene.graph;
    this.tokens = scene.tokens;
    this.width = scene.width;
    this.height = scene.height;
    this.colours = scene.colours;
    this.layOut(scene);
    this.ground.replaceChildren();
    this.front.replaceChildren();
    this.drawGround();
  }

  point(focus) {
    this.makeRoom(focus);
    this.front.replaceChildren();
    this.drawFront(focus);
  }
}

export class Arcs extends Picture {
  drawAxes() {
    const { tokens, width, height, axes } = this;
    const letters = clamp(widest(tokens), 2, Math.floor(width / 22));
    this.left = 10 + 7.3 * letters;
    this.letters = letters;
    this.pitch = (height - 12) / tokens.length;
    this.step = every(tokens.length, height - 12, PITCH);
    this.labels = tokens.flatMap((_, place) => (place % this.step ? [] : [[place, this.nameAt(place)]]));
    axes.append(...this.labels.map(([, node]) => node));
  }

  drawGround() {
    const { graph, ground } = this;
    const drawn = graph.strongest(ARCS);
    ground.append(shape("path", {
      class: "gx-link", d: drawn.map(([query, key]) => this.arc(query, key)).join(""), "stroke-width": thin(drawn.length),
    }));
    ground.append(...this.dots((place) => [this.left + 8, this.y(place)]));
    this.counted = fill(drawn.length < graph.arcs.length ? this.page.words.arcs_some : this.page.words.arcs_all,
      { drawn: grouped(drawn.length), count: grouped(graph.arcs.length) });
  }

  nameAt(place, style = "") {
    return tokenText(this.left, this.y(place), short(this.tokens[place], this.letters), `gh-end gh-mid ${style}`);
  }

  y(place) {
    return 6 + (place + 0.5) * this.pitch;
  }

  arc(one, other) {
    const start = this.left + 8;
    const share = Math.abs(one - other) / Math.max(this.tokens.length - 1, 1);
    const bend = start + ((this.width - start - 6) * (0.1 + 0.9 * share ** 0.7) * 4) / 3;
    return `M${start} ${this.y(one)}C${bend} ${this.y(one)} ${bend} ${this.y(other)} ${start} ${this.y(other)}`;
  }

  drawFront(focus) {
    const { graph, front } = this;
    graph.row(focus).forEach((weight, key) => {
      if (weight < VISIBLE) return;
      const style = { class: "gx-look", "stroke-width": 0.75 + 6 * weight };
      front.append(key === focus
        ? shape("circle", { ...style, cx: this.left + 8 + RING, cy: this.y(key), r: RING })
        : shape("path", { ...style, d: this.arc(focus, key) }));
    });
    front.append(this.nameAt(focus, "gx-focus"));
    this.note.replaceChildren(...withToken(this.page.words.arcs_note, this.tokens[focus], { counted: this.counted }));
  }

  tokenAt(_, y) {
    return clamp(Math.floor((y - 6) / this.pitch), 0, this.tokens.length - 1);
  }
}

export class Matrix extends Picture {
  constructor(page, name) {
    super(page, name);
    this.canvas = element("canvas", { className: "gx-pixels" });
    this.stage.prepend(this.canvas);
    this.ramp = element("i", { className: "gx-ramp" });
  }

  drawAxes() {
    const { tokens, width, height, axes } = this;
    this.letters = clamp(widest(tokens), 2, Math.floor(width / 28));
    const margin = 8 + 7.3 * this.letters;
    const side = Math.min(width - margin - 2, height - margin - 2);
    this.left = width - side - 1;
    this.side = side;
    this.cell = side / tokens.length;
    this.step = every(tokens.length, side, PITCH);
    const places = [...tokens.keys()].filter((place) => place % this.step === 0);
    this.labels = places.map((place) => [place, this.rowName(place)]);
    axes.append(shape("rect", { class: "gx-frame", x: this.left, y: 1, width: side, height: side }),
      ...this.labels.map(([, node]) => node), ...places.map((place) => this.columnName(place)));
  }

  drawGround() {
    const { graph, tokens, cell, ground } = this;
    this.paint();
    const outlined = cell >= OUTLINED;
    if (outlined) ground.append(...this.outlines());
    const { words } = this.page;
    this.counted = fill(outlined ? words.matrix_note : words.matrix_small, {
      edges: grouped(graph.edges.length), cells: grouped(tokens.length ** 2), threshold: three(graph.threshold),
    });
    this.note.replaceChildren(`${this.counted} ${words.scale} 0 `, this.ramp, " 25\u00a0% ", this.ramp.cloneNode(), " 100\u00a0%");
    [...this.note.querySelectorAll("i")].forEach((half, place) => half.classList.toggle("gx-second", place === 1));
  }

  // Edges in the structure's colour on a halo of the page's: seen on a light cell and on a dark one.
  outlines() {
    const { graph, cell, left } = this;
    const thick = clamp(cell / 12, 0.75, 1.25);
    const size = cell - 2.5 * thick;
    const d = graph.edges.map(([row, column]) =>
      `M${left + column * cell + 1.25 * thick} ${1 + row * cell + 1.25 * thick}h${size}v${size}h${-size}z`).join("");
    return [shape("path", { class: "gx-edge gx-halo", d, "stroke-width": 2.5 * thick }),
      shape("path", { class: "gx-edge", d, "stroke-width": thick })];
  }

  // One pixel a cell; the colour grows with the square root of the weight.
  paint() {
    const { canvas, graph, left, side, colours } = this;
    const length = graph.length;
    Object.assign(canvas, { width: length, height: length });
    Object.assign(canvas.style, { left: `${left}px`, top: "1px", width: `${side}px`, height: `${side}px` });
    const context = canvas.getContext("2d");
    const image = context.createImageData(length, length);
    const pixels = new Uint32Array(image.data.buffer);
    for (let row = 0; row < length; row += 1) {
      const factor = graph.peaks[row] / 255;
      for (let place = row * length; place < (row + 1) * length; place += 1) {
        pixels[place] = colours[Math.round(255 * Math.sqrt(graph.cells[place] * factor))];
      }
    }
    context.putImageData(image, 0, 0);
  }

  rowName(place, style = "") {
    return tokenText(this.left - 5, 1 + (place + 0.5) * this.cell, short(this.tokens[place], this.letters), `gh-end gh-mid ${style}`);
  }

  columnName(place, style = "") {
    const text = tokenText(0, 0, short(this.tokens[place], this.letters), `gh-end gh-mid ${style}`);
    const middle = Math.min(this.left + (place + 0.5) * this.cell, this.width - PITCH / 2 - 1);
    text.setAttribute("transform", `translate(${middle} ${this.side + 6}) rotate(-90)`);
    return text;
  }

  drawFront(focus) {
    const { left, side, cell, front } = this;
    front.append(shape("rect", {
      class: "gx-row-mark", x: left, y: 1 + focus * cell, width: side, height: cell, "stroke-width": clamp(cell / 3, 0.75, 2.5),
    }), this.rowName(focus, "gx-focus"));
  }

  tokenAt(_, y) {
    const place = Math.floor((y - 1) / this.cell);
    return place >= 0 && place < this.tokens.length ? place : undefined;
  }
}

export class Graph extends Picture {
  drawAxes() {
    const { width, height } = this;
    this.centre = [width / 2, height / 2];
    this.reach = [Math.max(width / 2 - 66, 40), height / 2 - 24];
    this.names = new Map();
  }

  drawGround() {
    const { graph, ground, page: { words } } = this;
    const drawn = graph.strongest(2 * ARCS);
    const d = drawn.map((edge) => this.link(...edge)).join("");
    ground.append(shape("path", { class: "gx-link", d, "stroke-width": thin(drawn.length) }));
    ground.append(...this.dots((place) => this.spot(place)));
    this.drawLabels();
    this.counted = drawn.length < graph.arcs.length
      ? fill(words.graph_some, { drawn: grouped(drawn.length), count: grouped(graph.arcs.length) }) : "";
  }

  // The hubs are named first, then as many others as there is room for.
  drawLabels() {
    const { graph, tokens, axes } = this;
    const hubs = graph.hubs(HUBS);
    const places = [];
    for (const place of [...hubs, ...tokens.keys()]) {
      if (!places.some((other) => this.isClose(place, other))) places.push(place);
    }
    this.labels = places.map((place) => [place, this.nameOf(place)]);
    this.labels.forEach(([place, node]) => node.classList.toggle("gx-hub", hubs.includes(place)));
    const nodes = this.labels.map(([, node]) => node);
    [...axes.children].filter((node) => !nodes.includes(node)).forEach((node) => node.remove());
    axes.append(...nodes.filter((node) => !node.isConnected));
  }

  nameOf(place) {
    const { names } = this;
    return names.get(place) ?? names.set(place, this.nameAt(place)).get(place);
  }

  isClose(place, other) {
    const [one, two] = [this.spot(place, 10), this.spot(other, 10)];
    const apart = (one[0] - this.centre[0]) * (two[0] - this.centre[0]) < -100;
    return !apart && Math.abs(one[1] - two[1]) < PITCH;
  }

  // The text begins right of the top and ends left of it.
  spot(place, beyond = 0) {
    const turn = (2 * Math.PI * (place + 0.5)) / this.tokens.length - Math.PI / 2;
    return [this.centre[0] + (this.reach[0] + beyond) * Math.cos(turn),
      this.centre[1] + (this.reach[1] + beyond) * Math.sin(turn)];
  }

  link(one, other) {
    const [from, to] = [this.spot(one), this.spot(other)];
    const pull = this.centre.map((middle, axis) => middle + 0.4 * (from[axis] + to[axis] - 2 * middle));
    return `M${from.join(" ")}Q${pull.join(" ")} ${to.join(" ")}`;
  }

  nameAt(place, style = "") {
    const [x, y] = this.spot(place, 10);
    const side = x - this.centre[0];
    const anchor = Math.abs(side) < 2 ? "gh-middle" : side < 0 ? "gh-end" : "";
    return tokenText(x, y, short(this.tokens[place], 8), `${anchor} gh-mid ${style}`);
  }

  // The shortest paths from the token in focus, the longest of them in bold; it alone where all
  // would hide what lies under them.
  drawFront(focus) {
    const { graph, front, tokens, page: { words } } = this;
    const { steps: distance, before, farthest, reached } = graph.paths(focus);
    const tree = [...before.keys()].filter((place) => before[place] >= 0);
    const all = tree.length <= PATHS;
    const links = all ? tree.map((place) => this.link(before[place], place)) : [];
    front.append(shape("path", { class: "gx-path", d: links.join("") }));
    const longest = [];
    for (let place = farthest; before[place] >= 0; place = before[place]) longest.push(this.link(before[place], place));
    front.append(shape("path", { class: "gx-path gx-longest", d: longest.join("") }));
    for (const place of new Set([focus, farthest])) {
      const [cx, cy] = this.spot(place);
      front.append(shape("circle", { class: place === focus ? "gx-node gx-focus" : "gx-node gx-end", cx, cy, r: 5 }),
        this.nameAt(place, place === focus ? "gx-focus" : "gx-far"));
    }
    this.labels.filter(([place]) => this.isClose(place, farthest)).forEach(([, node]) => { node.style.opacity = 0; });
    const total = distance.reduce((sum, step) => sum + Math.max(step, 0), 0);
    const values = { reached, mean: three(total / reached), steps: distance[farthest] };
    const note = !reached ? words.graph_alone : all ? words.graph_note : words.graph_longest;
    const said = graph.links === 0 ? [words.no_links] : withToken(note, tokens[focus], values);
    this.note.replaceChildren(...said, " ", this.counted);
  }

  tokenAt(x, y) {
    const [across, down] = [(x - this.centre[0]) / this.reach[0], (y - this.centre[1]) / this.reach[1]];
    if (Math.hypot(across, down) < 0.4) return undefined;
    const turn = (Math.atan2(down, across) / (2 * Math.PI) + 1.25) % 1;
    return Math.min(Math.floor(turn * this.tokens.length), this.tokens.length - 1);
  }
}
