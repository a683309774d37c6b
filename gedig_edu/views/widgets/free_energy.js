// Bars of a distribution q to drag, softmax as outlines behind them; beside it the free
// energies of both on one ladder.

import { dot, ensemble, surprise } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { bar, key } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, percent, three } from "./kit/text.js";

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

// Give state `place` the share `wanted`; the others keep their proportions.
function withShare(q, place, wanted) {
  const share = clamp(wanted, 0, 1);
  const rest = 1 - q[place];
  const others = rest > 1e-12 ? (one) => (one * (1 - share)) / rest : () => (1 - share) / (q.length - 1);
  return q.map((one, at) => (at === place ? share : others(one)));
}

// ---- the bars -----------------------------------------------------------------------------

function drawBars(panel, width, height, state, now, page) {
  const { words } = page;
  const { x, y, bottom } = axes(panel, {
    width, height, title: words.bars, room: { left: 46, right: 0, top: 40, bottom: 46 },
    x: { domain: [0, state.q.length], ticks: [] }, y: { domain: [0, 1], most: 2, text: percent },
  });
  panel.add(...key([[shape("rect", { class: "gh-bar" }), words.bars_title],
    [shape("rect", { class: "gh-outline" }), words.softmax]]));
  const column = x(1) - x(0);
  const half = Math.min(28, column * 0.34);
  state.q.forEach((share, place) => {
    const at = x(place + 0.5);
    const energy = state.energies[place];
    panel.add(bar(y, 0, share, { at, thick: 2 * half - 8, upright: true }),
      bar(y, 0, now.probabilities[place], { at, thick: 2 * half, upright: true, style: "gh-outline" }),
      label(at, bottom + 22, column < 64 ? three(energy) : fill(words.state_energy, { energy }), "gh-tick gh-middle"),
      label(at, bottom + 39, percent(share), "gh-middle gh-head"));
    grip(panel, page, `bar${place}`, {
      at: [at, y(share)], along: [null, y], snap: 0.002, step: 0.01,
      get: ({ q }) => q[place], set: ({ q }, wanted) => ({ q: withShare(q, place, wanted) }),
      reset: ({ q }) => ({ q }), label: fill(words.bar, { place }), text: percent(share),
    });
  });
}

// ---- the ladder ---------------------------------------------------------------------------

// The ladder spans half a unit, doubled until the gap fits.
function drawLadder(panel, width, height, now, words) {
  const [left, right, top, bottom] = [8, Math.min(width - 8, 190), 40, height - 46];
  const gap = Math.max(0, now.gap);
  const y = linear([0, 2 ** Math.max(-1, Math.ceil(Math.log2(1.25 * gap)))], [bottom, top]);
  panel.clear(width, height, words.ladder);
  panel.add(label(0, 13, words.ladder_title, "gh-note"),
    bar(y, 0, gap, { at: left + 23, thick: 26, upright: true, style: "gh-warm-bar" }),
    line(left, bottom, right, bottom, "gh-inked gh-curve"),
    label(left, bottom + 16, fill(words.floor, now), "gh-head"),
    line(left, y(gap), right, y(gap), "gh-inked gh-curve"), label(left, y(gap) - 8, fill(words.drawn, now), "gh-head"));
  if (bottom - y(gap) > 22) panel.add(label(left + 44, (y(gap) + bottom) / 2, fill(words.distance, now), "gh-mid"));
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const bars = new Panel(node, "bars");
  const ladder = new Panel(node, "ladder");
  return (state, now, width) => {
    const wide = width >= 540;
    drawBars(bars, wide ? width - 220 : width, wide ? 400 : 280, state, now, page);
    drawLadder(ladder, wide ? 200 : width, wide ? 400 : 190, now, page.words);
  };
}

export default hero({ numbers, picture });
