// Exact shortest paths over all pairs of a graph's largest component: breadth-first searches that
// OR whole rows of 32 nodes a word. As gedig_edu.theory.engines.kernels.paths does it with 64.

function countBits(word) {
  const twos = word - ((word >>> 1) & 0x55555555);
  const fours = (twos & 0x33333333) + ((twos >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function lowestBit(word) {
  return 31 - Math.clz32(word & -word);
}

// Puts all neighbours of `frontier` into `fresh`; stops early once they cover `unseen`.
function expand(rows, frontier, unseen, fresh) {
  const words = fresh.length;
  fresh.fill(0);
  for (let place = 0; place < words; place += 1) {
    for (let word = frontier[place]; word !== 0; word &= word - 1) {
      const start = ((place << 5) + lowestBit(word)) * words;
      let missing = 0;
      for (let k = 0; k < words; k += 1) {
        fresh[k] |= rows[start + k];
        missing |= unseen[k] & ~fresh[k];
      }
      if (missing === 0) return;
    }
  }
}

// Puts those of `unseen` that have a neighbour in `frontier` into `fresh`.
function reachBack(rows, frontier, unseen, fresh) {
  const words = fresh.length;
  for (let place = 0; place < words; place += 1) {
    let hits = 0;
    for (let word = unseen[place]; word !== 0; word &= word - 1) {
      const start = ((place << 5) + lowestBit(word)) * words;
      let k = 0;
      while (k < words && (rows[start + k] & frontier[k]) === 0) k += 1;
      if (k < words) hits |= word & -word;
    }
    fresh[place] = hits;
  }
}

// An undirected graph of `length` nodes, used again for one graph after another.
export class Links {
  constructor(length) {
    this.length = length;
    this.words = (length + 31) >> 5;
    this.rows = new Int32Array(length * this.words);
    this.unseen = new Int32Array(this.words);
    this.frontier = new Int32Array(this.words);
    this.fresh = new Int32Array(this.words);
  }

  clear() {
    this.rows.fill(0);
  }

  // Joins two nodes, both ways; a node joined to itself changes nothing.
  join(one, other) {
    if (one === other) return;
    this.rows[one * this.words + (other >> 5)] |= 1 << (other & 31);
    this.rows[other * this.words + (one >> 5)] |= 1 << (one & 31);
  }

  // Nodes of the largest component and the sum of the distances over its ordered pairs, 0 where
  // there is no pair. Of components of equal size the one with the lowest node counts, or else the
  // one with the smallest sum.
  largest(lowestTie) {
    const left = new Int32Array(this.words).fill(-1);
    if (this.length & 31) left[this.words - 1] = (1 << (this.length & 31)) - 1;
    let [nodes, pathSum] = [1, 0];
    for (let node = 0; node < this.length; node += 1) {
      if (((left[node >> 5] >>> (node & 31)) & 1) === 0) continue;
      const { members, size } = this.takeComponent(node, left);
      if (size === 1 || size < nodes || (size === nodes && lowestTie)) continue;
      const sum = this.sumOf(members);
      pathSum = size === nodes ? Math.min(pathSum, sum) : sum;
      nodes = size;
    }
    return { nodes, pathSum };
  }

  // Takes the component of `node` out of `left`.
  takeComponent(node, left) {
    this.unseen.set(left);
    const size = 1 + this.spread(node).reached;
    const members = left.map((word, k) => word & ~this.unseen[k]);
    left.set(this.unseen);
    return { members, size };
  }

  sumOf(members) {
    let total = 0;
    for (let place = 0; place < this.words; place += 1) {
      for (let word = members[place]; word !== 0; word &= word - 1) {
        this.unseen.set(members);
        total += this.spread((place << 5) + lowestBit(word)).distanceSum;
      }
    }
    return total;
  }

  // Searches from `source`, which leaves `unseen`, as does every node that is found.
  spread(source) {
    const { rows, words, unseen, frontier, fresh } = this;
    unseen[source >> 5] &= ~(1 << (source & 31));
    frontier.fill(0);
    frontier[source >> 5] = 1 << (source & 31);
    let [left, width, level, reached, distanceSum] = [0, 1, 0, 0, 0];
    for (let k = 0; k < words; k += 1) left += countBits(unseen[k]);
    while (left > 0 && width > 0) {
      level += 1;
      if (left < width) reachBack(rows, frontier, unseen, fresh);
      else expand(rows, frontier, unseen, fresh);
      width = 0;
      for (let k = 0; k < words; k += 1) {
        frontier[k] = fresh[k] & unseen[k];
        unseen[k] &= ~fresh[k];
        width += countBits(frontier[k]);
      }
      left -= width;
      reached += width;
      distanceSum += level * width;
    }
    return { reached, distanceSum };
  }
}
