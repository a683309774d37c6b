"""How the claims of lesson 11 are measured: attention as descent."""

from __future__ import annotations

from gedig_edu.course.lessons.l11 import heads, laws, toys

MEASURES = {
    "first_step": laws.first_step,
    "never_rises": laws.never_rises,
    "bounds": laws.bounds,
    "storage": laws.memory,
    "own_step": heads.own_step,
    "own_output": heads.own_output,
    "cost": laws.cost,
    "sparse": heads.sparse,
    "without_scores": heads.without_scores,
    "far_fewer": heads.far_fewer,
    "depth_stops": heads.depth_stops,
    "depth_saves": heads.depth_saves,
    "iteration": heads.iteration,
    "rests": heads.rest,
    "depth_pays": toys.depth_pays,
    "apart": toys.apart,
    "potential_rests": toys.potential_rests,
    "reason": toys.reason,
    "own_temperature": toys.own_temperature,
    "powers_of_ten": toys.powers_of_ten,
    "absorbed": toys.absorbed,
    "across_scales": toys.across_scales,
}
