// Loss against temperature, measured beforehand, and what the model writes at each point.

import { axes } from "./kit/axes.js";
import { element, label, line } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { curve } from "./kit/marks.js";
import { clamp, mean } from "./kit/sums.js";
import { three } from "./kit/text.js";

const STEPS = 6;
const TEMPERATURES = Array.from({ length: 2 * STEPS + 1 }, (_, at) => 10 ** ((at - STEPS) / 12));

export function numbers({ losses, written, chosen }) {
  const over = TEMPERATURES.map((_, at) => mean(losses.map((text) => text[at])));
  return {
    temperature: TEMPERATURES[chosen],
    loss: over[chosen],
    extra: over[chosen] - over[STEPS],
    best: TEMPERATURES[over.indexOf(Math.min(...over))],
    curve: over,
    text: written[chosen],
  };
}

const temperature = {
  get: ({ chosen }) => TEMPERATURES[chosen],
  set: (_, value) => ({ chosen: clamp(Math.round(12 * Math.log10(value)) + STEPS, 0, 2 * STEPS) }),
  reset: (_, start) => ({ chosen: start.chosen }),
};

// ---- the curve ----------------------------------------------------------------------------

// The axis begins before the coldest point, so that its knob covers no number.
function axesOf(panel, width, losses, words) {
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const room = 0.08 * (high - low || 1);
  const span = high - low + 2 * room;
  const view = axes(panel, {
    width, height: width < 480 ? 230 : 330, title: words.curve, heading: words.title,
    room: { left: 44, right: 14, top: 34, bottom: 40 },
    x: { domain: [-0.2, 2 * STEPS], ticks: [0, 3, 6, 9, 12], text: (at) => TEMPERATURES[at].toFixed(2), grid: false },
    y: { domain: [low - room, high + room], most: 5, least: 0.1, text: (loss) => loss.toFixed(span > 2.5 ? 0 : 1) },
  });
  const trained = view.x(STEPS);
  panel.add(label(view.right, view.bottom + 34, words.axis, "gh-note gh-end"),
    line(trained, view.top, trained, view.bottom, "gh-drop"),
    label(trained + 5, view.top + 4, words.trained, "gh-tick"));
  return view;
}

function drawCurve(panel, width, state, now, page) {
  const { x, y } = axesOf(panel, width, state.losses.flat(), page.words);
  const along = (losses, style) => curve(losses.map((loss, at) => [x(at), y(loss)]), style);
  panel.add(...state.losses.map((text) => along(text, "gh-faint")), along(now.curve, "gh-warm"));
  grip(panel, page, "chosen", {
    at: [x(state.chosen), y(now.loss)], along: [x, null], low: 0, snap: 1,
    label: page.words.axis, text: three(now.temperature),
    holds: [now.temperature, TEMPERATURES[0], TEMPERATURES.at(-1)],
  });
}

// ---- what it writes -------------------------------------------------------------------------

function showText(node, { prompt, written, chosen }) {
  const text = written[chosen];
  const begun = text.startsWith(prompt) ? prompt.length : 0;
  const start = element("span", { textContent: text.slice(0, begun) });
  start.style.color = "var(--gh-soft)";
  node.replaceChildren(start, text.slice(begun));
}

function picture(node, page) {
  const panel = new Panel(node, "heated");
  const title = element("div", { className: "gh-hint", textContent: page.words.writes });
  const text = element("p");
  const box = element("div", {}, title, text);
  Object.assign(box.style, { minHeight: "8.5em", width: "100%" });
  Object.assign(title.style, { marginBottom: "2px" });
  Object.assign(text.style, { fontSize: "15px", maxWidth: "68ch", whiteSpace: "pre-line" });
  node.append(box);
  return (state, now, width) => {
    drawCurve(panel, width, state, now, page);
    showText(text, state);
  };
}

export default hero({ numbers, picture, derived: { temperature } });
