// A list of badges with filters: native selects, a count that is announced, a list that scrolls.
// The rows come drawn; what is chosen is the only state, and needs no kernel.

import { element, mark } from "./kit/dom.js";
import { keepKeys } from "./kit/keys.js";
import { fill } from "./kit/text.js";

let selects = 0;

function chooser({ name, label, choices }, words, choose) {
  const options = [{ id: "", text: words.all }, ...choices]
    .map(({ id, text }) => element("option", { value: id, textContent: text }));
  selects += 1;
  const select = element("select", { name, id: `gedig-ledger-${selects}` }, ...options);
  select.addEventListener("change", () => choose(name, select.value));
  const named = element("label", { htmlFor: select.id, textContent: label });
  return [element("div", {}, named, select), select];
}

function render({ model, el }) {
  const words = model.get("words");
  const root = mark(element("div", { className: "gedig-ledger" }), { role: "group", "aria-label": words.title });
  keepKeys(root);
  const rows = model.get("rows")
    .map((row) => [row, element("li", { innerHTML: row.html })]);
  const choose = (name, value) => {
    model.set("chosen", { ...model.get("chosen"), [name]: value });
    model.save_changes();
    show();
  };
  const filters = model.get("filters");
  const choosers = filters.map((filter) => chooser(filter, words, choose));
  const everything = element("button", { type: "button", textContent: words.reset });
  const count = mark(element("p"), { role: "status" });
  const key = element("p", { className: "led-key", textContent: words.key });
  const list = mark(element("div", { className: "led-list", tabIndex: 0 }, element("ul", {}, ...rows.map(([, item]) => item))),
    { role: "region", "aria-label": words.list });
  root.append(element("div", { className: "led-filters" }, ...choosers.map(([labelled]) => labelled), everything), count, key, list);
  el.append(root);

  everything.addEventListener("click", () => {
    model.set("chosen", {});
    model.save_changes();
    show();
  });

  function show() {
    const chosen = model.get("chosen");
    const wanted = filters.filter(({ name }) => chosen[name]);
    for (const [row, item] of rows) item.hidden = wanted.some(({ name }) => row[name] !== chosen[name]);
    for (const [, select] of choosers) select.value = chosen[select.name] ?? "";
    const shown = rows.filter(([, item]) => !item.hidden).length;
    count.textContent = fill(shown ? words.count : words.none, { shown, all: rows.length });
    list.scrollTop = 0;
  }
  model.on("change:chosen", show);
  show();
  return () => model.off("change:chosen", show);
}

export default { render };
