"""Records as they show themselves on one line, and readings as tables."""

import dataclasses
import importlib
import inspect
import pkgutil

import numpy as np
import pandas as pd
import pytest
from gauge_maps import softmax_maps

import gedig_edu
import gedig_edu.lab
import gedig_edu.theory
from gedig_edu.errors import GedigError
from gedig_edu.lab.live import live
from gedig_edu.models import load
from gedig_edu.theory.comparison import Comparison
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.theory.paths import path_statistics

TEXT = "The mill stood still, and nobody in the village had seen the miller for a week."
TERMS = ["F", "density", "entropy", "path_gain"]


@pytest.mark.parametrize(
    "made",
    [
        "Gauge.paper()",
        "Gauge.released()",
        "Gauge.paper(lam=0.5)",
        "Gauge.released(threshold=0.01)",
        "Gauge.released(quantile=0.8, path='chain_gain')",
    ],
)
def test_a_gauge_shows_what_differs_from_its_convention(made):
    gauge = eval(made)
    assert repr(gauge) == made
    assert eval(repr(gauge)) == gauge


def test_a_gauge_made_by_hand_shows_the_nearer_convention():
    assert (
        repr(Gauge(lam=0.5, pool="all", entropy="support")) == "Gauge.released(path='chain_gain')"
    )
    assert repr(Gauge()) == "Gauge.paper()"


class TestNames:
    @pytest.mark.parametrize("make", [Gauge, Gauge.paper, Gauge.released])
    def test_a_setting_that_does_not_exist_is_refused_with_those_that_do(self, make):
        for wrong in ("lamda", "tau", "Lam"):
            with pytest.raises(GedigError) as caught:
                make(**{wrong: 1})
            assert str(caught.value) == (
                f"{make.__qualname__} has no {wrong}; choose among lam, gamma, quantile, "
                "threshold, pool, entropy, path."
            )

    @pytest.mark.parametrize(
        ("function", "wrong"),
        [
            (Gauge().read, "casual"),
            (Gauge().graph, "normalised"),
            (Gauge().read(np.eye(3), causal=True).combine, "lamda"),
            (Gauge().read(np.eye(3), causal=True).to_frame, "axis"),
            (AttentionMaps, "weight"),
            (AttentionMaps.from_transformers, "text"),
        ],
    )
    def test_a_mistyped_name_is_refused_with_those_that_there_are(self, function, wrong):
        with pytest.raises(GedigError) as caught:
            function(**{wrong: True})
        names = ", ".join(inspect.signature(function).parameters)
        assert str(caught.value) == f"{function.__qualname__} has no {wrong}; choose among {names}."

    def test_conventions_spell_out_what_they_take(self):
        for convention in (Gauge.paper, Gauge.released):
            taken = inspect.signature(convention).parameters
            made = convention()
            assert list(taken) == [*inspect.signature(Gauge).parameters]
            for name, one in taken.items():
                assert one.kind is one.KEYWORD_ONLY
                assert one.default == (None if name == "quantile" else getattr(made, name))

    def test_the_package_shows_its_public_list_alone(self):
        assert dir(gedig_edu) == sorted(gedig_edu.__all__)


class TestOneLine:
    def shown(self):
        model = load("gpt2-mini")
        maps = model.attend(TEXT)
        yield maps
        yield maps.read(Gauge.paper())
        yield Gauge.paper().read(maps.weights[0, 0], causal=True)
        yield Comparison.read(maps, Gauge.released())
        yield live(maps, gauge=Gauge.paper())
        yield model.queries_keys(TEXT, 0)
        yield model.stream(TEXT)
        yield path_statistics(maps.weights > 0.1)

    def test_records_of_arrays_show_shapes_not_numbers(self):
        for record in self.shown():
            line = repr(record)
            assert line.startswith(f"{type(record).__name__}(")
            assert "\n" not in line
            assert "array(" not in line
            assert len(line) < 400
            assert len(line) < 200 or type(record).__name__ == "Stream"

    def test_every_public_record_of_arrays_is_one_of_them(self):
        for package in (gedig_edu.theory, gedig_edu.lab):
            for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
                module = importlib.import_module(found.name)
                for name, kind in vars(module).items():
                    own = getattr(kind, "__module__", "") == found.name and name[0] != "_"
                    if own and dataclasses.is_dataclass(kind):
                        kinds = [str(field.type) for field in dataclasses.fields(kind)]
                        arrays = any("np.ndarray" in one for one in kinds)
                        assert not (arrays and kind.__dataclass_params__.repr), name

    def test_maps_show_text_size_and_model(self):
        assert repr(load("gpt2-mini").attend("The cat\nsat up")) == (
            "AttentionMaps('The cat\\nsat up': 5 tokens, 6 layers × 6 heads, causal, of gpt2-mini)"
        )

    def test_readings_show_the_range_of_f(self):
        reading = Gauge.paper().read(np.stack([np.eye(8), np.full((8, 8), 1 / 8)]), causal=False)
        assert repr(reading) == f"Reading([2] maps, F -1 to -0.5, engine={reading.engine!r})"
        assert repr(Gauge.paper().read(np.eye(8), causal=False)).startswith(
            "Reading(F=-0.5, density="
        )


class TestFrames:
    weights = softmax_maps(np.random.default_rng(1), (2, 3, 5, 7, 7))

    @pytest.mark.parametrize(
        ("leading", "axes"),
        [
            ((), []),
            ((0,), ["head"]),
            ((0, 0), ["layer", "head"]),
            ((0, 0, 0), ["text", "layer", "head"]),
        ],
    )
    def test_one_row_a_map(self, leading, axes):
        weights = self.weights[tuple(0 for _ in range(3 - len(leading)))]
        reading = Gauge.paper().read(weights, causal=False)
        frame = reading.to_frame()
        assert isinstance(frame, pd.DataFrame)
        assert list(frame.columns) == [*axes, *TERMS]
        assert len(frame) == reading.F.size
        for row in frame.to_dict("records"):
            place = tuple(row[name] for name in ("layer", "text", "head") if name in axes)
            assert [row[name] for name in TERMS] == [
                getattr(reading, name)[place] for name in TERMS
            ]

    def test_axes_may_be_named(self):
        reading = Gauge.paper().read(self.weights, causal=False)
        frame = reading.to_frame(axes=["text", "layer", "head"])
        assert frame.groupby(["text", "layer", "head"]).F.first()[1, 2, 4] == reading.F[1, 2, 4]
        more = Gauge.paper().read(self.weights[None], causal=False).to_frame()
        assert list(more.columns[:4]) == ["axis_0", "axis_1", "axis_2", "axis_3"]

    def test_names_that_do_not_fit_are_refused(self):
        reading = Gauge.paper().read(self.weights, causal=False)
        for axes in (["layer"], ["head", "head", "layer"], []):
            with pytest.raises(GedigError, match="give 3 names"):
                reading.to_frame(axes=axes)
