// The live page in its address: what is written can be read again, and nonsense is left out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, stateNow, stateOf } from "../../gedig_edu/views/engine/address.js";

const START = {
  text: "The cat.", beside: "", convention: "paper", view: "arcs", baseline: "uniform", shown: "delta",
  quantile: 0.9, lam: 1, gamma: 0.5, temperature: 1, matched: false, layer: 1, head: 2, query: 3,
};

const written = (state) => addressOf((name) => state[name], START);

test("a state that differs everywhere comes back whole", () => {
  const state = {
    text: "a & b = c # 100 % + ü 猫\n\"two\" lines", beside: "x", convention: "released", view: "graph",
    baseline: "row_shuffled", shown: "path_gain", quantile: 0.55, lam: 0.35, gamma: 2, temperature: 0.25,
    matched: true, layer: 5, head: 0, query: 17,
  };
  assert.deepEqual(stateOf(written(state)), state);
});

test("what is as at the start is not said, but the text and the place are", () => {
  assert.equal(written(START), "#text=The+cat.&layer=1&head=2&query=3");
});

test("a slider's step is written with four digits", () => {
  const moved = { ...START, lam: 1.9500000000000002, temperature: 0.29730177875068026 };
  assert.equal(written(moved), "#text=The+cat.&lam=1.95&temperature=0.2973&layer=1&head=2&query=3");
});

test("an address of a heading, or of nothing, says nothing of the page", () => {
  for (const hash of ["", "#", "#the-live-page", "#%E0%A4%A", "#lam=1"]) assert.deepEqual(stateOf(hash), {});
});

test("what no control could show is left out, and the rest is taken", () => {
  const nonsense = "#text=a&lam=9&gamma=-1&quantile=1&temperature=0&convention=mine&view=pie&baseline=none"
    + "&shown=x&layer=-1&head=1.5&query=one&matched=perhaps&model=other&constructor=1";
  assert.deepEqual(stateOf(nonsense), { text: "a", matched: false });
});

test("a name that the page has not is not written", () => {
  const without = { ...START, beside: undefined };
  assert.equal(written(without), written(START));
  assert.equal(Object.keys(stateNow((name) => START[name])).length, Object.keys(START).length);
});
