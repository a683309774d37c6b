// F of one causal map with soft links and its slopes, as in gedig_edu/theory/soft.py.

import { distances } from "./graph_edit.js";
import { sum } from "./kit/sums.js";

const [LAM, GAMMA, KEPT, BISECTIONS, FAR] = [0.5, 0.5, 0.1, 80, 40];

const square = (n, value) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => value(i, j)));
const total = (matrix) => sum(matrix.map(sum));
const times = (a, b) => a.map((row) => b[0].map((_, j) => sum(row.map((value, k) => value * b[k][j]))));
const turned = (a) => a[0].map((_, j) => a.map((row) => row[j]));

// Gauss and Jordan's elimination, rows exchanged for the largest pivot.
function inverse(matrix) {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let at = 0; at < n; at += 1) {
    const best = rows.slice(at).reduce((found, row, k) => (Math.abs(row[at]) > Math.abs(rows[found][at]) ? at + k : found), at);
    [rows[at], rows[best]] = [rows[best], rows[at]];
    const pivot = rows[at][at];
    rows[at] = rows[at].map((value) => value / pivot);
    rows.forEach((row, i) => {
      if (i === at || !row[at]) return;
      const by = row[at];
      rows[i] = row.map((value, j) => value - by * rows[at][j]);
    });
  }
  return rows.map((row) => row.slice(n));
}

// Soft links that add up to `wanted`; nothing above the diagonal.
function softLinks(logs, wanted, softness) {
  const n = logs.length;
  const links = (level) => square(n, (i, j) => (j > i ? 0 : 1 / (1 + Math.exp((level - logs[i][j]) / softness))));
  const seen = logs.flatMap((row, i) => row.slice(0, i + 1));
  let [low, high] = [Math.min(...seen) - FAR * softness, Math.max(...seen) + FAR * softness];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    [low, high] = total(links(middle)) > wanted ? [middle, high] : [low, middle];
  }
  return links((low + high) / 2);
}

// The nodes of the largest component, of equal ones that with the lowest node.
export function largest(hard) {
  const n = hard.length;
  const edges = hard.flatMap((row, i) => row.flatMap((there, j) => (there && i !== j ? [[Math.min(i, j), Math.max(i, j)]] : [])));
  const steps = distances(n, edges);
  const sizes = steps.map((row) => row.filter(Number.isFinite).length);
  const first = sizes.indexOf(Math.max(...sizes));
  return { steps, members: steps[first].map(Number.isFinite) };
}

// The mean φ over pairs of members, and its slope by each link.
export function walks(links, members, beta) {
  const n = members.filter(Boolean).length;
  const size = links.length;
  if (n < 2) return { length: 0, slope: square(size, () => 0) };
  const pair = (i, j) => i !== j && members[i] && members[j];
  const step = Math.exp(-beta);
  const Z = inverse(square(size, (i, j) =>
    (i === j ? 1 : 0) - (pair(i, j) ? (links[i][j] + links[j][i] - links[i][j] * links[j][i]) * step : 0)));
  const counts = square(size, (i, j) => (members[i] && members[j] ? (i === j ? n - 1 : -1) : 0));
  const share = 1 / (beta * n * (n - 1));
  const length = share * total(square(size, (i, j) => (counts[i][j] ? counts[i][j] * Math.log(Z[i][j]) : 0)));
  const across = turned(Z);
  const inner = times(times(across, square(size, (i, j) => (counts[i][j] ? counts[i][j] / Z[i][j] : 0))), across);
  const byLink = square(size, (i, j) => (pair(i, j) ? share * step * inner[i][j] : 0));
  return { length, slope: square(size, (i, j) => (byLink[i][j] + byLink[j][i]) * (1 - links[j][i])) };
}

// The slope by each score of a row's softmax from that by the logarithm of each weight.
function toScores(byLog, weights) {
  return byLog.map((row, i) => row.map((value, j) => value - weights[i][j] * sum(row)));
}

function pathSlopes({ slope }, links, softness) {
  const gives = links.map((row) => row.map((a) => (a * (1 - a)) / softness));
  const middle = total(square(links.length, (i, j) => gives[i][j] * slope[i][j])) / total(gives);
  return square(links.length, (i, j) => gives[i][j] * (slope[i][j] - middle));
}

export function readSoft(weights, members, softness, beta) {
  const n = weights.length;
  const logs = square(n, (i, j) => (j > i ? 0 : Math.log(weights[i][j])));
  const cells = Math.log((n * (n + 1)) / 2);
  const links = softLinks(logs, KEPT * n * n, softness);
  const walked = walks(links, members, beta);
  const gain = walked.length ? 1 / walked.length : 0;
  const entropy = (-total(square(n, (i, j) => weights[i][j] * logs[i][j])) / n + Math.log(n)) / cells;
  const density = total(links) / n ** 2;
  const scaled = (matrix, by) => matrix.map((row) => row.map((value) => value * by));
  return {
    links, entropy,
    length: walked.length,
    F: density - LAM * (entropy + GAMMA * gain),
    byEntropy: scaled(toScores(square(n, (i, j) => -logs[i][j] * weights[i][j]), weights), LAM / (n * cells)),
    byPaths: scaled(toScores(pathSlopes(walked, links, softness), weights), -LAM * GAMMA * gain ** 2),
  };
}

export function readHard(hard, entropy, { steps, members }) {
  const n = hard.length;
  const inside = steps.flatMap((row, i) => row.filter((_, j) => i !== j && members[i] && members[j]));
  const length = inside.length ? sum(inside) / inside.length : 0;
  return { length, F: total(hard) / n ** 2 - LAM * (entropy + GAMMA * (length ? 1 / length : 0)) };
}
