// What every widget writes and draws with: words, numbers, elements.

// ---- words and numbers --------------------------------------------------------------------

function shown(value) {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) < 1e-12) return "0.00";
  const [digits, power] = value.toExponential(2).split("e");
  const exponent = Number(power);
  const plain = exponent >= -4 && exponent <= 6;
  const rounded = Number(`${digits}e${power}`);
  const text = plain ? rounded.toFixed(Math.max(0, 2 - exponent)) : `${digits}e${exponent}`;
  return text.replaceAll("-", "−");
}

function whole(value) {
  return value === null ? "–" : String(value).replace("-", "−");
}

function percent(share) {
  return `${(100 * share).toFixed(0)}\u00a0%`;
}

function pointText([x, y]) {
  return `(${shown(x)}, ${shown(y)})`;
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function withUnit(text, unit) {
  return unit ? `${text}${unit === "°" ? "" : " "}${unit}` : text;
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values) {
  return sum(values) / values.length;
}

const TIE = 1e-12; // as in gedig_edu.lab.statistics: differences up to it are rounding, not above

function shareAbove(differences) {
  return differences.filter((value) => value > TIE).length / differences.length;
}

// ---- elements -----------------------------------------------------------------------------

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// The namespace of SVG, from the browser itself.
const SVG = element("template", { innerHTML: "<svg></svg>" }).content.firstChild.namespaceURI;

function mark(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function shape(tag, attributes = {}, ...children) {
  const made = mark(document.createElementNS(SVG, tag), attributes);
  made.append(...children);
  return made;
}

function line(x1, y1, x2, y2, style) {
  return shape("line", { x1, y1, x2, y2, class: style });
}

function label(x, y, text, style = "") {
  return shape("text", { x, y, class: style }, text);
}

// An arrow from one point to another: a shaft, and a head of fixed size.
function arrow(x1, y1, x2, y2, style) {
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
function mixed(colour, share) {
  return `color-mix(in oklab, ${colour} ${(100 * share).toFixed(1)}%, var(--gh-page))`;
}
