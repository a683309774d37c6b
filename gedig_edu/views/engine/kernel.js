// Answers the live page where there is no kernel, change by change as `LiveF` does in Python, from a
// worker that is started when somebody first asks.

import { fill } from "../widgets/kit/text.js";
import { addressOf, stateNow, stateOf } from "./address.js";

const PAUSE = 300; // ms until the address follows
const HOW = ["model", "convention", "quantile", "temperature"];

// What is asked of each of the two sentences, and where the answer goes.
const MAIN = { asked: ["text", ...HOW], text: "text", picture: "picture", details: "details", status: "status", message: "message", answered: "answered" };
const BESIDE = { asked: ["beside", ...HOW], text: "beside", picture: "beside_picture", details: null, status: "beside_status", message: "beside_message", answered: "beside_answered" };

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
    await new Promise((ready, broken) => {
      worker.addEventListener("error", (event) => broken(new Error(event.message)));
      worker.addEventListener("message", ({ data }) => {
        if (data.kind === "ready") ready();
        else if (data.kind === "broken") broken(new Error(data.message));
        else this.hear(data);
      });
      worker.postMessage({ kind: "open", words: this.words.token, ...model });
    });
    URL.revokeObjectURL(address);
    this.worker = worker;
  }

  hear(answer) {
    const { id, listener } = this.listeners.get(answer.channel);
    if (answer.id === id) listener(answer);
  }

  async ask(channel, request, listener) {
    this.asked += 1;
    const id = this.asked;
    this.listeners.set(channel, { id, listener });
    await this.start();
    if (this.listeners.get(channel).id === id) this.worker.postMessage({ kind: "read", channel, id, ...request });
  }
}

function setAll(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
}

// One sentence of one live page: asked again whenever what it depends on has changed.
class Reader {
  constructor(model, engine, names, channel) {
    this.model = model;
    this.engine = engine;
    this.names = names;
    this.channel = channel;
    this.opened = model.get("query");
    [this.soon, this.told] = [false, ""];
    names.asked.forEach((name) => model.on(`change:${name}`, () => this.later()));
  }

  later() {
    if (this.soon) return;
    this.soon = true;
    queueMicrotask(() => {
      this.soon = false;
      this.read();
    });
  }

  read() {
    const { model, names } = this;
    const now = Object.fromEntries(names.asked.map((name) => [name, model.get(name)]));
    const answered = model.get(names.answered) ?? {};
    if (names.asked.every((name) => answered[name] === now[name])) return;
    if (!now[names.text].trim()) {
      this.engine.listeners.delete(this.channel);
      this.say("empty", "", now);
      return;
    }
    const words = this.engine.words;
    this.say("loading", this.engine.worker ? "" : words.opening);
    this.engine.ask(this.channel, { ...now, text: now[names.text] }, (answer) => this.take(answer, now))
      .catch((trouble) => this.say("error", fill(words.not_opened, { reason: trouble.message }), now));
  }

  say(status, message, answered) {
    const { model, names } = this;
    model.set(names.status, status);
    model.set(names.message, message);
    if (answered) model.set(names.answered, answered);
  }

  take(answer, now) {
    const { model, names, engine: { words } } = this;
    if (answer.kind === "refused") {
      this.say("error", fill(words[answer.key], { name: model.get("model"), ...answer.values }), now);
    } else if (answer.kind === "heads") {
      model.set(names.picture, { ...answer.picture, baselines: {} });
      if (names.details) this.showHead(answer, `${now.temperature} ${now.text}`);
      this.say("ready", "", now);
    } else {
      const picture = model.get(names.picture);
      model.set(names.picture, { ...picture, baselines: { ...picture.baselines, [answer.name]: answer.terms } });
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
function keepAddress(model) {
  const get = (name) => model.get(name);
  const start = stateNow(get);
  const first = addressOf(get, start);
  let [timer, written] = [0, location.hash];
  const open = () => {
    if (location.hash !== written) setAll(model, stateOf(location.hash));
  };
  model.on("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const address = addressOf(get, start);
      if (address === location.hash || (address === first && !location.hash)) return;
      written = address;
      history.replaceState(history.state, "", address);
    }, PAUSE);
  });
  addEventListener("hashchange", open);
  setAll(model, stateOf(location.hash));
}

/** Answer a live page from the engine; the first of a page is kept in its address. */
function serve(model, engine, id, first) {
  model.set("engine", true);
  const readers = [MAIN, BESIDE].filter(({ text }) => model.get(text) !== undefined).map((names) => new Reader(model, engine, names, `${id} ${names.text}`));
  if (first) keepAddress(model);
  readers.forEach((reader) => reader.read());
}

export default { canServe, Engine, serve };
