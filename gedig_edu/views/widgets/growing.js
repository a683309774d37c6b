// A graph that grows by two gates as statements arrive, as `gedig_edu.lab.growing` grows it. A graph is
// a map from each thing to its neighbours.

import { distances, joined, pathTerm } from "./graph_edit.js";
import { sum } from "./kit/sums.js";

const HOPS = 3;

function join(graph, [u, v]) {
  [[u, v], [v, u]].forEach(([one, other]) => {
    graph.set(one, (graph.get(one) ?? new Set()).add(other));
  });
}

export function graphOf(edges) {
  const graph = new Map();
  edges.forEach((edge) => join(graph, edge));
  return graph;
}

// What is within 0, 1 … steps of the ends of an edge, once it is there.
function neighbourhoods(graph, ends) {
  const found = [ends];
  for (let hops = 1; hops <= HOPS; hops += 1) {
    const nodes = found[hops - 1];
    found.push([...new Set([...nodes, ...nodes.flatMap((node) => [...(graph.get(node) ?? [])])])]);
  }
  return found;
}

// The edge joins the first two of the nodes.
function gainWithin(graph, nodes, efficiency) {
  const place = new Map(nodes.map((node, at) => [node, at]));
  const edges = nodes.flatMap((node, at) => [...(graph.get(node) ?? [])]
    .map((other) => [at, place.get(other)]).filter(([, to]) => to > at));
  const before = distances(nodes.length, edges);
  const there = nodes.filter((node) => graph.has(node)).length;
  return pathTerm(before, joined(before, [0, 1]), efficiency, there).path;
}

// The fall of the entropy of what could be meant, over the logarithm of how many that are; where it
// does not count, or nothing else could be meant, there is none.
function entropyChange({ probabilities = [] }, choice) {
  if (!choice || probabilities.length < 2) return 0;
  const nats = -sum(probabilities.filter(Boolean).map((p) => p * Math.log(p)));
  return -nats / Math.log(probabilities.length);
}

// What the gates read of a statement in a graph, and what they say.
export function judged(graph, statement, { theta_ag, theta_dg, lam, gamma, efficiency, choice }) {
  const { thing, other } = statement;
  const known = graph.get(thing)?.has(other);
  const around = neighbourhoods(graph, [thing, other]);
  const cost = around.map(({ length: n }) => (known ? 0 : 1 / ((n * (n - 1)) / 2)));
  const path = around.map((nodes, hops) => (known || !hops ? 0 : gainWithin(graph, nodes, efficiency)));
  const entropy = entropyChange(statement, choice);
  const F = cost.map((price, hops) => price - lam * (entropy + gamma * path[hops]));
  const [g0, ...further] = F;
  const g_min = Math.min(...further);
  return { cost, path, entropy, F, g0, g_min, outcome: outcomeOf(g0, g_min, theta_ag, theta_dg) };
}

function outcomeOf(g0, g_min, theta_ag, theta_dg) {
  if (Math.min(g0, g_min) <= theta_dg) return "accept";
  return g0 > theta_ag ? "explore" : "reject";
}

// One judgement for each statement, in the graph as it then is.
export function grow(known, statements, gates) {
  const graph = graphOf(known);
  return statements.map((statement) => {
    const step = judged(graph, statement, gates);
    if (step.outcome === "accept") join(graph, [statement.thing, statement.other]);
    return step;
  });
}

// The part of a graph in which each thing lies, by the first thing of it.
export function partsOf(graph) {
  const part = new Map();
  const spread = (node, first) => {
    if (part.has(node)) return;
    part.set(node, first);
    [...graph.get(node)].forEach((other) => spread(other, first));
  };
  [...graph.keys()].forEach((node) => spread(node, node));
  return part;
}
