// What a decoder writes without a track and with one, word by word; where it looks back; and how many
// pairs of neighbours are different at every strength.

import { axes } from "./kit/axes.js";
import { element, label, line, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { bar, curve, dots } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, percent, short, signed } from "./kit/text.js";

const [HALF, SIZE] = [4, 2];
const STRENGTHS = Array.from({ length: 2 * HALF + 1 }, (_, at) => SIZE * (at - HALF));

// Of each pair of neighbours, whether it stood before.
function pairsAgain(text) {
  const pairs = text.slice(1).map((token, place) => JSON.stringify([text[place], token]));
  return pairs.map((pair, place) => pairs.indexOf(pair) < place);
}

const share = (again) => (again.length ? 1 - sum(again.map(Number)) / again.length : null);
const marked = (text, again) => [false, ...again].slice(0, text.length);

export function numbers({ prompt, written, looks, chosen, moved, step }) {
  const count = STRENGTHS.length;
  const at = chosen + (moved ? count : 0);
  const [text, other] = [written[at], written[HALF]];
  const again = written.map(pairsAgain);
  const distinct = again.map(share);
  const differs = text.map((token, place) => token !== other[place]);
  const first = differs.indexOf(true);
  const here = step < text.length;
  return {
    strength: STRENGTHS[chosen],
    distinct: distinct[at],
    distinct_plain: distinct[HALF],
    curve: distinct.slice(0, count),
    curve_moved: distinct.slice(count),
    differs,
    again: marked(text, again[at]),
    again_plain: marked(other, again[HALF]),
    first: first < 0 ? null : first + 1,
    look: looks[at][step],
    look_plain: looks[HALF][step],
    own: here ? sum(looks[at][step].slice(prompt.length)) : null,
    token: here ? text[step] : null,
  };
}

const strength = {
  get: ({ chosen }) => STRENGTHS[chosen],
  set: (_, value) => ({ chosen: clamp(Math.round(value / SIZE) + HALF, 0, 2 * HALF) }),
  reset: (_, start) => ({ chosen: start.chosen }),
};

// ---- distinct pairs over w ----------------------------------------------------------------

function drawCurve(panel, width, state, now, { page, words }) {
  const { x, y, left, right, bottom } = axes(panel, {
    width, height: 150, title: words.curve, heading: state.moved ? words.moved_title : words.curve_title,
    room: { left: 46, right: 14, top: 26, bottom: 36 },
    x: { domain: [-HALF - 0.3, HALF + 0.3], ticks: STRENGTHS.map((_, at) => at - HALF), text: (at) => (at ? signed(SIZE * at).replace(".00", "") : "0"), grid: false },
    y: { domain: [0, 1.05], ticks: [0, 0.5, 1], text: percent },
  });
  const points = (values) => values.flatMap((value, at) => (value === null ? [] : [[x(at - HALF), y(value)]]));
  const [by, aside] = [points(now.curve), points(now.curve_moved)];
  const [shown, other] = state.moved ? [aside, by] : [by, aside];
  panel.add(line(x(0), y(1.05), x(0), bottom, "gh-drop"), curve(other, "gh-faint"), curve(shown, "tt-track"),
    ...dots(other, { r: 2.5, style: "gh-bar gh-faint" }), ...dots(shown, { r: 3.5, style: "tt-dot" }),
    label(left, bottom + 33, words.attracts, "gh-note"), label(right, bottom + 33, words.repels, "gh-note gh-end"));
  grip(panel, page, "chosen", {
    at: [x(state.chosen - HALF), y(now.distinct ?? 0)],
    along: [linear([0, 2 * HALF], [x(-HALF), x(HALF)]), null], snap: 1,
    label: words.strength_knob, text: signed(now.strength), holds: [now.strength, STRENGTHS[0], STRENGTHS.at(-1)],
  });
}

// ---- the texts ----------------------------------------------------------------------------

function writeText(node, { prompt, step }, text, { differs, again }, choose) {
  node.replaceChildren(element("span", { className: "tt-prompt", textContent: prompt.join("") }),
    ...text.map((token, place) => {
      const one = element("span", { textContent: token });
      one.classList.toggle("tt-new", differs[place] ?? false);
      one.classList.toggle("tt-again", again[place]);
      one.classList.toggle("tt-now", place === step);
      one.addEventListener("click", () => choose(place));
      return one;
    }));
}

const TALL = 40;

// What one token looked at: a bar a position, the names of the two it looked at most.
function drawLook(panel, width, { prompt, step }, { text, look, high }, title) {
  const x = linear([-0.5, look.length - 0.5], [0, width]);
  const y = linear([0, high], [TALL + 14, 14]);
  const wide = Math.max(2, width / look.length - 1);
  const seen = prompt.length + Math.min(step, text.length);
  const tokens = [...prompt, ...text];
  panel.clear(width, TALL + 16, title);
  panel.add(shape("rect", { x: x(-0.5), y: 14, width: x(prompt.length - 0.5) - x(-0.5), height: TALL, class: "tt-begun" }),
    line(0, y(0), width, y(0), "gh-axis"),
    ...look.slice(0, seen).map((weight, at) => bar(y, 0, weight, { at: x(at), thick: wide, upright: true })),
    ...(step < text.length ? [shape("rect", { x: x(seen) - wide / 2, y: y(0) - 5, width: wide, height: 5, class: "gh-bar gh-chosen" })] : []));
  const most = look.slice(0, seen).map((weight, at) => [weight, at]).sort(([one], [other]) => other - one).slice(0, 2);
  most.forEach(([weight, at], order) => {
    const away = order === 0 || Math.abs(x(at) - x(most[0][1])) > 90;
    if (away && weight > 0.04) {
      const style = x(at) < 44 ? "" : x(at) > width - 44 ? "gh-end" : "gh-middle";
      panel.add(tokenLabel(clamp(x(at), 0, width), y(weight) - 3, short(tokens[at], 12), style));
    }
  });
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const { words, change } = page;
  const over = new Panel(node, "over");
  const make = (name) => {
    const heading = element("div", { className: "gh-hint tt-title" });
    const text = element("p", { className: "tt-text" });
    node.append(element("div", { className: "tt-box" }, heading, text));
    return { heading, text, panel: new Panel(node, name) };
  };
  const [without, bent] = [make("without"), make("looks")];
  const choose = (step) => change({ step });
  return (state, now, width) => {
    const at = state.chosen + (state.moved ? STRENGTHS.length : 0);
    const [text, other] = [state.written[at], state.written[HALF]];
    drawCurve(over, width, state, now, { page, words });
    without.heading.textContent = words.without;
    bent.heading.textContent = fill(state.moved ? words.with_moved : words.with_track, now);
    writeText(without.text, state, other, { differs: [], again: now.again_plain }, choose);
    writeText(bent.text, state, text, now, choose);
    const high = Math.max(0.2, ...now.look, ...now.look_plain); // one scale for both
    drawLook(without.panel, width, state, { text: other, look: now.look_plain, high }, words.look_plain);
    drawLook(bent.panel, width, state, { text, look: now.look, high }, words.look);
  };
}

export default hero({ numbers, picture, derived: { strength } });
