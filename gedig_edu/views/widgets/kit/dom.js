// What every widget draws with: elements of the page and shapes of a picture.

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// A text of the message table, its `backticks` as code.
export function withCode(text) {
  const line = document.createDocumentFragment();
  text.split("`").forEach((piece, index) => {
    line.append(index % 2 === 0 ? piece : element("code", { textContent: piece }));
  });
  return line;
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

// What something means, for who points at it and for who hears it.
export function explain(node, text, heard = node) {
  node.title = text;
  return mark(heard, { "aria-description": text });
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

// A text that stands on its side.
export function turned(text) {
  return mark(text, { transform: `rotate(-90 ${text.getAttribute("x")} ${text.getAttribute("y")})` });
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

// A token's label in a picture.
export function tokenLabel(x, y, text, style = "") {
  const made = label(x, y, text, style);
  made.style.fontFamily = "var(--jp-code-font-family, monospace)";
  return made;
}
