// Feedback, two buttons, and under them the hints given and the solution opened. Each part is made
// once and stays, so that a screen reader hears what is new and the focus keeps its place. A press
// is a `wish`, and the kernel answers; what it has not given is not here.

import { element, mark, withCode } from "./kit/dom.js";
import { keepKeys } from "./kit/keys.js";
import { kernelIsOff, offLine } from "./kit/off.js";
import { fill } from "./kit/text.js";

const SIGNS = { right: "✓", wrong: "✗", note: "•" };

function paragraph(text, style = "") {
  return element("p", { className: style }, withCode(text));
}

function headed(said) {
  const sign = mark(element("span", { textContent: `${SIGNS[said.tone]} ` }), { "aria-hidden": "true" });
  const parts = [element("p", {}, element("strong", {}, sign, withCode(said.heading))),
    ...said.paragraphs.map((text) => paragraph(text))];
  if (said.code) parts.push(mark(element("pre", {}, element("code", { textContent: said.code })), { tabindex: "0" }));
  return parts;
}

function button(row, act) {
  const made = element("button", { type: "button" });
  made.addEventListener("click", () => {
    if (made.getAttribute("aria-disabled") !== "true") act();
  });
  row.append(made);
  return made;
}

// Adds to `list` what it lacks of the hints; those that stand there stay untouched.
function addHints(list, hints, named) {
  hints.slice(list.children.length).forEach((hint) => {
    const number = list.children.length + 1;
    list.append(element("li", {}, element("strong", { textContent: named(number) }), " ", withCode(hint)));
  });
}

function render({ model, el }) {
  const { words, count, solves } = model.get("frame");
  const change = (changes) => {
    Object.entries(changes).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
  };
  const feedback = mark(element("div"), { role: "status" });
  const row = element("div", { className: "gedig-form-row" });
  const hint = button(row, () => change({ wish: "hint" }));
  const solve = solves && button(row, () => change(
    model.get("solution").heading ? { unfolded: !model.get("unfolded") } : { wish: "solution" }));
  const hints = element("ul");
  const solution = element("div", { className: "gedig-exercise-solution" });
  const notes = element("div");
  const help = mark(element("div", {}, hints, solution, notes), { "aria-live": "polite" });
  const off = offLine(words.off);
  const root = element("div", { className: "gedig-form gedig-exercise" }, feedback, row, off, help);
  mark(root, { role: "group", "aria-label": words.heading });
  keepKeys(root);
  el.append(root);

  const named = (number) => fill(words.hint, { number, count });
  const show = () => {
    const [said, given, open] = [model.get("feedback"), model.get("hints"), model.get("unfolded")];
    if (feedback.className === "") feedback.append(...headed(said));
    feedback.className = `gedig-exercise-${said.tone}`;
    addHints(hints, given, named);
    hints.hidden = given.length === 0;
    const all = given.length >= count;
    hint.textContent = all ? fill(words.all_hints, { count }) : named(given.length + 1);
    mark(hint, { "aria-disabled": String(all) });
    if (solution.childElementCount === 0 && model.get("solution").heading) {
      solution.append(...headed(model.get("solution")));
    }
    solution.hidden = !open;
    if (solve) mark(solve, { "aria-expanded": String(open) }).textContent = words.solution;
    notes.replaceChildren(...model.get("notes").map((text) => paragraph(text)));
    const buttons = solve ? [hint, solve] : [hint];
    if (kernelIsOff(root)) {
      buttons.forEach((one) => { mark(one, { "aria-describedby": off.id }).disabled = true; });
    }
  };
  const changes = ["hints", "solution", "unfolded", "notes"].map((name) => `change:${name}`);
  changes.forEach((name) => model.on(name, show));
  show();
  return () => changes.forEach((name) => model.off(name, show));
}

export default { render };
