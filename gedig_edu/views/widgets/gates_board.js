// A graph that grows as statements arrive: what the two gates read of each, and what they let in.

import { makeNodes } from "./graph_nodes.js";
import { graphOf, grow, judged, partsOf } from "./growing.js";
import { element, label, line, mark, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { pressButton } from "./kit/keys.js";
import { curve, dots, key } from "./kit/marks.js";
import { player } from "./kit/play.js";
import { linear } from "./kit/scale.js";
import { clamp } from "./kit/sums.js";
import { fill, short, three, tick } from "./kit/text.js";

const [LOW, HIGH] = [-1, 3]; // of F and of both thresholds

const statementsOf = kept(({ heard }) => heard.map(([thing, other, likeness, right, ...probabilities]) =>
  ({ thing, other, likeness, right: right === 1, probabilities })), ({ heard }) => [heard]);

const growth = kept((state) => grow(state.known, statementsOf(state), state),
  ({ known, heard, theta_ag, theta_dg, lam, gamma, efficiency, choice }) =>
    [known, heard, theta_ag, theta_dg, lam, gamma, efficiency, choice]);

/** @returns {[number, number]} */
const pairOf = ({ thing, other }) => [thing, other];

// The graph before the chosen statement: edges known from the start, and those let in.
function edgesOf(state, steps) {
  const { known, step } = state;
  const accepted = statementsOf(state).slice(0, step).filter((_, at) => steps[at].outcome === "accept");
  return [...known, ...accepted.map(pairOf)];
}

function joinsOf(graph, [u, v]) {
  if (graph.get(u)?.has(v)) return "known";
  const part = partsOf(graph);
  if (!part.has(u) || !part.has(v)) return "new";
  return part.get(u) === part.get(v) ? "inside" : "bridge";
}

// What is looked at: the pair of one's own, or else the statement that has come.
function candidateOf(state) {
  const { own, step } = state;
  return own.length ? { thing: own[0], other: own[1] } : statementsOf(state)[step];
}

export function numbers(state) {
  const { things, step, own } = state;
  const [statements, steps] = [statementsOf(state), growth(state)];
  const outcomes = steps.map(({ outcome }) => outcome);
  const graph = graphOf(edgesOf(state, steps));
  const candidate = candidateOf(state);
  const { F, g0, g_min, entropy, path, outcome } = judged(graph, candidate, state);
  const count = (wanted) => outcomes.filter((one) => one === wanted).length;
  const accepted = count("accept");
  const right = statements.filter((one, at) => one.right && outcomes[at] === "accept").length;
  const truth = statements.filter((one) => one.right).length;
  return {
    outcome, F, g0, g_min, entropy, path: path.at(-1), joins: joinsOf(graph, pairOf(candidate)),
    a: things[candidate.thing], b: things[candidate.other],
    number: step + 1, count: statements.length, accepted, explored: count("explore"), rejected: count("reject"),
    right, precision: accepted ? right / accepted : null, recall: truth ? right / truth : null,
    outcomes, message: own.length ? "sentence_own" : "sentence",
  };
}

// ---- the graph ----------------------------------------------------------------------------

const [TALL, LETTERS] = [344, 8];

function placesOf({ things }, width) {
  const [cx, cy] = [width / 2, TALL / 2 - 8];
  const [rx, ry] = [Math.min(cx - 64, 130), TALL / 2 - 34];
  return things.map((_, at) => {
    const turn = (2 * Math.PI * (at + 0.5)) / things.length - Math.PI / 2;
    const [across, down] = [Math.cos(turn), Math.sin(turn)];
    return { at: [cx + rx * across, cy + ry * down], across, down };
  });
}

function nameAt({ at: [x, y], across, down }, name, style) {
  const beside = clamp(across * 3, -1, 1); // above and below the circle a name stands over its node
  const far = 13;
  const anchor = across > 0 ? "" : "gh-end";
  return label(x + far * beside, y + 12 * down * (1 - Math.abs(across)), short(name, LETTERS), `gh-mid ${anchor} ${style}`);
}

function edgeAt(places, [u, v], style) {
  return line(...places[u].at, ...places[v].at, `gb-edge ${style}`);
}

// How an edge is drawn that has been heard of: let in or not, and on demand whether it is true.
function styleOf({ right }, outcome, truth) {
  if (outcome !== "accept") return truth && right ? "gb-missed" : null;
  if (!truth) return "";
  return right ? "gb-right" : "gb-wrong";
}

function drawGraph(panel, nodes, state, now, width, page) {
  const { things, known, step, truth, chosen } = state;
  const places = placesOf(state, width);
  const steps = growth(state);
  const inside = graphOf(edgesOf(state, steps));
  const candidate = pairOf(candidateOf(state));
  panel.clear(width, TALL, page.words.picture);
  panel.add(...known.map((edge) => edgeAt(places, edge, truth ? "gb-right" : "gb-known")));
  statementsOf(state).slice(0, step).forEach((one, at) => {
    const style = styleOf(one, steps[at].outcome, truth);
    if (style !== null) panel.add(edgeAt(places, pairOf(one), style));
  });
  panel.add(edgeAt(places, candidate, `gb-now gb-${now.outcome}`));
  panel.add(label(width / 2, TALL - 6, page.words[truth ? "truth_key" : "edges_key"], "gh-note gh-middle"));
  places.forEach((place, at) => {
    const style = inside.has(at) || candidate.includes(at) ? "" : "gb-absent";
    panel.add(nameAt(place, things[at], `${style} ${candidate.includes(at) ? "gh-head gh-chosen" : ""}`));
  });
  nodes.forEach((node, at) => {
    node.classList.toggle("gb-absent", !inside.has(at));
    mark(node.querySelector(".gh-reach"), { rx: 14 });
    mark(node.querySelector(".ge-dot"), { r: 6 });
    mark(node, {
      transform: `translate(${places[at].at.join(" ")})`, "aria-pressed": chosen === at,
      "aria-label": fill(page.words.node, { name: things[at], degree: inside.get(at)?.size ?? 0 }),
    });
  });
}

// ---- the gates ----------------------------------------------------------------------------

const [AG, ROWS, DG, FOOT] = [48, [92, 148, 190, 232], 278, 318];

function drawZones(panel, { theta_ag, theta_dg }, x, words) {
  const [first] = ROWS;
  const zone = (from, to, top, bottom, style) => shape("rect", {
    x: x(from), y: top, width: Math.max(0, x(to) - x(from)), height: bottom - top, class: `gb-zone ${style}`,
  });
  panel.add(zone(LOW, theta_dg, first - 18, DG - 14, ""),
    zone(Math.max(theta_ag, theta_dg), HIGH, first - 18, first + 18, "gb-explore"),
    line(x(theta_ag), AG, x(theta_ag), first + 18, "gh-now"),
    line(x(theta_dg), first - 18, x(theta_dg), DG, "gh-now"));
  if (theta_dg > LOW + 1) panel.add(label(x(LOW) + 4, DG - 22, words.outcome_accept, "gh-tick"));
  if (Math.max(theta_ag, theta_dg) < HIGH - 1) panel.add(label(x(HIGH) - 4, first + 32, words.outcome_explore, "gh-tick gh-end"));
}

function drawReadings(panel, { F }, x) {
  const at = (value) => x(clamp(value, LOW, HIGH));
  const points = F.map((value, hops) => [at(value), ROWS[hops]]);
  const [first, ...further] = F;
  const lowest = 1 + further.indexOf(Math.min(...further));
  const style = (hops) => (hops === 0 || hops === lowest ? "gb-read" : "");
  panel.add(curve(points, "gh-inked"));
  points.forEach((point, hops) => panel.add(...dots([point], { r: 3.5, style: `gb-reading ${style(hops)}` })));
  [[first, 0, "g₀"], [F[lowest], lowest, "g_min"]].forEach(([value, hops, name]) => {
    const left = value > (LOW + HIGH) / 2;
    panel.add(label(at(value) + (left ? -12 : 12), ROWS[hops], `${name} ${three(value)}`, `gh-mid gh-head ${left ? "gh-end" : ""}`));
  });
}

function threshold(panel, page, name, symbol, { value, x, height }) {
  const left = value > (LOW + HIGH) / 2;
  panel.add(line(x(LOW), height, x(HIGH), height, "gh-grid"),
    label(x(value) + (left ? -22 : 22), height, `${symbol} ${three(value)}`, `gh-mid gh-chosen ${left ? "gh-end" : ""}`));
  grip(panel, page, name, { at: [x(value), height], along: [x, null], snap: 0.05, step: 0.05, label: page.words[name] });
}

function drawGates(panel, page, state, now, width) {
  const { words } = page;
  const x = linear([LOW, HIGH], [58, width - 14]);
  panel.clear(width, TALL, words.gates);
  panel.add(label(0, 13, fill(words[`because_${now.outcome}`], { ...state, ...now }), "gh-head"));
  x.ticks(5).forEach((at) => panel.add(line(x(at), FOOT, x(at), FOOT + 5, "gh-axis"), label(x(at), FOOT + 18, tick(at), "gh-tick gh-middle")));
  panel.add(line(x(LOW), FOOT, x(HIGH), FOOT, "gh-axis"), label(0, FOOT + 18, "F", "gh-head"));
  drawZones(panel, state, x, words);
  ROWS.forEach((height, hops) => panel.add(label(0, height, words[`hops_${hops}`], "gh-note gh-mid")));
  [[AG, "AG", words.attention], [DG, "DG", words.decision]].forEach(([height, gate, name]) => {
    panel.add(label(0, height, gate, "gh-mid gh-head"), label(0, height + 15, name, "gh-mid gh-note"));
  });
  drawReadings(panel, now, x);
  threshold(panel, page, "theta_ag", "θ_AG", { value: state.theta_ag, x, height: AG });
  threshold(panel, page, "theta_dg", "θ_DG", { value: state.theta_dg, x, height: DG });
}

// ---- all statements -----------------------------------------------------------------------

const [CELLS, THICK] = [24, 22];

function drawLine(panel, page, state, now, width) {
  const { step, truth } = state;
  const { words } = page;
  const statements = statementsOf(state);
  const wide = Math.min(26, (width - 2) / statements.length);
  const at = linear([0, statements.length - 1], [wide / 2, (statements.length - 0.5) * wide]);
  const cell = (place, style) => shape("rect", {
    x: place * wide + 0.5, y: CELLS, width: Math.max(1, wide - 2), height: THICK, class: style,
  });
  panel.clear(width, CELLS + THICK + (truth ? 16 : 4), words.line);
  panel.add(...key([[cell(0, "gb-cell gb-accept"), words.outcome_accept], [cell(0, "gb-cell gb-explore"), words.outcome_explore],
    [cell(0, "gb-cell gb-reject"), words.outcome_reject]]));
  if (truth) panel.add(label(width, 10, words.true_mark, "gh-note gh-mid gh-end"));
  now.outcomes.forEach((outcome, place) => panel.add(cell(place, `gb-cell gb-${outcome}`)));
  if (truth) {
    const trueOnes = statements.flatMap(({ right }, place) => (right ? [[at(place), CELLS + THICK + 8]] : []));
    panel.add(...dots(trueOnes, { r: 3, style: "gb-truth" }));
  }
  panel.add(cell(step, "gb-here"));
  if (statements.length > 1) slide(panel, page, "step", { along: at, snap: Math.round });
}

// ---- together -----------------------------------------------------------------------------

const PACE = 700; // milliseconds a statement

function picked({ chosen }, node) {
  if (chosen === -1) return { chosen: node };
  return chosen === node ? { chosen: -1 } : { own: [chosen, node], chosen: -1 };
}

function saidText(state, now, words) {
  const { own, chosen, things, step } = state;
  if (chosen !== -1) return fill(words.chosen, { name: things[chosen] });
  if (own.length) return fill(words.own, now, words);
  const { likeness, probabilities } = statementsOf(state)[step];
  return fill(words.said, { ...now, likeness, p: probabilities[0], candidates: probabilities.length }, words);
}

function picture(node, page) {
  const said = element("p", { className: "gb-said" });
  const own = { own: [], chosen: -1 };
  const playing = player(page, "step", [0, page.state().heard.length - 1], { beat: PACE, also: own });
  playing.node.append(pressButton(page.words.clear, () => page.change(own)));
  node.append(playing.node, said);
  const [graph, gates, order] = ["graph", "gates", "order"].map((name) => new Panel(node, name));
  const nodes = makeNodes(graph, page.state().things.length, { pick: (at) => page.change(picked(page.state(), at)) });
  return (state, now, width) => {
    const wide = width > 520;
    const left = wide ? Math.floor(width * 0.5) : width;
    drawGraph(graph, nodes, state, now, left, page);
    drawGates(gates, page, state, now, wide ? width - left - 20 : width);
    drawLine(order, page, state, now, width);
    playing.show();
    said.textContent = saidText(state, now, page.words);
  };
}

export default hero({ numbers, picture });
