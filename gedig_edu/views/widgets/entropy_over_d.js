// Mean entropy of attention over d, for scores divided by d^a; one query's weights beside it.

import { ensemble } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { bars, curve, level } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { mean } from "./kit/sums.js";
import { fill, percent, tick, whole } from "./kit/text.js";

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
    spread: mean(energies[place].map(deviation)) / heat,
    entropy: entropies[place],
    effective_states: Math.exp(entropies[place]),
    top: mean(chosen.map((one) => Math.max(...one.probabilities))),
    entropies,
    first: entropies[0],
    last: entropies.at(-1),
    weights: chosen[0].probabilities,
    ...Object.fromEntries(EXPONENTS.map((exponent, at) => [`entropies_${at}`, over(exponent)])),
  };
}

// ---- the curves ---------------------------------------------------------------------------

function axesOf(panel, width, height, even, words) {
  const view = axes(panel, {
    width, height, title: words.curves, heading: words.curves_title,
    room: { right: 78, top: 44, bottom: 36 },
    x: { domain: [SMALLEST, LARGEST], most: (width - 116) / 30, least: 1, name: words.axis,
      text: (power) => tick(2 ** power) },
    y: { domain: [0, 1.06 * even], least: 1 },
  });
  panel.add(...level(view, even, fill(words.all_equal, { even })));
  return view;
}

function drawCurves(panel, width, height, state, now, page) {
  const { words } = page;
  const { x, y, right, bottom } = axesOf(panel, width, height, Math.log(state.random[0][0].length), words);
  const moved = state.exponent !== page.start().exponent; // till then the names would give the answer away
  const draw = (values, style) => panel.add(curve(values.map((entropy, at) => [x(SMALLEST + at), y(entropy)]), style));
  let floor = -Infinity; // of the names at the right, from the highest curve down, clear of the knob
  [...EXPONENTS.keys()].toReversed().forEach((at) => {
    const values = now[`entropies_${at}`];
    draw(values, "gh-faint");
    floor = Math.min(Math.max(y(values.at(-1)), floor + 15), bottom - 4 - 15 * at);
    if (moved) panel.add(label(right + 14, floor, words[`divided_${at}`], "gh-tick gh-mid"));
  });
  draw(now.entropies, "gh-warm");
  grip(panel, page, "power", {
    at: [x(state.power), y(now.entropy)], along: [x, null], snap: 1, label: words.axis, text: whole(now.d),
    holds: [now.d, DIMS[0], DIMS.at(-1)],
  });
}

// ---- one query ----------------------------------------------------------------------------

function drawWeights(panel, width, height, now, words) {
  const [top, left] = [26, 26];
  const row = (height - top) / now.weights.length;
  const at = (key) => top + row * (key + 0.5);
  panel.clear(width, height, words.weights);
  panel.add(label(0, 13, fill(words.weights_title, now), "gh-note"),
    ...now.weights.map((_, key) => label(0, at(key), `k${key}`, "gh-tick gh-mid")),
    ...bars(now.weights, linear([0, 1], [left, width - 44]),
      { at, thick: 0.7 * row, text: (share) => (share >= 0.1 ? percent(share) : "") }),
    line(left, top, left, height, "gh-axis"));
}

function picture(node, page) {
  const curves = new Panel(node, "curves");
  const weights = new Panel(node, "weights");
  return (state, now, width) => {
    const beside = width >= 540;
    const height = beside ? 440 : 300;
    drawCurves(curves, beside ? width - 236 : width, height, state, now, page);
    drawWeights(weights, beside ? 216 : width, height, now, page.words);
  };
}

export default hero({ numbers, picture });
