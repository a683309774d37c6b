// A button that names what it will load, then a frame of its own for the page that needs it.
// The frame has no access to the notebook; it tells `drawn` or `failed`, and silence is failure.

function makeFrame(page, title) {
  const frame = element("iframe", { className: "gr-frame", title, srcdoc: page });
  frame.setAttribute("sandbox", "allow-scripts");
  return frame;
}

function makeOffer(model) {
  const words = model.get("words");
  const button = element("button", { type: "button", textContent: words.button });
  button.addEventListener("click", () => {
    model.set("state", "loading");
    model.save_changes();
  });
  const addresses = model.get("scripts").map((address) =>
    element("li", {}, element("code", { textContent: address })));
  return element("div", { className: "gr-offer" }, button,
    element("p", { textContent: words.notice }), element("ul", {}, ...addresses));
}

function render({ model, el }) {
  const words = model.get("words");
  const status = element("p", { className: "gr-status" });
  status.setAttribute("role", "status");
  const offer = makeOffer(model);
  const root = element("div", { className: "gedig-hero gedig-remote" }, offer, status);
  el.append(root);
  let frame = null;
  let timer = 0;

  const settle = (state) => {
    model.set("state", state);
    model.save_changes();
  };
  const open = () => {
    if (frame || !model.get("page") || model.get("state") === "failed") return;
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
    const said = { idle: "", loading: words.loading, drawn: words.sentence, failed: words.failed };
    offer.hidden = state === "loading" || state === "drawn";
    status.textContent = said[state];
    if (state === "failed") {
      frame?.remove();
      frame = null;
    }
    open();
  };
  addEventListener("message", hear);
  model.on("change:state", show);
  model.on("change:page", show);
  show();
  return () => {
    clearTimeout(timer);
    removeEventListener("message", hear);
    model.off("change:state", show);
    model.off("change:page", show);
  };
}

export default { render };
