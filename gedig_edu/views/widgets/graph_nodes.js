// Nodes of a graph to press: each a button, of which one has its place among the tab stops.

import { shape } from "./kit/dom.js";
import { pressable, steps } from "./kit/keys.js";
import { clamp } from "./kit/sums.js";

// So many nodes in front of a panel; `pick(at)` hears a press, and up and down go `down()` places.
export function makeNodes(panel, count, { pick, down = () => 1 }) {
  const nodes = Array.from({ length: count }, (_, at) => {
    const node = shape("g", { class: "ge-node", role: "button", tabindex: at ? -1 : 0 },
      shape("ellipse", { class: "gh-reach", ry: 16 }), shape("circle", { class: "ge-ring", r: 11 }),
      shape("circle", { class: "ge-dot" }));
    pressable(node, () => pick(at));
    panel.front.append(node);
    return node;
  });
  const go = (at) => {
    const to = clamp(at, 0, nodes.length - 1);
    nodes.forEach((node, place) => node.setAttribute("tabindex", place === to ? 0 : -1));
    nodes[to].focus({ preventScroll: true });
  };
  nodes.forEach((node, at) => node.addEventListener("keydown", (event) => {
    const move = steps(event);
    if (move) go(at + move[0] - Math.sign(move[1]) * down());
  }));
  return nodes;
}
