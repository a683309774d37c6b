// Exact shortest paths over all pairs of a graph's largest component. Every node keeps as bits, 32
// a word, which nodes it reaches; with each step it takes over what its neighbours reach.

function countBits(word) {
  const twos = word - ((word >>> 1) & 0x55555555);
  const fours = (twos & 0x33333333) + ((twos >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function lowestBit(word) {
  return 31 - Math.clz32(word & -word);
}

// An undirected graph, used again for one map after another.
export class Links {
  constructor(length) {
    this.length = length;
    this.words = (length + 31) >> 5;
    this.rows = new Int32Array(length * this.words);
    this.clear();
  }

  // Leaves each node joined to itself alone.
  clear() {
    this.rows.fill(0);
    for (let node = 0; node < this.length; node += 1) this.join(node, node);
  }

  join(one, other) {
    this.rows[one * this.words + (other >> 5)] |= 1 << (other & 31);
    this.rows[other * this.words + (one >> 5)] |= 1 << (one & 31);
  }

  // Nodes of the largest component and the sum of the distances over its ordered pairs, 0 where
  // there is no pair. Of components of equal size the one with the lowest node counts, or else the
  // one with the smallest sum.
  largest(lowestTie) {
    const { reach, reached, sums } = this.search();
    const lowest = (node) => {
      let place = 0;
      while (reach[node * this.words + place] === 0) place += 1;
      return (place << 5) + lowestBit(reach[node * this.words + place]);
    };
    const totals = new Float64Array(this.length);
    sums.forEach((sum, node) => { totals[lowest(node)] += sum; });
    let best = 0;
    for (let node = 1; node < this.length; node += 1) {
      if (lowest(node) !== node || reached[node] < reached[best]) continue;
      if (reached[node] > reached[best] || (!lowestTie && totals[node] < totals[best])) best = node;
    }
    return { nodes: reached[best], pathSum: totals[best] };
  }

  // What each node reaches, as bits and as a number, and the sum of its distances.
  search() {
    const sums = new Float64Array(this.length);
    const reached = new Int32Array(this.length).fill(1);
    let reach = new Int32Array(this.rows.length);
    for (let node = 0; node < this.length; node += 1) reach[node * this.words + (node >> 5)] = 1 << (node & 31);
    for (let level = 1, active = Array.from(sums.keys()); active.length > 0; level += 1) {
      const further = reach.slice();
      active = active.filter((node) => {
        const more = this.step(node, reach, further) - reached[node];
        sums[node] += level * more;
        reached[node] += more;
        return more > 0 && reached[node] < this.length;
      });
      reach = further;
    }
    return { reach, reached, sums };
  }

  // Puts what the neighbours of a node reach into `further`; returns how many it has there.
  step(node, reach, further) {
    const { words, rows } = this;
    const own = node * words;
    for (let place = 0; place < words; place += 1) {
      for (let word = rows[own + place]; word !== 0; word &= word - 1) {
        const start = ((place << 5) + lowestBit(word)) * words;
        for (let k = 0; k < words; k += 1) further[own + k] |= reach[start + k];
      }
    }
    let count = 0;
    for (let k = 0; k < words; k += 1) count += countBits(further[own + k]);
    return count;
  }
}
