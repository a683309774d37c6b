// Small sums that every widget does.

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values) {
  return sum(values) / values.length;
}

export const TIE = 1e-12; // as in gedig_edu.lab.statistics: differences up to it are rounding, not above

export function shareAbove(differences) {
  return differences.filter((value) => value > TIE).length / differences.length;
}

// Where the largest of them stands; of those that rounding alone tells apart, the first.
export function firstOf(values) {
  const least = Math.max(...values) - TIE;
  return values.findIndex((value) => value >= least);
}
