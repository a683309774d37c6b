// What a widget of a saved notebook says where no kernel answers it. Jupyter marks its view then,
// and the style shows the line; so it does where the kernel ends while the page is open.

import { element } from "./dom.js";

const OFF = ".jupyter-widgets-disconnected";
let offLines = 0;

export function kernelIsOff(node) {
  return node.closest(OFF) !== null;
}

export function offLine(text) {
  offLines += 1;
  return element("p", { className: "gedig-off", id: `gedig-off-${offLines}`, textContent: text });
}
