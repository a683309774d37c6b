// Mean entropy of attention over d, for scores divided by d^a; one query's weights beside it.

import { ensemble } from "./ensemble.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp, mean } from "./kit/sums.js";
import { fill, percent, three, tick, whole } from "./kit/text.js";

const [SMALLEST, LARGEST] = [2, 10];
const DIMS = Array.from({ length: LARGEST - SMALLEST + 1 }, (_, at) => 2 ** (SMALLEST + at));
const EXPONENTS = [0, 0.5, 1];

function deviation(values) {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

// Energies −q·k, [dims][queries][keys], with the first key turned towards its query.
function energiesOf({ random, norms, alignment }) {
  const rest = Math.sqrt(1 - alignment ** 2);
  return random.map((rows, d) => rows.map((row, i) =>
    row.map((score, key) => -(key === 0 ? alignment * norms[d][i] + rest * score : score))));
}

export function numbers(state) {
  const energies = energiesOf(state);
  const read = (d, exponent) => energies[d].map((row) => ensemble(row, DIMS[d] ** exponent));
  const over = (exponent) => DIMS.map((_, d) => mean(read(d, exponent).map((one) => one.entropy)));
  const place = state.power - SMALLEST;
  const heat = DIMS[place] ** state.exponent;
  const chosen = read(place, state.exponent);
  const entropies = over(state.exponent);
  return {
    d: DIMS[place],
    heat,
    spread: mean(energies[place].map((row) => deviation(row.map((energy) => energy / heat)))),
    entropy: entropies[place],
    effective_states: Math.exp(entropies[place]),
    top: mean(chosen.map((one) => Math.max(...one.probabilities))),
    entropies,
    weights: chosen[0].probabilities,
    ...Object.fromEntries(EXPONENTS.map((exponent, at) => [`entropies_${at}`, over(exponent)])),
  };
}

function facts({ exponent, alignment }, now) {
  return {
    exponent: three(exponent),
    alignment: three(alignment),
    d: whole(now.d),
    first: three(now.entropies[0]),
    last: three(now.entropies.at(-1)),
    ...Object.fromEntries(["heat", "spread", "entropy", "effective_states", "top"]
      .map((name) => [name, three(now[name])])),
  };
}

// ---- the curves ---------------------------------------------------------------------------

function drawFrame(panel, width, height, top, words) {
  const [left, right, upper, lower] = [38, width - 74, 44, height - 36];
  const x = (at) => left + (at / (DIMS.length - 1)) * (right - left);
  const y = (entropy) => upper + ((top * 1.06 - entropy) / (top * 1.06)) * (lower - upper);
  panel.clear(width, height, words.curves);
  panel.add(label(0, 13, words.curves_title, "gh-note"), line(left, lower, right, lower, "gh-axis"));
  const every = x(1) - x(0) < 30 ? 2 : 1;
  DIMS.forEach((d, at) => {
    panel.add(line(x(at), upper, x(at), lower, "gh-grid"));
    if (at % every === 0) panel.add(label(x(at), lower + 15, tick(d), "gh-tick gh-middle"));
  });
  for (let nats = 0; nats <= top; nats += 1) {
    panel.add(line(left, y(nats), right, y(nats), "gh-grid"),
      label(left - 6, y(nats), tick(nats), "gh-tick gh-end gh-mid"));
  }
  panel.add(label((left + right) / 2, height - 3, words.axis, "gh-tick gh-middle"),
    line(left, y(top), right, y(top), "gh-drop"),
    label(left + 4, y(top) - 5, fill(words.all_equal, { value: three(top) }), "gh-tick"));
  return { x, y, left, right, lower };
}

function drawCurve(panel, values, { x, y }, style) {
  const points = values.map((entropy, at) => `${x(at).toFixed(2)},${y(entropy).toFixed(2)}`);
  panel.add(shape("polyline", { points: points.join(" "), class: `gh-curve ${style}` }));
}

function drawCurves(panel, width, height, state, now, { words, change, state: read, start }) {
  const view = drawFrame(panel, width, height, Math.log(state.random[0][0].length), words);
  const { x, y, left, right, lower } = view;
  const named = EXPONENTS.map((_, at) => ({ values: now[`entropies_${at}`], name: words[`divided_${at}`] }));
  let floor = -Infinity;
  named.toReversed().forEach(({ values, name }, place) => {
    drawCurve(panel, values, view, "gh-faint");
    const lowest = lower - 4 - 15 * (named.length - 1 - place);
    floor = Math.min(Math.max(y(values.at(-1)), floor + 15), lowest);
    panel.add(label(right + 6, floor, name, "gh-tick gh-mid"));
  });
  drawCurve(panel, now.entropies, view, "gh-warm");
  const set = (power) => change({ power: clamp(Math.round(power), SMALLEST, LARGEST) });
  const knob = panel.knob("d", {
    drag: ([px]) => set(SMALLEST + ((px - left) / (right - left)) * (DIMS.length - 1)),
    nudge: ([dx, dy]) => set(read().power + dx + dy),
    reset: () => change({ power: start().power }),
  });
  panel.place(knob, [x(state.power - SMALLEST), y(now.entropy)],
    { name: words.knob, now: now.d, low: DIMS[0], high: DIMS.at(-1), text: whole(now.d) });
}

// ---- one query ----------------------------------------------------------------------------

function drawWeights(panel, width, height, now, words) {
  const [top, left] = [26, 26];
  const row = (height - top) / now.weights.length;
  const longest = width - left - 44;
  panel.clear(width, height, words.weights);
  panel.add(label(0, 13, fill(words.weights_title, { d: whole(now.d) }), "gh-note"));
  now.weights.forEach((share, key) => {
    const y = top + row * (key + 0.5);
    panel.add(label(0, y, `k${key}`, "gh-tick gh-mid"),
      shape("rect", { x: left, y: y - row * 0.35, width: longest * share, height: row * 0.7, class: "gh-bar" }));
    if (share >= 0.1) panel.add(label(left + longest * share + 5, y, percent(share), "gh-mid"));
  });
  panel.add(line(left, top, left, height, "gh-axis"));
}

function picture(node, page) {
  const curves = new Panel(node, "curves");
  const weights = new Panel(node, "weights");
  return (state, now, width) => {
    const wide = width >= 540;
    drawCurves(curves, wide ? width - 240 : width, 300, state, now, page);
    drawWeights(weights, wide ? 216 : width, 300, now, page.words);
  };
}

export default hero({ numbers, facts, picture });
