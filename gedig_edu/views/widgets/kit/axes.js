// One axis for all pictures: round values on grid lines, a name for each axis, a title above.

import { label, line, turned } from "./dom.js";
import { linear } from "./scale.js";
import { tick } from "./text.js";

function drawAcross(panel, { left, right, top, bottom, y }, { x, given }) {
  const { ticks = x.ticks(given.most ?? 6, given.least), text = tick, grid = true, name, apart = 15 } = given;
  ticks.forEach((at) => {
    if (grid) panel.add(line(x(at), top, x(at), bottom, "gh-grid"));
    panel.add(label(x(at), bottom + apart, text(at), "gh-tick gh-middle"));
  });
  const on = given.on === undefined ? bottom : y(given.on);
  if (given.on !== null) panel.add(line(left, on, right, on, "gh-axis"));
  if (name) panel.add(label((left + right) / 2, bottom + apart + 17, name, "gh-note gh-middle"));
}

function drawUp(panel, { left, right, top, bottom }, { y, given }) {
  const { ticks = y.ticks(given.most ?? 6, given.least), text = tick, grid = true, name, apart = 6 } = given;
  ticks.forEach((at) => {
    if (grid) panel.add(line(left, y(at), right, y(at), "gh-grid"));
    panel.add(label(left - apart, y(at), text(at), "gh-tick gh-end gh-mid"));
  });
  if (name) panel.add(turned(label(10, (top + bottom) / 2, name, "gh-note gh-middle")));
}

// Draw axes on a panel, cleared first where a `title` comes for it. Each of `x` and `y` has a
// `domain`, and may have a `scale` (linear or logarithmic), `ticks` or how many at `most` and in
// steps of what at `least`, `text` for a tick, `grid`, a `name`, and its numbers so far `apart` that
// a knob at the edge covers none; the line of x stands `on` a value of y, or nowhere (null). The
// picture keeps `room` for what stands around it, some 46 px at the left for a named y. For one step
// always, give `ticks`. Returns both scales and where the picture lies.
export function axes(panel, { width, height, title = undefined, heading = undefined, x: across, y: up, room = {} }) {
  const around = { left: 38, right: 8, top: 28, bottom: across.name ? 40 : 20, ...room };
  const [left, right] = [around.left, width - around.right];
  const [top, bottom] = [around.top, height - around.bottom];
  const x = (across.scale ?? linear)(across.domain, [left, right]);
  const y = (up.scale ?? linear)(up.domain, [bottom, top]);
  if (title) panel.clear(width, height, title);
  if (heading) panel.add(label(0, 13, heading, "gh-note"));
  const view = { x, y, left, right, top, bottom };
  drawUp(panel, view, { y, given: up });
  drawAcross(panel, view, { x, given: across });
  return view;
}
