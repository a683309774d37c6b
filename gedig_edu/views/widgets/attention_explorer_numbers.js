// What the explorer knows: every head's exact numbers, and of the layers fetched so far a picture
// of the weights (bytes, for the eye) and the edges (bits, exact).

const QUANTITIES = ["F", "delta", "density", "entropy", "path_gain", "previous", "induction"];
const BASELINES = ["random", "uniform", "local", "diagonal", "row_shuffled"];

function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function aligned(view, Numbers) {
  const end = view.byteOffset + view.byteLength;
  return new Numbers(view.buffer.slice(view.byteOffset, end));
}

// Runs `make` once for each object it is asked about.
function remembered(make) {
  const known = new WeakMap();
  return (object) => {
    if (!known.has(object)) known.set(object, make(object));
    return known.get(object);
  };
}

function rowsByName(names, view) {
  const all = aligned(view, Float64Array);
  const count = all.length / names.length;
  return Object.fromEntries(names.map((name, row) =>
    [name, all.subarray(row * count, (row + 1) * count)]));
}

const decodeOverview = remembered(({ names, numbers }) => rowsByName(names, numbers));
const decodeTerms = remembered((terms) => rowsByName(["density", "entropy", "path_gain"], terms));

// F = density − λ(entropy + γ·path gain) for every head.
export function weigh({ density, entropy, path_gain: pathGain }, { lam, gamma }) {
  return density.map((cost, head) => cost - lam * (entropy[head] + gamma * pathGain[head]));
}

// The baseline's terms, if they are here for the present threshold and mask.
function comparison({ against, overview, state }) {
  if (against.reading !== overview.reading) return null;
  const terms = against.terms[`${state.baseline} ${state.matched ? "matched" : "unmasked"}`];
  return terms ? decodeTerms(terms) : null;
}

// The quantity that colours the map, of every head; null while the kernel is being asked.
export function valuesOf(data) {
  const { overview, state } = data;
  const known = decodeOverview(overview);
  if (state.quantity === "F") return weigh(known, state);
  if (state.quantity !== "delta") return known[state.quantity];
  const baseline = comparison(data);
  if (baseline === null) return null;
  const other = weigh(baseline, state);
  return weigh(known, state).map((value, head) => value - other[head]);
}

// The values again only when something they come from has changed.
function keptValues() {
  let [kept, values] = [[], null];
  return (data) => {
    const { overview, against, state } = data;
    const from = [overview, against, state.quantity, state.lam, state.gamma, state.baseline, state.matched];
    if (from.some((one, place) => one !== kept[place])) values = valuesOf(data);
    kept = from;
    return values;
  };
}

export function headNumbers({ overview, state }, at) {
  const known = decodeOverview(overview);
  const numbers = Object.fromEntries(Object.entries(known).map(([name, row]) => [name, row[at]]));
  const pathLength = Number.isNaN(numbers.path_length) ? null : numbers.path_length;
  return { ...numbers, F: weigh(known, state)[at], path_length: pathLength };
}

// Heads from the highest value to the lowest; equal ones in the order of layers and heads.
export function sortedHeads(values, lowestFirst) {
  const sign = lowestFirst ? 1 : -1;
  return Array.from(values, (_, at) => at).sort((a, b) => sign * (values[a] - values[b]) || a - b);
}

// ---- one head -----------------------------------------------------------------------------

// Of a causal layer the rows come up to the diagonal only.
function headCells({ cells }, head, length, causal) {
  const size = causal ? (length * (length + 1)) / 2 : length * length;
  const own = cells.subarray(head * size, (head + 1) * size);
  if (!causal) return own;
  const square = new Uint8Array(length * length);
  for (let row = 0, from = 0; row < length; from += row + 1, row += 1) {
    square.set(own.subarray(from, from + row + 1), row * length);
  }
  return square;
}

export class HeadGraph {
  constructor(picture, edges, head, { length, causal }) {
    this.length = length;
    this.cells = headCells(picture, head, length, causal);
    this.peaks = picture.peaks.subarray(head * length, (head + 1) * length);
    const stride = Math.ceil(length / 8);
    this.stride = stride;
    this.bits = edges.subarray(head * length * stride, (head + 1) * length * stride);
    this.join();
  }

  // What the picture says of a weight: exact at each row's largest, elsewhere within a step.
  weight(row, column) {
    return (this.cells[row * this.length + column] / 255) * this.peaks[row];
  }

  row(query) {
    return Array.from({ length: this.length }, (_, key) => this.weight(query, key));
  }

  isEdge(row, column) {
    return ((this.bits[row * this.stride + (column >> 3)] >> (column & 7)) & 1) === 1;
  }

  // Edges as [query, key], and the undirected graph without self-loops.
  join() {
    this.edges = [];
    this.bits.forEach((byte, place) => {
      const row = Math.floor(place / this.stride);
      for (let bit = 0; byte >> bit; bit += 1) {
        if ((byte >> bit) & 1) this.edges.push([row, 8 * (place % this.stride) + bit]);
      }
    });
    this.arcs = this.edges.filter(([row, column]) => row !== column);
    this.neighbours = Array.from({ length: this.length }, () => []);
    for (const [row, column] of this.arcs) {
      if (row < column && this.isEdge(column, row)) continue;
      this.neighbours[row].push(column);
      this.neighbours[column].push(row);
    }
    this.degree = this.neighbours.map((others) => others.length);
    this.mostLinks = Math.max(...this.degree);
    this.links = this.degree.reduce((sum, degree) => sum + degree, 0) / 2;
  }

  // The `most` heaviest edges between different tokens.
  strongest(most) {
    if (this.arcs.length <= most) return this.arcs;
    const weighed = this.arcs.map((arc) => [this.weight(...arc), arc]);
    return weighed.sort((a, b) => b[0] - a[0]).slice(0, most).map(([, arc]) => arc);
  }

  hubs(most) {
    return Array.from(this.degree.keys()).filter((token) => this.degree[token] > 1)
      .sort((a, b) => this.degree[b] - this.degree[a] || a - b).slice(0, most);
  }

  // Steps from a token to every other (−1: out of reach), and the step before each.
  paths(from) {
    const steps = new Int32Array(this.length).fill(-1);
    const before = new Int32Array(this.length).fill(-1);
    steps[from] = 0;
    const queue = [from];
    for (const token of queue) {
      for (const next of this.neighbours[token]) {
        if (steps[next] < 0) {
          steps[next] = steps[token] + 1;
          before[next] = token;
          queue.push(next);
        }
      }
    }
    return { steps, before, farthest: queue.at(-1), reached: queue.length - 1 };
  }
}

// ---- words --------------------------------------------------------------------------------

function highest(values) {
  return values.reduce((best, value, place) => (value > values[best] ? place : best), 0);
}

function headWords({ state, about }, now) {
  return {
    layer: state.layer,
    head: state.head,
    model: about.model,
    previous: percent(now.previous),
    own: percent(now.own),
    first: percent(now.first),
    F: shown(now.F),
    density: shown(now.density),
    path_length: shown(now.path_length),
    entropy: shown(state.lam * now.entropy),
    path_gain: shown(state.lam * state.gamma * now.path_gain),
  };
}

// The text alternative: the head, then as far as its layer is here, its graph and the token.
function sentenceOf(data, graph, words) {
  const { state, about } = data;
  const now = headNumbers(data, state.layer * about.heads + state.head);
  const facts = headWords(data, now);
  const said = [fill(words.sentence, facts)];
  if (graph) {
    const hub = highest(graph.degree);
    const row = graph.row(state.query);
    const target = highest(graph.cells.subarray(state.query * graph.length).subarray(0, graph.length));
    Object.assign(facts, {
      links: graph.links, hub: about.tokens[hub], degree: graph.degree[hub],
      token: about.tokens[state.query], target: about.tokens[target], share: percent(row[target]),
    });
    said.push(fill(graph.links ? words.sentence_graph : words.sentence_no_graph, facts),
      fill(words.sentence_token, facts));
  }
  if (state.pinned.length) {
    const [layer, head] = state.pinned;
    const other = headNumbers(data, layer * about.heads + head);
    said.push(fill(words.sentence_pinned,
      { layer, head, F: shown(other.F), previous: percent(other.previous) }));
  }
  return said.join(" ");
}
