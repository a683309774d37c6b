// What a learner grabs: one knob for dragging and for keys, along one scale or in a plane.

import { mark, shape } from "./dom.js";
import { steps } from "./keys.js";
import { clamp } from "./sums.js";
import { three } from "./text.js";

// The nearest multiple of a size that divides one, or is a whole number.
function rounded(value, size) {
  return size < 1 ? Math.round(value * Math.round(1 / size)) / Math.round(1 / size) : Math.round(value / size) * size;
}

const listed = (value) => (Array.isArray(value) ? value : [value]);

function makeKnob(panel, name) {
  const node = shape("g", { class: "gh-knob", tabindex: 0, role: "slider" },
    shape("circle", { class: "gh-reach", r: 18 }), shape("circle", { class: "gh-ring", r: 14 }),
    shape("circle", { class: "gh-dot", r: 8 }));
  const knob = { node, held: false, actions: {} };
  panel.front.append(node);
  panel.knobs.set(name, knob);
  listen(panel, knob);
  return knob;
}

function listen(panel, knob) {
  const { node } = knob;
  const hold = (held) => {
    knob.held = held;
    node.classList.toggle("gh-held", held);
  };
  node.addEventListener("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    node.focus({ preventScroll: true });
    event.preventDefault();
    hold(true);
  });
  node.addEventListener("pointermove", (event) => {
    if (knob.held) knob.actions.drag(panel.at(event));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => { hold(false); knob.actions.drop(); });
  }
  node.addEventListener("focus", () => knob.actions.pick());
  node.addEventListener("dblclick", () => knob.actions.reset());
  node.addEventListener("keydown", (event) => {
    const move = steps(event);
    if (move) knob.actions.nudge(move);
  });
}

// Press or drag anywhere in a panel to set a trait by a scale across it; its slider has the keys.
export function slide(panel, page, trait, { along, snap = (value) => value }) {
  const known = panel.slid;
  panel.slid = (event) => page.change({ [trait]: clamp(snap(along.invert(panel.at(event)[0])), ...along.domain) });
  if (known) return;
  const { svg } = panel;
  let held = false;
  svg.classList.add("gh-slide");
  svg.addEventListener("pointerdown", (event) => {
    if (panel.held) return; // a knob that stands in the panel has heard it first
    held = true;
    svg.setPointerCapture(event.pointerId);
    panel.slid(event);
  });
  svg.addEventListener("pointermove", (event) => { if (held) panel.slid(event); });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { held = false; });
}

// A knob named `name` for a trait, or for what `get(state)` and `set(state, value)` say in its
// place. It stands `at` a point in pixels and moves `along` a scale across and a scale up, either
// of them null. A drag rounds to `snap`, a key moves by `step`; both stay between `low` and `high`,
// or on the scales where these are not given. A double click brings back what `reset(start)` says.
// For screen readers it is called `label`, says `text`, and `holds` a value between a least and a most.
// Where rows are close together it is `small`.
export function grip(panel, page, name, {
  at, along: [x, y], low = undefined, high = undefined, snap, step = snap, label = name, text = undefined,
  holds = undefined, open = false, small = false, get = (state) => state[name], set = (_, value) => ({ [name]: value }),
  reset = (start) => set(page.state(), get(start)), pick = () => {}, drop = () => {},
}) {
  const scales = [x, y].filter(Boolean);
  const ends = scales.map(({ domain }) => [low ?? domain[0], high ?? domain[1]]);
  const plane = scales.length === 2;
  const change = (values) => page.change(set(page.state(), plane ? values : values[0]));
  const inside = (value, size, axis) => clamp(rounded(value, size), ...ends[axis]);
  const knob = panel.knobs.get(name) ?? makeKnob(panel, name);
  const now = listed(get(page.state()));
  knob.actions = {
    pick, drop,
    drag: ([px, py]) => change(scales.map((scale, axis) => inside(scale.invert(scale === x ? px : py), snap, axis))),
    nudge: ([dx, dy]) => {
      const moves = plane ? [dx, dy] : [dx + dy];
      change(listed(get(page.state())).map((value, axis) =>
        (moves[axis] ? inside(clamp(value + moves[axis] * step, ...ends[axis]), step, axis) : value)));
    },
    reset: () => page.change(reset(page.start())),
  };
  const [value, least, most] = holds ?? [now[0], ...ends[0]];
  knob.node.setAttribute("transform", `translate(${at[0]} ${at[1]})`);
  knob.node.classList.toggle("gh-open", open);
  knob.node.classList.toggle("gh-small", small);
  mark(knob.node, {
    "aria-label": label, "aria-valuenow": value, "aria-valuemin": least, "aria-valuemax": most,
    "aria-valuetext": text ?? three(now[0]),
  });
  return knob;
}
