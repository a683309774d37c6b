// Answers, for each widget's script and each state given, with the numbers and the sentence of the page.

import { readFileSync } from "node:fs";

import { sentenceOf } from "../../gedig_edu/views/widgets/kit/text.js";

const asked = JSON.parse(readFileSync(0, "utf-8"));
const answers = {};
for (const [name, { script, words, states }] of Object.entries(asked)) {
  const { numbers } = await import(script);
  answers[name] = states.map((state) => {
    const now = numbers(state);
    return { numbers: now, sentence: sentenceOf(words, state, now) };
  });
}
process.stdout.write(JSON.stringify(answers));
