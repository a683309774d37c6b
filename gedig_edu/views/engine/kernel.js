// Answers the live page where there is no kernel, change by change as `LiveF` does in Python, from a
// worker that is started when somebody first asks.

import { fill } from "../widgets/kit/text.js";
import { addressOf, stateNow, stateOf } from "./address.js";

const PAUSE = 300; // ms until the address follows
const LONGEST = 8000; // signs of an address; a longer one is a text that no model here reads
const HOW = ["model", "convention", "quantile", "temperature"];

// The two sentences of a page: where the text of each stands, and what its other traits begin with.
const SENTENCES = [{ text: "text", prefix: "" }, { text: "beside", prefix: "beside_" }];

function canServe() {
  return typeof Worker === "function" && typeof DecompressionStream === "function";
}

/** The worker of a page and its model, which `bring` fetches once. */
class Engine {
  constructor({ worker, words }, bring) {
    this.source = worker;
    this.words = words;
    this.bring = bring;
    this.asked = 0;
    this.listeners = new Map();
  }

  start() {
    this.opened ??= this.open().catch((trouble) => {
      this.opened = null; // what failed may be tried again
      throw trouble;
    });
    return this.opened;
  }

  async open() {
    const model = await this.bring();
    const address = URL.createObjectURL(new Blob([this.source], { type: "text/javascript" }));
    const worker = new Worker(address);
    try {
      await new Promise((ready, broken) => {
        worker.addEventListener("error", ({ message }) => broken(new Error(message || this.words.no_worker)));
        worker.addEventListener("message", ({ data }) => {
          if (data.kind === "ready") ready();
          else if (data.kind === "broken") broken(new Error(data.message));
          else this.hear(data);
        });
        worker.postMessage({ kind: "open", words: this.words.token, ...model });
      });
    } catch (trouble) {
      worker.terminate();
      throw trouble;
    } finally {
      URL.revokeObjectURL(address);
    }
    this.worker = worker;
  }

  hear(answer) {
    const asked = this.listeners.get(answer.channel);
    if (asked?.id === answer.id) asked.listener(answer);
  }

  forget(channel) {
    this.listeners.delete(channel);
  }

  async ask(channel, request, listener) {
    this.asked += 1;
    const id = this.asked;
    this.listeners.set(channel, { id, listener });
    await this.start();
    if (this.listeners.get(channel)?.id === id) this.worker.postMessage({ kind: "read", channel, id, ...request });
  }
}

function setAll(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
}

// One sentence of one live page: asked again whenever what it depends on has changed.
class Reader {
  constructor(model, engine, { text, prefix }, channel) {
    this.model = model;
    this.engine = engine;
    this.text = text;
    this.prefix = prefix;
    this.channel = channel;
    this.opened = model.get("query");
    this.asked = this.get("answered"); // last, whether the answer is here or on its way
    [this.soon, this.told] = [false, ""];
    [text, ...HOW].forEach((name) => model.on(`change:${name}`, () => this.later()));
  }

  // Somebody chose the token: no new text moves it.
  choose() {
    this.opened = -1;
  }

  later() {
    if (this.soon) return;
    this.soon = true;
    queueMicrotask(() => {
      this.soon = false;
      this.read();
    });
  }

  get(name) {
    return this.model.get(this.prefix + name);
  }

  set(values) {
    setAll(this.model, Object.fromEntries(Object.entries(values).map(([name, value]) => [this.prefix + name, value])));
  }

  read() {
    const { model, engine } = this;
    const now = { text: model.get(this.text), ...Object.fromEntries(HOW.map((name) => [name, model.get(name)])) };
    if (Object.entries(now).every(([name, value]) => this.asked[name] === value)) return;
    this.asked = now;
    if (!now.text.trim()) {
      engine.forget(this.channel); // whose answer may be on its way
      if (this.prefix) this.set({ picture: {} });
      this.say("empty", "", now);
      return;
    }
    this.say("loading", engine.worker ? "" : engine.words.opening);
    engine.ask(this.channel, now, (answer) => this.take(answer, now))
      .catch((trouble) => this.say("error", fill(engine.words.not_opened, { reason: trouble.message }), now));
  }

  say(status, message, answered = this.get("answered")) {
    this.set({ status, message, answered });
  }

  take(answer, now) {
    const { engine: { words } } = this;
    if (answer.kind === "refused") {
      this.say("error", fill(words[answer.key], { name: now.model, ...answer.values }), now);
    } else if (answer.kind === "heads") {
      this.set({ picture: { ...answer.picture, baselines: {} } });
      if (!this.prefix) this.showHead(answer, `${now.temperature} ${now.text}`);
      this.say("ready", "", now);
    } else {
      const picture = this.get("picture");
      this.set({ picture: { ...picture, baselines: { ...picture.baselines, [answer.name]: answer.terms } } });
    }
  }

  // The head stays within the model, the token within the text; where nobody chose a token, a new
  // text opens at the one that tells most.
  showHead({ picture, details, tellings }, read) {
    const { model } = this;
    const within = (name, count) => Math.min(model.get(name), count - 1);
    const [layer, head] = [within("layer", picture.layers), within("head", picture.heads)];
    const untouched = read !== this.told && model.get("query") === this.opened;
    this.told = read;
    const query = untouched ? tellings[layer * picture.heads + head] : within("query", picture.tokens.length);
    if (untouched) this.opened = query;
    setAll(model, { details, layer, head, query });
  }
}

// The address follows the page once somebody has changed something, and the page an address that
// somebody opens.
function keepAddress(model, reader) {
  const get = (name) => model.get(name);
  const start = stateNow(get);
  const first = addressOf(get, start);
  let timer = 0;
  const open = () => {
    const said = stateOf(location.hash);
    if (!("text" in said)) return;
    if ("query" in said) reader.choose();
    setAll(model, { ...start, ...said });
  };
  model.on("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const address = addressOf(get, start);
      const untouched = address === first && !("text" in stateOf(location.hash));
      if (untouched || address === location.hash || address.length > LONGEST) return;
      history.replaceState(history.state, "", address);
    }, PAUSE);
  });
  addEventListener("hashchange", open);
  open();
}

/** Answer a live page from the engine; the first of a page is kept in its address. */
function serve(model, engine, id, first) {
  model.set("engine", true);
  const readers = SENTENCES.map((sentence) => new Reader(model, engine, sentence, `${id} ${sentence.text}`));
  if (first) keepAddress(model, readers[0]);
  readers.forEach((reader) => reader.read());
}

export default { canServe, Engine, serve };
