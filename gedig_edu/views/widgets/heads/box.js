// The box of a sentence, with examples for where it is empty.

import { element } from "../kit/dom.js";

const PAUSE = 350; // ms

// The sentence is read at a pause in typing, on Enter, and when the box is left.
export function makeBox(words, { name, title, read, examples = [] }) {
  const input = element("textarea", { rows: 3, name, dir: "auto", spellcheck: false });
  let waiting = 0;
  const stop = () => clearTimeout(waiting);
  const send = () => {
    stop();
    read(input.value);
  };
  input.addEventListener("change", send);
  input.addEventListener("input", () => {
    stop();
    waiting = setTimeout(send, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    send();
  });
  const buttons = examples.map((text) => element("button", { type: "button", dir: "auto", textContent: text, title: text }));
  buttons.forEach((button) => button.addEventListener("click", () => {
    input.value = button.textContent;
    input.focus();
    send();
  }));
  const offer = element("div", { className: "gl-examples" },
    element("p", { className: "gx-note", textContent: words.try_one }), ...buttons);
  let shown = ""; // what the page put here last: whatever else stands here is being typed
  const show = (text, offered = false, over = false) => {
    const typing = input.getRootNode().activeElement === input && input.value !== shown;
    if (!typing && input.value !== text) input.value = text;
    shown = text;
    buttons.forEach((button) => button.classList.toggle("gl-chosen", button.textContent === text));
    offer.hidden = !offered || buttons.length === 0;
    offer.classList.toggle("gl-over", over);
  };
  const named = element("label", {}, element("span", { className: "gx-title", textContent: title }), input);
  return { input, node: element("div", { className: "gl-box-of-text" }, named, offer), show, stop };
}
