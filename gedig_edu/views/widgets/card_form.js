// A card, a row with a field and a button, and a place for the answer. The traits are the only
// state: a press counts `asked` up, and the kernel answers.

import { element, mark } from "./kit/dom.js";
import { keepKeys } from "./kit/keys.js";
import { kernelIsOff, offLine } from "./kit/off.js";

function render({ model, el }) {
  const words = model.get("words");
  const root = element("div", { className: "gedig-form" });
  keepKeys(root);
  const [card, answer] = [element("div"), element("div")];
  const waiting = mark(element("p"), { role: "status" });
  const off = offLine(words.off);
  const field = element("input", { type: "text", placeholder: words.placeholder });
  const button = element("button", { type: "button" });
  const ask = () => {
    if (button.disabled) return;
    if (words.label) model.set("value", field.value);
    model.set("asked", model.get("asked") + 1);
    model.save_changes();
  };
  button.addEventListener("click", ask);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) ask();
  });
  const labelled = element("label", {}, element("span", { textContent: words.label }), field);
  root.append(card, element("div", { className: "gedig-form-row" },
    ...(words.label ? [labelled] : []), button), waiting, off, answer);
  el.append(root);

  const show = () => {
    const [busy, cut] = [model.get("busy"), kernelIsOff(root)];
    if (card.innerHTML !== model.get("card")) card.innerHTML = model.get("card");
    if (answer.innerHTML !== model.get("answer")) answer.innerHTML = model.get("answer");
    if (root.getRootNode().activeElement !== field) field.value = model.get("value");
    button.textContent = model.get("words").button;
    button.disabled = busy || cut;
    field.disabled = cut;
    if (cut) [button, field].forEach((one) => mark(one, { "aria-describedby": off.id }));
    waiting.textContent = busy && !cut ? words.busy : "";
  };
  const changes = ["card", "answer", "value", "busy", "words"].map((name) => `change:${name}`);
  changes.forEach((change) => model.on(change, show));
  show();
  return () => changes.forEach((change) => model.off(change, show));
}

export default { render };
