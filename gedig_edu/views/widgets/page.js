// What every widget writes and draws with: words, numbers, elements.

// ---- words and numbers --------------------------------------------------------------------

export function shown(value) {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) < 1e-12) return "0.00";
  const [digits, power] = value.toExponential(2).split("e");
  const exponent = Number(power);
  const plain = exponent >= -4 && exponent <= 6;
  const rounded = Number(`${digits}e${power}`);
  const text = plain ? rounded.toFixed(Math.max(0, 2 - exponent)) : `${digits}e${exponent}`;
  return text.replaceAll("-", "−");
}

export function whole(value) {
  return value === null ? "–" : String(value).replace("-", "−");
}

export function percent(share) {
  return `${(100 * share).toFixed(0)}\u00a0%`;
}

export function pointText([x, y]) {
  return `(${shown(x)}, ${shown(y)})`;
}

export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function withUnit(text, unit) {
  return unit ? `${text}${unit === "°" ? "" : " "}${unit}` : text;
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values) {
  return sum(values) / values.length;
}

export const TIE = 1e-12; // as in gedig_edu.lab.statistics: differences up to it are rounding, not above

export function shareAbove(differences) {
  return differences.filter((value) => value > TIE).length / differences.length;
}

// ---- elements -----------------------------------------------------------------------------

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// The namespace of SVG, from the browser itself, when a picture first asks for it.
let svg = "";
function namespace() {
  svg ||= element("template", { innerHTML: "<svg></svg>" }).content.firstChild.namespaceURI;
  return svg;
}

export function mark(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export function shape(tag, attributes = {}, ...children) {
  const made = mark(document.createElementNS(namespace(), tag), attributes);
  made.append(...children);
  return made;
}

export function line(x1, y1, x2, y2, style) {
  return shape("line", { x1, y1, x2, y2, class: style });
}

export function label(x, y, text, style = "") {
  return shape("text", { x, y, class: style }, text);
}

// An arrow from one point to another: a shaft, and a head of fixed size.
export function arrow(x1, y1, x2, y2, style) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < 1) return shape("g");
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const head = Math.min(9, length);
  const [bx, by] = [x2 - ux * head, y2 - uy * head];
  const half = head * 0.45;
  const corners = [[x2, y2], [bx - uy * half, by + ux * half], [bx + uy * half, by - ux * half]];
  return shape("g", { class: style }, line(x1, y1, bx, by, "gh-shaft"),
    shape("polygon", { points: corners.map((corner) => corner.join()).join(" ") }));
}

// So much of a colour upon the page's.
export function mixed(colour, share) {
  return `color-mix(in oklab, ${colour} ${(100 * share).toFixed(1)}%, var(--gh-page))`;
}
