// Loss against temperature, measured beforehand, and what the model writes at each point.

import { element, label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp, mean } from "./kit/sums.js";
import { three } from "./kit/text.js";

const STEPS = 6;
const TEMPERATURES = Array.from({ length: 2 * STEPS + 1 }, (_, at) => 10 ** ((at - STEPS) / 12));

function nearest(temperature) {
  const gaps = TEMPERATURES.map((T) => Math.abs(Math.log(T) - Math.log(temperature)));
  return gaps.indexOf(Math.min(...gaps));
}

export function numbers({ losses, chosen }) {
  const curve = TEMPERATURES.map((_, at) => mean(losses.map((text) => text[at])));
  return {
    temperature: TEMPERATURES[chosen],
    loss: curve[chosen],
    extra: curve[chosen] - curve[STEPS],
    best: TEMPERATURES[curve.indexOf(Math.min(...curve))],
    curve,
  };
}

function facts({ written, chosen }, now) {
  const names = ["temperature", "loss", "extra", "best"];
  return { ...Object.fromEntries(names.map((name) => [name, three(now[name])])),
    text: written[chosen] };
}

const temperature = {
  get: ({ chosen }) => TEMPERATURES[chosen],
  set: (_, value) => ({ chosen: nearest(value) }),
  reset: (_, start) => ({ chosen: start.chosen }),
};

// ---- the curve ----------------------------------------------------------------------------

const [LEFT, TOP, HEIGHT] = [44, 34, 250];

function viewOf({ losses }, width) {
  const [low, high] = [Math.min(...losses.flat()), Math.max(...losses.flat())];
  const room = 0.08 * (high - low || 1);
  const [bottom, right] = [HEIGHT - 40, width - 14];
  return {
    low: low - room, high: high + room, bottom, right,
    x: (at) => LEFT + 8 + (at / (2 * STEPS)) * (right - LEFT - 8),
    y: (loss) => bottom - ((loss - low + room) / (high - low + 2 * room)) * (bottom - TOP),
  };
}

function drawGround(panel, { x, y, low, high, bottom, right }, words) {
  panel.add(label(0, 13, words.title, "gh-note"), line(LEFT, bottom, right, bottom, "gh-axis"),
    label(right, HEIGHT - 6, words.axis, "gh-note gh-end"));
  const step = [0.1, 0.2, 0.5, 1, 2, 5].find((size) => (high - low) / size <= 5) ?? 10;
  for (let loss = Math.ceil(low / step) * step; loss <= high; loss += step) {
    panel.add(line(LEFT, y(loss), right, y(loss), "gh-grid"),
      label(LEFT - 6, y(loss), loss.toFixed(step < 1 ? 1 : 0), "gh-tick gh-end gh-mid"));
  }
  [0, 3, 6, 9, 12].forEach((at) =>
    panel.add(label(x(at), bottom + 16, TEMPERATURES[at].toFixed(2), "gh-tick gh-middle")));
  panel.add(line(x(STEPS), TOP, x(STEPS), bottom, "gh-drop"),
    label(x(STEPS) + 5, TOP + 4, words.trained, "gh-tick"));
}

function pathOf(losses, { x, y }) {
  return losses.map((loss, at) => [x(at), y(loss)].join()).join(" ");
}

function drawCurve(panel, width, state, now, { words, change, start }) {
  const view = viewOf(state, width);
  panel.clear(width, HEIGHT, words.curve);
  drawGround(panel, view, words);
  state.losses.forEach((text) => panel.add(
    shape("polyline", { points: pathOf(text, view), class: "gh-curve gh-faint" })));
  panel.add(shape("polyline", { points: pathOf(now.curve, view), class: "gh-curve gh-warm" }));
  const put = (at) => change({ chosen: clamp(Math.round(at), 0, 2 * STEPS) });
  const knob = panel.knob("T", {
    drag: ([px]) => put(((px - view.x(0)) / (view.x(1) - view.x(0)))),
    nudge: ([dx, dy]) => put(clamp(state.chosen + dx + dy, 0, 2 * STEPS)),
    reset: () => change({ chosen: start().chosen }),
  });
  panel.place(knob, [view.x(state.chosen), view.y(now.loss)], {
    name: words.axis, now: now.temperature, low: TEMPERATURES[0], high: TEMPERATURES.at(-1),
    text: three(now.temperature),
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

export default hero({ numbers, facts, picture, derived: { temperature } });
