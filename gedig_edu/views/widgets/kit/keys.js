// Keys: what they move in a widget, and which of them the page around is to hear.

import { element } from "./dom.js";

const TYPED = "textarea, input:not([type]), input[type=text]";

// Arrows one step, Shift or Page ten, Home and End the ends.
export function steps(event) {
  const many = event.shiftKey ? 10 : 1;
  const moves = {
    ArrowRight: [many, 0], ArrowLeft: [-many, 0], ArrowUp: [0, many], ArrowDown: [0, -many],
    PageUp: [0, 10], PageDown: [0, -10], Home: [-Infinity, 0], End: [Infinity, 0],
  };
  const move = event.ctrlKey || event.altKey || event.metaKey ? undefined : moves[event.key];
  if (move) event.preventDefault();
  return move;
}

// Something to choose by pointer, Enter or Space.
export function pressable(node, act) {
  node.classList.add("gh-press");
  node.addEventListener("click", act);
  node.addEventListener("keydown", (event) => {
    if (isShortcut(event) || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    act();
  });
  return node;
}

export function pressButton(text, act) {
  return pressable(element("button", { type: "button", name: text, textContent: text }), act);
}

// Ctrl or Cmd with a key, and Shift+Enter, are the page's; a text box gives up only saving.
function isShortcut({ target, key, ctrlKey, metaKey, shiftKey }) {
  const command = ctrlKey || metaKey;
  if (target.matches(TYPED)) return command && key.toLowerCase() === "s";
  return command || (shiftKey && key === "Enter");
}

// A notebook would take plain keys for its own: arrows, letters, Enter. They stay in the widget. A
// shortcut goes on as if pressed beside the widget, and Escape gives the focus back.
export function keepKeys(root) {
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const around = root.parentElement;
    if (event.key === "Escape") around.closest("[tabindex]")?.focus();
    if (!isShortcut(event)) return;
    const unheard = around.dispatchEvent(new KeyboardEvent(event.type, event));
    if (!unheard) event.preventDefault();
  });
}
