// Bars of a distribution q to drag, softmax as outlines behind them; beside it the free
// energies of both on one ladder.

import { dot, ensemble, surprise } from "./ensemble.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, percent, three } from "./kit/text.js";

const SHOWN = ["drawn_energy", "drawn_entropy", "drawn_free_energy", "free_energy", "gap", "heat_kl"];

export function numbers({ energies, q: given, temperature }) {
  const total = sum(given);
  const q = given.map((share) => share / total);
  const now = ensemble(energies, temperature);
  const logP = energies.map((energy) => -energy / temperature - now.log_partition);
  const [energy, entropy] = [dot(q, energies), sum(q.map(surprise))];
  return {
    probabilities: now.probabilities,
    drawn_energy: energy,
    drawn_entropy: entropy,
    drawn_free_energy: energy - temperature * entropy,
    free_energy: now.free_energy,
    gap: energy - temperature * entropy - now.free_energy,
    heat_kl: temperature * (-entropy - dot(q, logP)),
  };
}

function facts({ temperature }, now) {
  return {
    T: three(temperature),
    ...Object.fromEntries(SHOWN.map((name) => [name, three(now[name])])),
  };
}

// Give state `place` the share `wanted`; the others keep their proportions.
function withShare(q, place, wanted) {
  const share = clamp(wanted, 0, 1);
  const rest = 1 - q[place];
  const others = rest > 1e-12 ? (one) => (one * (1 - share)) / rest : () => (1 - share) / (q.length - 1);
  return q.map((one, at) => (at === place ? share : others(one)));
}

// ---- the bars -----------------------------------------------------------------------------

function energyText(energy, column, words) {
  return column < 64 ? three(energy) : fill(words.state_energy, { energy: three(energy) });
}

function drawBars(panel, width, height, state, now, page) {
  const { words, change, state: read, start } = page;
  const [top, bottom, left] = [40, height - 40, 46];
  const column = (width - left) / state.q.length;
  const y = (share) => bottom - share * (bottom - top);
  panel.clear(width, height, words.bars);
  panel.add(label(0, 13, words.bars_title, "gh-note"));
  [0, 0.5, 1].forEach((share) => panel.add(line(left, y(share), width, y(share), "gh-grid"),
    label(left - 6, y(share), percent(share), "gh-tick gh-end gh-mid")));
  state.q.forEach((share, place) => {
    const middle = left + column * (place + 0.5);
    const half = Math.min(28, column * 0.34);
    const p = now.probabilities[place];
    panel.add(
      shape("rect", { x: middle - half + 4, y: y(share), width: 2 * half - 8, height: bottom - y(share), class: "gh-bar" }),
      shape("rect", { x: middle - half, y: y(p), width: 2 * half, height: bottom - y(p), class: "gh-outline" }),
      label(middle, bottom + 16, energyText(state.energies[place], column, words), "gh-tick gh-middle"),
      label(middle, bottom + 33, percent(share), "gh-middle gh-head"));
    const name = fill(words.bar, { place });
    const knob = panel.knob(`bar${place}`, {
      drag: ([, py]) => change({ q: withShare(read().q, place, Math.round(((bottom - py) / (bottom - top)) * 500) / 500) }),
      nudge: ([dx, dy]) => change({ q: withShare(read().q, place, read().q[place] + (dx + dy) * 0.01) }),
      reset: () => change({ q: start().q }),
    });
    panel.place(knob, [middle, y(share)], { name, now: share, low: 0, high: 1, text: percent(share) });
  });
  drawKey(panel, width, now, y, { left, column, words });
}

// The outline says what it is, at the tallest of them.
function drawKey(panel, width, now, y, { left, column, words }) {
  const place = now.probabilities.indexOf(Math.max(...now.probabilities));
  panel.add(label(clamp(left + column * (place + 0.5), left + 62, width - 52),
    y(now.probabilities[place]) - 14, words.softmax, "gh-middle gh-tick"));
}

// ---- the ladder ---------------------------------------------------------------------------

// How much free energy the ladder spans: doubled until the gap fits.
function spanOf(gap) {
  let span = 0.5;
  while (span < 1.25 * gap) span *= 2;
  return span;
}

function drawLadder(panel, width, height, now, words) {
  const [top, bottom] = [40, height - 40];
  const span = spanOf(now.gap);
  const y = (above) => bottom - (above / span) * (bottom - top);
  const gap = Math.max(0, now.gap);
  const [left, right] = [8, Math.min(width - 8, 200)];
  panel.clear(width, height, words.ladder);
  panel.add(label(0, 13, words.ladder_title, "gh-note"),
    shape("rect", { x: left + 10, y: y(gap), width: 26, height: bottom - y(gap), class: "gh-warm-bar" }),
    line(left, bottom, right, bottom, "gh-inked gh-curve"),
    label(left, bottom + 16, fill(words.floor, { value: three(now.free_energy) }), "gh-head"),
    line(left, y(gap), right, y(gap), "gh-now"),
    label(left, y(gap) - 8, fill(words.drawn, { value: three(now.drawn_free_energy) }), "gh-head"));
  if (bottom - y(gap) > 22) {
    panel.add(label(left + 44, (y(gap) + bottom) / 2, fill(words.distance, { value: three(now.heat_kl) }), "gh-mid"));
  }
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const bars = new Panel(node, "bars");
  const ladder = new Panel(node, "ladder");
  return (state, now, width) => {
    const wide = width >= 540;
    drawBars(bars, wide ? width - 250 : width, 300, state, now, page);
    drawLadder(ladder, wide ? 230 : width, wide ? 300 : 200, now, page.words);
  };
}

export default hero({ numbers, facts, picture });
