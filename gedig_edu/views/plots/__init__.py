"""Pictures of results: arrays in, Axes out, nothing shown, and in words what each picture shows."""

from gedig_edu.views.plots.heads import head_map, layer_boxes, overview
from gedig_edu.views.plots.reports import report

__all__ = ["head_map", "layer_boxes", "overview", "report"]
