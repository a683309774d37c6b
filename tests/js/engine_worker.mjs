// The worker of the live page in node: its text is run as a browser would run it, and answers a list
// of requests one after the other; of each, everything that it posts.

import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const { source, model, requests } = JSON.parse(readFileSync(0, "utf-8"));
const listed = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);

let hear = null;
let tell = null;
runInNewContext(source, {
  addEventListener: (_, listener) => { hear = listener; },
  postMessage: (said) => tell(said),
  Array, Blob, Response, DecompressionStream, Float32Array, Float64Array, Int32Array, JSON, Map, Math,
  TextDecoder, TextEncoder, Uint8Array, WebAssembly, atob, setTimeout,
});

// Several may be asked at once, or a second as soon as the heads of the first are said.
function ask(request, isLast) {
  const said = [];
  return new Promise((done) => {
    tell = (answer) => {
      if (request.at_heads && said.length === 0) hear({ data: request.at_heads });
      said.push(answer);
      if (isLast(answer)) done(said);
    };
    for (const one of [request.first ?? request].flat()) hear({ data: one });
  });
}

const ends = (last) => ({ kind, name, channel, id }) => channel === last.channel && id === last.id
  && (kind === "refused" || name === "row_shuffled");
const answers = [await ask(model, () => true)];
for (const request of requests) answers.push(await ask(request, ends(request.at_heads ?? [request].flat().at(-1))));
process.stdout.write(JSON.stringify(answers, listed));
