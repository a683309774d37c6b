// States at a temperature, as `gedig_edu.theory.thermo.Ensemble` computes them. Energies are
// measured from the ground state first, so that none is too large and no T too small.

import { sum } from "./kit/sums.js";

export function dot(a, b) {
  return sum(a.map((entry, place) => entry * b[place]));
}

export function ensemble(energies, temperature) {
  const ground = Math.min(...energies);
  const reduced = energies.map((energy) => (energy - ground) / temperature);
  const factors = reduced.map((gap) => Math.exp(-gap));
  const total = sum(factors);
  const probabilities = factors.map((factor) => factor / total);
  const mean = dot(probabilities, reduced);
  const entropy = Math.log(total) + mean;
  return {
    probabilities,
    log_partition: Math.log(total) - ground / temperature,
    free_energy: ground - temperature * Math.log(total),
    energy: ground + temperature * mean,
    entropy,
    heat_capacity: dot(probabilities, reduced.map((gap) => (gap - mean) ** 2)),
    effective_states: Math.exp(entropy),
  };
}

// A row of scores as shares: the probabilities of states at energies −score.
export function softmax(scores, temperature = 1) {
  return ensemble(scores.map((score) => -score), temperature).probabilities;
}

// −q log q, and 0 where q is 0.
export function surprise(q) {
  return q > 0 ? -q * Math.log(q) : 0;
}
