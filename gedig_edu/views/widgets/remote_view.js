// A button that names what it will load, then a frame of its own for the page that needs it.
// Only a click on this button opens the frame: a state kept with the notebook opens none.
// The frame has no access to the notebook; it tells `drawn` or `failed`, and silence is failure.

import { element, mark } from "./kit/dom.js";
import { kernelIsOff, offLine } from "./kit/off.js";

function makeFrame(page, title) {
  const frame = element("iframe", { className: "gr-frame", title, srcdoc: page });
  return mark(frame, { sandbox: "allow-scripts" });
}

function render({ model, el }) {
  const words = model.get("words");
  let accepted = false;
  let frame = null;
  let timer = 0;

  const settle = (state) => {
    model.set("state", state);
    model.save_changes();
  };
  const button = element("button", { type: "button", textContent: words.button });
  button.addEventListener("click", () => {
    accepted = true;
    status.focus();
    settle("idle");  // what another page or an earlier day left is asked for anew
    settle("loading");
  });
  const addresses = model.get("scripts").map((address) =>
    element("li", {}, element("code", { textContent: address })));
  const offer = element("div", { className: "gr-offer" }, button,
    element("p", { textContent: words.notice }), element("ul", {}, ...addresses));
  const status = mark(element("p", { className: "gr-status", tabIndex: -1 }), { role: "status" });
  const off = offLine(words.off);
  const root = element("div", { className: "gedig-hero gedig-remote" }, offer, off, status);
  el.append(root);
  if (kernelIsOff(root)) mark(button, { disabled: "", "aria-describedby": off.id });

  const open = () => {
    if (frame || !model.get("page") || model.get("state") !== "loading") return;
    frame = makeFrame(model.get("page"), words.sentence);
    root.append(frame);
    timer = setTimeout(() => settle("failed"), 1000 * model.get("patience"));
  };
  const hear = ({ source, data }) => {
    if (source !== frame?.contentWindow) return;
    clearTimeout(timer);
    if (data.news === "drawn") frame.style.height = `${data.height + 24}px`;
    if (model.get("state") === "loading") settle(data.news);
  };
  const show = () => {
    const state = model.get("state");
    const failed = state === "failed";
    const said = {
      idle: "", loading: model.get("page") ? words.loading : words.asking, drawn: words.sentence,
      failed: model.get("reason") || words.failed,
    };
    if (failed) {
      accepted = false;
      frame?.remove();
      frame = null;
    }
    offer.hidden = accepted;
    status.textContent = accepted || failed ? said[state] : "";
    if (accepted) open();
  };
  const changes = ["change:state", "change:page"];
  addEventListener("message", hear);
  changes.forEach((change) => model.on(change, show));
  show();
  return () => {
    clearTimeout(timer);
    removeEventListener("message", hear);
    changes.forEach((change) => model.off(change, show));
  };
}

export default { render };
