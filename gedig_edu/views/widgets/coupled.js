// Coupled attention step by step, as `gedig_edu.theory.dynamics.CoupledAttention` steps it with keys
// on a line and a temperature of 1. An infinite P is `Infinity`.

import { softmax } from "./ensemble.js";
import { sum } from "./kit/sums.js";

// Shares of keys, none of it for one behind an infinite wall.
function attend(scores, U) {
  const open = scores.flatMap((_, place) => (U[place] === Infinity ? [] : [place]));
  const shares = softmax(open.map((place) => scores[place] - U[place]));
  const weights = scores.map(() => 0);
  open.forEach((place, at) => { weights[place] = shares[at]; });
  return weights;
}

const places = (row) => row.map((_, place) => place);
const added = (...fields) => fields[0].map((_, place) => sum(fields.map((field) => field[place])));

function wells(row, visited, w, width) {
  return places(row).map((place) => w * sum(visited.map((at) => Math.exp(-((place - at) ** 2) / (2 * width ** 2)))));
}

// The best key farther than `width` from the last visit, or none.
function farther(scores, U, width, last) {
  const beyond = places(scores).filter((place) => Math.abs(place - last) > width && U[place] !== Infinity);
  const height = (place) => scores[place] - U[place];
  return beyond.length ? beyond.reduce((best, place) => (height(place) > height(best) ? place : best)) : null;
}

const largest = (row) => row.indexOf(Math.max(...row));
const length = (row) => Math.sqrt(sum(row.map((one) => one * one)));

// `rho` is null where nothing is carried over.
export function coupledRun(scores, { P, w, width, rho, gain, critical, steps }) {
  const target = softmax(scores);
  const visited = [];
  let [M, due] = [scores.map(() => 0), false];
  return Array.from({ length: steps }, () => {
    const track = wells(scores, visited, w, width);
    const carry = M.map((one) => gain * one);
    const U = added(P, track, carry);
    const jump = due ? farther(scores, U, width, visited.at(-1)) : null;
    const weights = jump === null ? attend(scores, U) : places(scores).map((place) => Number(place === jump));
    const visit = largest(weights);
    visited.push(visit);
    const carries = rho !== null && jump === null;
    M = M.map((one, place) => (carries ? rho * one + (target[place] - weights[place]) : 0));
    const residual = length(M);
    due = residual > critical;
    return { track, carry, U, weights, visit, jumped: jump !== null, residual };
  });
}
