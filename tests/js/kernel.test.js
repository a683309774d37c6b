// What answers the live page of the site: the newest request of each sentence alone, and the token
// that somebody chose. The worker is played by an array of what it was sent.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import kernel from "../../gedig_edu/views/engine/kernel.js";

const HOW = { model: "gpt2-mini", convention: "paper", quantile: 0.9, temperature: 1 };
const turn = () => new Promise((done) => { setTimeout(done, 0); });
let workers = [];

class PlayedWorker {
  constructor() {
    this.sent = [];
    this.heard = {};
    this.ended = false;
    workers.push(this);
  }

  addEventListener(name, listener) {
    this.heard[name] = listener;
  }

  postMessage(data) {
    this.sent.push(data);
  }

  say(data) {
    this.heard.message({ data });
  }

  terminate() {
    this.ended = true;
  }
}

function engineOf(bring = async () => ({})) {
  const words = { token: {}, opening: "opening", not_opened: "not opened: {reason}", no_worker: "no worker" };
  return new kernel.Engine({ worker: "", words }, bring);
}

function modelOf(values) {
  const heard = {};
  const tell = (name) => (heard[name] ?? []).forEach((listener) => listener());
  return {
    get: (name) => values[name],
    set: (name, value) => {
      if (values[name] === value) return;
      values[name] = value;
      tell(`change:${name}`);
      tell("change");
    },
    on: (name, listener) => { (heard[name] ??= []).push(listener); },
  };
}

const live = (text) => modelOf({
  ...HOW, text, answered: { ...HOW, text }, status: "ready", beside: "", beside_answered: {}, beside_picture: {},
  layer: 0, head: 1, query: 6, picture: {},
});

function headsFor({ channel, id }, tokens = 9) {
  const labels = Array.from({ length: tokens }, (_, place) => `t${place}`);
  const picture = { layers: 1, heads: 2, tokens: labels, names: [], terms: new Float64Array(6) };
  return { kind: "heads", channel, id, picture, details: {}, tellings: new Int32Array([7, 8]) };
}

const reads = ({ sent }) => sent.filter(({ kind }) => kind === "read");

beforeEach(() => {
  workers = [];
  Object.assign(globalThis, {
    Worker: PlayedWorker, location: { hash: "" }, addEventListener: () => {}, history: { replaceState: () => {} },
  });
});

test("of what is asked before the worker is ready the newest is sent, and a late answer is not heard", async () => {
  const engine = engineOf();
  const heard = [];
  const listen = (name) => () => heard.push(name);
  engine.ask("a", { text: "first" }, listen("first"));
  engine.ask("a", { text: "second" }, listen("second"));
  await turn();
  const [worker] = workers;
  worker.say({ kind: "ready" });
  await turn();
  assert.deepEqual(reads(worker).map(({ text }) => text), ["second"]);
  const [{ id }] = reads(worker);
  engine.ask("a", { text: "third" }, listen("third"));
  await turn();
  worker.say({ kind: "heads", channel: "a", id });
  worker.say({ kind: "heads", channel: "a", id: id + 1 });
  worker.say({ kind: "heads", channel: "b", id });
  assert.deepEqual(heard, ["third"]);
});

test("a second sentence that is closed while it is read stays closed", async () => {
  const engine = engineOf();
  const model = live("one");
  kernel.serve(model, engine, "id", false);
  model.set("beside", "two");
  await turn();
  const [worker] = workers;
  worker.say({ kind: "ready" });
  await turn();
  const [asked] = reads(worker);
  assert.equal(asked.text, "two");
  model.set("beside", "");
  await turn();
  worker.say(headsFor(asked));
  assert.deepEqual(model.get("beside_picture"), {});
  assert.equal(model.get("beside_status"), "empty");
});

async function answered(model, change, answer = headsFor) {
  const before = workers[0] ? reads(workers[0]).length : 0;
  for (const [name, value] of Object.entries(change)) model.set(name, value);
  await turn();
  workers[0].say({ kind: "ready" });
  await turn();
  workers[0].say(answer(reads(workers[0])[before]));
}

test("a new text opens at the token that tells most, a new threshold moves no token", async () => {
  const model = live("one");
  kernel.serve(model, engineOf(), "id", false);
  await answered(model, { text: "two" });
  assert.equal(model.get("query"), 8);
  model.set("head", 0);
  await answered(model, { quantile: 0.5 });
  assert.equal(model.get("query"), 8);
  await answered(model, { text: "three" });
  assert.equal(model.get("query"), 7);
});

test("a token that somebody chose stays, as far as the text goes", async () => {
  const model = live("one");
  kernel.serve(model, engineOf(), "id", false);
  model.set("query", 5);
  await answered(model, { text: "two" });
  assert.equal(model.get("query"), 5);
  await answered(model, { text: "three" }, (asked) => headsFor(asked, 4));
  assert.equal(model.get("query"), 3);
});

test("the token of a link stays, even where it is the one that the page began with", async () => {
  location.hash = "#text=two&layer=0&head=1&query=6";
  const model = live("one");
  kernel.serve(model, engineOf(), "id", true);
  await answered(model, {});
  assert.deepEqual([model.get("text"), model.get("query")], ["two", 6]);
});

test("a worker that the page may not have is said, ended, and tried again with the next sentence", async () => {
  const model = live("one");
  kernel.serve(model, engineOf(), "id", false);
  model.set("text", "two");
  await turn();
  workers[0].heard.error({ message: "" });
  await turn();
  assert.equal(model.get("message"), "not opened: no worker");
  assert.equal(model.get("status"), "error");
  assert.ok(workers[0].ended);
  model.set("text", "three");
  await turn();
  workers[1].say({ kind: "ready" });
  await turn();
  assert.deepEqual(reads(workers[1]).map(({ text }) => text), ["three"]);
});
