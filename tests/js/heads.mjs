// Answers for the pages about heads: what each computes and says of what the kernel sends it.

import { readFileSync } from "node:fs";

import { aligned, bytesOf, pictureOf } from "../../gedig_edu/views/widgets/heads/data.js";
import * as explorer from "../../gedig_edu/views/widgets/heads/explorer.js";
import * as live from "../../gedig_edu/views/widgets/heads/live.js";

const { HeadGraph } = explorer;

// Bytes come as base64, and reach a page as a view.
const asked = JSON.parse(readFileSync(0, "utf-8"), (_, value) => {
  if (typeof value?.base64 !== "string") return value;
  const bytes = Buffer.from(value.base64, "base64");
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
});

const listed = (numbers) => Array.from(numbers);

function graphOf({ picture, edges, thresholds }, { about, state: { layer, head } }) {
  const { tokens, causal, heads } = about;
  const threshold = aligned(thresholds, Float64Array)[layer * heads + head];
  return new HeadGraph(pictureOf(picture), bytesOf(edges), head, { length: tokens.length, causal, threshold });
}

function drawn(graph, from) {
  const { steps, reached } = graph.paths(from);
  return {
    edges: graph.edges, degree: graph.degree, links: graph.links, row: graph.row(from),
    strongest: graph.strongest(5), steps: listed(steps), reached,
  };
}

const answers = {
  explorer: ({ data, layer, words, at }) => {
    const graph = graphOf(layer, data);
    return {
      numbers: { ...explorer.headNumbers(data, at), values: listed(explorer.valuesOf(data)) },
      sentence: explorer.sentenceFor(data, graph, words), graph: drawn(graph, data.state.query),
    };
  },
  live: ({ data, layer, words }) => {
    const now = live.numbersOf(data);
    const deltas = Object.entries(now.against).map(([name, { delta }]) => [name, listed(delta)]);
    return {
      F: listed(now.real.F), values: now.values ? listed(now.values) : null, level: now.level ?? null, awaited: now.awaited,
      deltas: Object.fromEntries(deltas),
      five: now.values ? live.fiveNumbers(now.values) : null, sentence: live.sentenceFor(data, now, graphOf(layer, data), words),
    };
  },
};
process.stdout.write(JSON.stringify(asked.map(([page, question]) => answers[page](question))));
