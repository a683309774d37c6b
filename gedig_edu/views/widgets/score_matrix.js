// Every query against every key after rotation, as a map: Toeplitz while the tokens are alike.

import { dot } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, mixed } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { cells, dots } from "./kit/marks.js";
import { clamp } from "./kit/sums.js";
import { fill, tick } from "./kit/text.js";
import { rotate, speedsOf } from "./rope.js";

function blended(x, difference) {
  return x.slice(1).map((own) => {
    const vector = own.map((entry, i) => (1 - difference) * x[0][i] + difference * entry);
    const norm = Math.hypot(...vector);
    return vector.map((entry) => (norm > 0 ? entry / norm : 0));
  });
}

function scoresAt({ q, k, rotation, difference, base }, shift) {
  const theta = speedsOf(q[0].length, base);
  const [queries, keys] = [q, k].map((x) => blended(x, difference)
    .map((vector, at) => rotate(vector, rotation * (at + shift), theta).flat()));
  return queries.map((query) => keys.map((key) => clamp(dot(query, key), -1, 1)));
}

function range(values) {
  return Math.max(...values) - Math.min(...values);
}

// The scores of each distance m − n.
function diagonalsOf(scores) {
  const diagonals = new Map();
  const count = Math.sqrt(scores.length);
  scores.forEach((score, place) => {
    const distance = Math.floor(place / count) - (place % count);
    diagonals.set(distance, [...(diagonals.get(distance) ?? []), score]);
  });
  return [...diagonals];
}

export function numbers(state) {
  const rows = scoresAt(state, state.shift);
  const scores = rows.flat();
  const still = scoresAt(state, 0).flat();
  return {
    spread: Math.max(...diagonalsOf(scores).map(([, along]) => range(along))),
    row_spread: Math.max(...rows.map(range)),
    moved: Math.max(...scores.map((score, cell) => Math.abs(score - still[cell]))),
    scores,
  };
}

// ---- the map ------------------------------------------------------------------------------

function colour(score) {
  return mixed(score < 0 ? "var(--gh-heat)" : "var(--gh-structure)", Math.abs(score));
}

function drawScale(panel, left, words) {
  const steps = Array.from({ length: 21 }, (_, step) => (step - 10) / 10);
  panel.add(label(left, 14, words.scale, "gh-note"), label(left, 27, "−1", "gh-tick gh-mid"),
    ...cells(steps, { left: left + 24, top: 22, width: 6, height: 10, columns: steps.length, colour }),
    label(left + 156, 27, "+1", "gh-tick gh-mid"));
}

const [LEFT, TOP, BELOW, SIDE] = [58, 44, 42, 360];

function drawMatrix(panel, { q, shift }, now, room, words) {
  const count = q.length - 1;
  const cell = Math.floor(Math.min(SIDE, room - LEFT - 8) / count);
  const width = LEFT + cell * count + 8;
  const ticks = Array.from({ length: Math.ceil(count / 5) }, (_, at) => 5 * at + 0.5);
  const places = { ticks, text: (at) => tick(at - 0.5 + shift), grid: false, on: null };
  const { bottom } = axes(panel, {
    width, height: TOP + cell * count + BELOW, title: words.matrix,
    room: { left: LEFT, right: width - LEFT - cell * count, top: TOP, bottom: BELOW },
    x: { ...places, domain: [0, count], name: words.column }, y: { ...places, domain: [count, 0], name: words.row },
  });
  drawScale(panel, LEFT, words);
  panel.add(...cells(now.scores, { left: LEFT, top: TOP, width: cell, height: cell, columns: count, gap: 1, colour }));
  return { width, bottom };
}

// ---- the same cells against their distance ------------------------------------------------

// One dot to a cell. Where distance alone decides, the dots of a distance fall together; a bar
// joins the lowest and the highest of them, and the longest bar is Δ diagonal.
function drawDistances(panel, now, width, bottom, words) {
  const count = Math.sqrt(now.scores.length);
  const { x, y, left } = axes(panel, {
    width, height: bottom + BELOW, title: words.distances, heading: words.distances_title,
    room: { left: 34, right: 0, top: TOP, bottom: BELOW },
    x: { domain: [-count, count], most: 7, grid: false, on: 0, name: words.distance },
    y: { domain: [-1, 1], most: 4 },
  });
  const diagonals = diagonalsOf(now.scores);
  panel.add(...dots(diagonals.flatMap(([at, scores]) => scores.map((score) => [x(at), y(score)])),
    { r: 2.4, style: "gh-cell-dot" }));
  if (now.spread < 0.005) return;
  const [at, scores] = diagonals.find(([, along]) => range(along) === now.spread);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  panel.add(line(x(at), y(low), x(at), y(high), "gh-curve gh-warm"),
    label(clamp(x(at), left + 50, width - 50), y(high) - 8, fill(words.widest, now), "gh-middle gh-head"));
}

function picture(node, { words }) {
  const matrix = new Panel(node, "matrix");
  const distances = new Panel(node, "distances");
  return (state, now, wide) => {
    const beside = wide >= 500;
    const { width, bottom } = drawMatrix(matrix, state, now, beside ? 0.57 * wide : wide, words);
    const room = beside ? Math.min(520, wide - width - 20) : wide;
    drawDistances(distances, now, room, beside ? bottom : 240, words);
  };
}

export default hero({ numbers, picture });
