// What a head is held against, and the two conventions of the gauge, as gedig_edu.theory names them.

export const BASELINES = ["random", "uniform", "local", "diagonal", "row_shuffled"];

export const CONVENTIONS = {
  paper: { lam: 1, gamma: 0.5, pool: "visible", entropy: "cells", path: "chain_gain" },
  released: { lam: 0.5, gamma: 0.5, pool: "all", entropy: "support", path: "inverse_length" },
};
