// Every query against every key after rotation, as a map: Toeplitz while the tokens are alike.

import { label, line, mixed, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, three, tick, whole } from "./kit/text.js";
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
  return queries.map((query) => keys.map((key) =>
    clamp(sum(query.map((entry, i) => entry * key[i])), -1, 1)));
}

function range(values) {
  return Math.max(...values) - Math.min(...values);
}

export function numbers(state) {
  const scores = scoresAt(state, state.shift);
  const diagonals = new Map();
  scores.forEach((row, m) => row.forEach((score, n) => {
    diagonals.set(m - n, [...(diagonals.get(m - n) ?? []), score]);
  }));
  const still = scoresAt(state, 0).flat();
  const all = scores.flat();
  return {
    spread: Math.max(...[...diagonals.values()].map(range)),
    row_spread: Math.max(...scores.map(range)),
    moved: Math.max(...all.map((score, cell) => Math.abs(score - still[cell]))),
    scores: all,
  };
}

function facts({ rotation, difference, shift }, now) {
  return {
    shift: whole(shift),
    rotation: three(rotation),
    difference: three(difference),
    spread: three(now.spread),
    row_spread: three(now.row_spread),
    moved: three(now.moved),
  };
}

// ---- the map ------------------------------------------------------------------------------

function colour(score) {
  const end = score < 0 ? "var(--gh-heat)" : "var(--gh-structure)";
  return mixed(end, Math.abs(score));
}

function box(x, y, width, height, score) {
  const rect = shape("rect", { x, y, width, height });
  rect.style.fill = colour(score);
  return rect;
}

function drawScale(panel, left, words) {
  panel.add(label(left, 14, words.scale, "gh-note"));
  for (let step = -10; step <= 10; step += 1) {
    panel.add(box(left + 24 + (step + 10) * 6, 22, 6, 10, step / 10));
  }
  panel.add(label(left, 27, "−1", "gh-tick gh-mid"), label(left + 156, 27, "+1", "gh-tick gh-mid"));
}

function drawTicks(panel, { left, top, cell, count, shift }, words) {
  const size = cell * count;
  for (let at = 0; at < count; at += 5) {
    const middle = (at + 0.5) * cell;
    panel.add(label(left - 6, top + middle, tick(at + shift), "gh-tick gh-mid gh-end"),
      label(left + middle, top + size + 16, tick(at + shift), "gh-tick gh-middle"));
  }
  const turned = label(14, top + size / 2, words.row, "gh-note gh-middle");
  turned.setAttribute("transform", `rotate(-90 14 ${top + size / 2})`);
  panel.add(turned, label(left + size / 2, top + size + 34, words.column, "gh-note gh-middle"));
}

function drawMatrix(panel, state, now, width, words) {
  const [left, top] = [58, 44];
  const count = state.q.length - 1;
  const cell = Math.floor((width - left - 8) / count);
  panel.clear(width, top + cell * count + 42, words.matrix);
  drawScale(panel, left, words);
  now.scores.forEach((score, place) => {
    const [m, n] = [Math.floor(place / count), place % count];
    panel.add(box(left + n * cell, top + m * cell, cell - 1, cell - 1, score));
  });
  drawTicks(panel, { left, top, cell, count, shift: state.shift }, words);
  return top + cell * count;
}

// ---- the same cells against their distance ------------------------------------------------

// One dot to a cell. Where distance alone decides, the dots of a distance fall together; a bar
// joins the lowest and the highest of them, and the longest bar is Δ diagonal.
function drawDistances(panel, now, width, bottom, words) {
  const count = Math.sqrt(now.scores.length);
  const [left, top] = [34, 44];
  const x = (distance) => left + 10 + ((distance + count - 1) / (2 * count - 2)) * (width - left - 20);
  const y = (score) => top + ((1 - score) / 2) * (bottom - top);
  panel.clear(width, bottom + 42, words.distances);
  panel.add(label(0, 14, words.distances_title, "gh-note"));
  [1, 0.5, 0, -0.5, -1].forEach((score) => panel.add(
    line(left, y(score), width, y(score), score === 0 ? "gh-axis" : "gh-grid"),
    label(left - 6, y(score), String(score).replace("-", "−"), "gh-tick gh-end gh-mid")));
  [-15, -10, -5, 0, 5, 10, 15].filter((at) => Math.abs(at) < count).forEach((at) =>
    panel.add(label(x(at), bottom + 16, tick(at), "gh-tick gh-middle")));
  panel.add(label((left + width) / 2, bottom + 34, words.distance, "gh-note gh-middle"));
  const ends = new Map();
  now.scores.forEach((score, place) => {
    const distance = Math.floor(place / count) - (place % count);
    const [low, high] = ends.get(distance) ?? [score, score];
    ends.set(distance, [Math.min(low, score), Math.max(high, score)]);
    panel.add(shape("circle", { cx: x(distance), cy: y(score), r: 2.4, class: "gh-cell-dot" }));
  });
  const widest = [...ends].reduce((a, b) => (b[1][1] - b[1][0] > a[1][1] - a[1][0] ? b : a));
  const [at, [low, high]] = widest;
  if (high - low < 0.005) return;
  panel.add(line(x(at), y(low), x(at), y(high), "gh-curve gh-warm"),
    label(clamp(x(at), left + 40, width - 40), y(high) - 8,
      fill(words.widest, { spread: three(high - low) }), "gh-middle gh-head"));
}

function picture(node, { words }) {
  const matrix = new Panel(node, "matrix");
  const distances = new Panel(node, "distances");
  return (state, now, wide) => {
    const beside = wide >= 620;
    const width = beside ? Math.min(460, wide * 0.5) : Math.min(wide, 480);
    const bottom = drawMatrix(matrix, state, now, width, words);
    const room = beside ? Math.min(520, wide - width - 20) : wide;
    drawDistances(distances, now, room, beside ? bottom : 240, words);
  };
}

export default hero({ numbers, facts, picture });
