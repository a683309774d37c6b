// Rows of choices beside a graph: which graph, and what an edge costs.

import { element, mark } from "./kit/dom.js";
import { pressButton } from "./kit/keys.js";

// One of several ids for a trait, as buttons in a row, each with its word.
function choiceRow(page, trait, texts, changes) {
  const buttons = Object.entries(texts).map(([id, text]) =>
    [id, pressButton(text, () => page.change({ [trait]: id, ...changes }))]);
  const node = element("div", { className: "ge-choice" },
    element("span", { className: "ge-title", textContent: page.words[trait] }),
    ...buttons.map(([, button]) => button));
  mark(node, { role: "group", "aria-label": page.words[trait] });
  const show = () => buttons.forEach(([id, button]) =>
    button.setAttribute("aria-pressed", String(page.state()[trait] === id)));
  return { node, show };
}

// Which graph, at once where there are several, and `below` what an edge costs; `changes` come with
// another graph.
export function choices(parent, page, changes) {
  const { words, start } = page;
  const graphs = Object.keys(start().graphs);
  const graph = choiceRow(page, "graph",
    Object.fromEntries(graphs.map((name) => [name, words[`graph_${name}`]])), changes);
  const bound = choiceRow(page, "bound",
    { pairs: words.bound_pairs, missing: words.bound_missing, present: words.bound_present }, {});
  if (graphs.length > 1) parent.append(graph.node);
  return { below: bound.node, show: () => [graph, bound].forEach((row) => row.show()) };
}
