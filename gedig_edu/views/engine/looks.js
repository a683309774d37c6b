// At which token a head opens, as `telling_query` of gedig_edu.theory.heads finds it.

// Of one row the second largest and the largest weight on others, the first token aside and not.
function othersOf(weights, from, row, length) {
  let [first, second, most] = [0, 0, 0];
  for (let key = 0; key < length; key += 1) {
    if (key === row) continue;
    const weight = weights[from + key];
    if (weight > most) most = weight;
    if (key === 0) continue;
    if (weight > first) [first, second] = [weight, first];
    else if (weight > second) second = weight;
  }
  return { second, most };
}

/** The token that looks at two others at once the most, for each of `maps` heads. */
export function tellingQueries(weights, maps, length) {
  return Int32Array.from({ length: maps }, (_, map) => {
    let [best, most, at, otherAt] = [0, -1, 0, 0];
    for (let row = 0; row < length; row += 1) {
      const found = othersOf(weights, (map * length + row) * length, row, length);
      if (found.second > best) [best, at] = [found.second, row];
      if (found.most > most) [most, otherAt] = [found.most, row];
    }
    return best > 0 ? at : otherAt;
  });
}
