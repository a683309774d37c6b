// Rotary positions, as `gedig_edu.theory.rope` computes them: a speed θ_i for each pair.

export function speedsOf(dim, base) {
  return Array.from({ length: dim / 2 }, (_, i) => base ** ((-2 * i) / dim));
}

// Pairs (x_i, x_{i+d/2}), each turned by position · θ_i.
export function rotate(x, position, theta) {
  return theta.map((speed, i) => {
    const [cos, sin] = [Math.cos(position * speed), Math.sin(position * speed)];
    const [first, second] = [x[i], x[i + theta.length]];
    return [first * cos - second * sin, first * sin + second * cos];
  });
}
