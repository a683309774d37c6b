// What pictures are made of: curves, bars, cells, dots, and levels they are held against.

import { label, line, mark, shape } from "./dom.js";

const corner = ([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`;

// A line through points in pixels; where a point has no height, it is left out.
export function curve(points, style = "") {
  const seen = points.filter(([, y]) => Number.isFinite(y));
  return shape("polyline", { points: seen.map(corner).join(" "), class: `gh-curve ${style}` });
}

// A box from one value to another along a scale, whichever is larger; never shorter than `least`.
export function bar(scale, from, to, { at, thick, least = 0, upright = false, style = "gh-bar" }) {
  const [one, other] = [scale(from), scale(to)];
  const [start, long] = [Math.min(one, other), Math.max(least, Math.abs(other - one))];
  const place = at - thick / 2;
  return shape("rect", upright
    ? { x: place, y: start, width: thick, height: long, class: style }
    : { x: start, y: place, width: long, height: thick, class: style });
}

// Bars that lie, from one value on, each with what it says to the right of it.
export function bars(values, scale, {
  at, thick, text, from = scale.domain[0], style = (_place) => "gh-bar", bold = (_place) => false,
}) {
  return values.flatMap((value, place) => {
    const said = text(value, place);
    const beside = label(scale(Math.max(from, value)) + 5, at(place), said, bold(place) ? "gh-mid gh-head" : "gh-mid");
    return [bar(scale, from, value, { at: at(place), thick, style: style(place) }), ...(said ? [beside] : [])];
  });
}

// What styles of bars mean: a small bar of each, and its name beside it.
export function key(entries, left = 0) {
  let x = left;
  return entries.flatMap(([box, name]) => {
    const at = x;
    x += 44 + 6.6 * name.length;
    return [mark(box, { x: at, y: 4, width: 22, height: 11 }), label(at + 28, 10, name, "gh-mid gh-note")];
  });
}

// Squares in rows of so many columns; a cell without a colour is left out.
export function cells(values, { left, top, width, height, columns, gap = 0, colour }) {
  return values.flatMap((value, place) => {
    const fill = colour(value, place);
    if (!fill) return [];
    const cell = shape("rect", {
      x: left + (place % columns) * width, y: top + Math.floor(place / columns) * height,
      width: width - gap, height: height - gap,
    });
    cell.style.fill = fill;
    return [cell];
  });
}

export function dots(points, { r, style = "", colour = undefined }) {
  return points.map(([cx, cy], place) => {
    const dot = shape("circle", { cx, cy, r, class: style });
    if (colour) dot.style.fill = colour(place);
    return dot;
  });
}

// A value that a picture is held against, as a dashed line with its name.
export function level({ y, left, right }, value, name) {
  return [line(left, y(value), right, y(value), "gh-drop"), label(left + 4, y(value) - 5, name, "gh-tick")];
}

// The short way round from one direction to another, in radians.
export function turn(from, to) {
  return Math.atan2(Math.sin(to - from), Math.cos(to - from));
}

// The part of a circle between two directions, in radians, the short way round.
export function arc(cx, cy, r, from, to) {
  const spot = (at) => [cx + r * Math.cos(at), cy - r * Math.sin(at)];
  const way = turn(from, to) > 0 ? 0 : 1;
  return shape("path", { d: `M${spot(from)} A${r} ${r} 0 0 ${way} ${spot(to)}`, class: "gh-arc" });
}
