"""What lesson 11 says of the kept numbers is what they show."""

import numpy as np
import pytest

from gedig_edu.course import claims
from gedig_edu.course.evidence import Verdict
from gedig_edu.course.lessons.l11.edges import edges_of
from gedig_edu.course.lessons.l11.lens import lens_of
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.kept_tables import BLOCKS, HEADS, by_arm, read_table
from gedig_edu.models import load
from gedig_edu.views.widgets.kept_edges import KeptEdges
from gedig_edu.views.widgets.lens_settling import LensSettling


def numbers(topic, model):
    (found,) = claims.recall([f"11.{topic}"], model)
    return {reading.name: reading for reading in found.readings}


def test_a_head_s_own_output_leaves_its_energy_higher_on_the_bundled_model_surely():
    assert numbers("own_step", "gpt2-mini")["turned"].high < 0.4
    assert numbers("own_output", "gpt2-mini")["others"].high < 0.5
    assert numbers("own_output", "gpt2-mini")["elsewhere"].low < 0.5
    assert numbers("own_output", "gpt2-mini")["elsewhere"].high > 0.5


@pytest.mark.parametrize("model", ["minilm", "smollm2"])
def test_on_the_others_what_is_written_here_fits_worse_than_what_is_written_elsewhere(model):
    elsewhere = numbers("own_output", model)["elsewhere"]
    assert elsewhere.high < 0.5
    assert elsewhere.value == pytest.approx(0.43, abs=0.005)


def test_depth_cannot_stop_after_a_small_step_between_layers_nor_in_a_memory_at_any_beta():
    for model in ("gpt2-mini", "smollm2"):
        (found,) = claims.recall(["11.depth_stops"], model)
        assert found.verdict is Verdict.DOES_NOT_HOLD
        left = numbers("depth_stops", model)
        assert left["least"].high < 0.05 < left["tied"].low


def test_a_row_s_keys_are_fewer_with_length_and_not_few():
    bundled = numbers("far_fewer", "gpt2-mini")
    assert round(bundled["short"].value, 2) == 0.47
    assert round(bundled["long"].value, 2) == 0.37
    for model in ("gpt2-mini", "minilm", "smollm2"):
        found = numbers("far_fewer", model)
        assert found["long"].value < found["short"].value
        assert 0.5 < found["needed"].low < found["needed"].high < 1


def test_smollm2_leans_the_same_way_and_minilm_neither_way():
    assert 0.3 < numbers("own_step", "smollm2")["turned"].high < 0.5
    minilm = numbers("own_step", "minilm")["turned"]
    assert minilm.low < 0.5 < minilm.high


def test_a_detector_beats_no_rival_for_sure_but_one_depth_on_smollm2():
    bundled = numbers("depth_saves", "gpt2-mini")
    assert all(bundled[rival].low < 0 for rival in ("random", "fixed"))
    large = numbers("depth_saves", "smollm2")
    assert large["fixed"].low > 1
    assert large["random"].low < 0 < large["random"].high


@pytest.mark.parametrize("model", ["gpt2-mini", "minilm", "smollm2"])
def test_the_best_tenth_of_the_edges_loses_about_half_and_the_nearest_more(model):
    assert numbers("sparse", model)["keys"].value == pytest.approx(0.5, abs=0.07)
    assert 0.69 < numbers("without_scores", model)["nearest"].value < 0.81


def test_later_layers_change_less_on_the_bundled_model_and_hardly_on_smollm2():
    assert all(numbers("iteration", "gpt2-mini")[one].high < -0.2 for one in ("turns", "says"))
    large = numbers("iteration", "smollm2")
    assert all(large[one].low > -0.1 and large[one].high < 0.05 for one in ("turns", "says"))


@pytest.mark.parametrize("model", ["gpt2-mini", "smollm2"])
def test_tokens_whose_queries_take_longer_need_no_more_layers(model):
    assert numbers("rests", model)["with_depth"].high < 0.1


def test_a_window_loses_more_in_the_layer_of_the_picture_and_as_little_in_layer_0():
    model = load("gpt2-mini")

    def ratios(layer):
        heads = [
            KeptEdges(**edges_of(model, EXAMPLE, layer), more=2, head=head).numbers
            for head in range(model.heads)
        ]
        return [one["curve_nearest"][2] / one["curve_strongest"][2] for one in heads]

    assert min(ratios(3)) == pytest.approx(1.4, abs=0.05)
    assert max(ratios(3)) == pytest.approx(5, abs=0.5)
    assert np.mean(ratios(0)) < 1


def test_on_the_example_stopping_costs_less_than_both_rivals():
    shown = LensSettling(**lens_of(load("gpt2-mini"), EXAMPLE), epsilon=0.3).numbers
    assert shown["stopped"] < min(shown["random"], shown["fixed"])


def test_one_seed_of_six_has_three_graphs_of_ten_right_and_the_others_nearly_all():
    runs = read_table(BLOCKS, "runs").query("arm == 'apart_still'")
    right = sorted(runs["right"])
    assert right[0] == pytest.approx(0.3, abs=0.01)
    assert right[1] > 0.9


def test_a_graph_that_is_a_step_deeper_takes_about_a_step_more():
    depths = read_table(BLOCKS, "depths").query("arm == 'apart_still'")
    steps = depths.groupby("depth")["steps"].median().diff().dropna()
    assert steps.between(0.7, 1.3).all()


def test_one_vector_for_both_learns_far_less_and_does_not_fail():
    runs = read_table(BLOCKS, "runs").query("arm == 'together_fixed'")["right"]
    assert runs.mean() == pytest.approx(0.28, abs=0.005)
    assert runs.max() == pytest.approx(0.74, abs=0.005)
    (found,) = claims.recall(["11.apart"], "gpt2-mini")
    assert found.verdict is Verdict.HOLDS_IF


def test_directions_save_more_than_temperatures_that_start_alike_in_four_seeds_of_six():
    text = by_arm(read_table(HEADS, "runs").query("task == 'text'"), "loss")
    assert ((text["temperatures_even"] - text["directions"]) > 0).sum() == 4
    even, spread = text["both_even"].mean(), text["both"].mean()
    assert even == pytest.approx(text["directions"].mean(), abs=1e-3)
    assert spread > text["directions"].mean() + 0.01


def test_temperatures_do_all_on_the_circle_and_nothing_on_text():
    loss = read_table(HEADS, "runs").groupby(["task", "arm"])["loss"].mean()
    assert loss["circle"].drop("temperatures").min() > loss["circle", "temperatures"]
    assert loss["text", "temperatures"] > loss["text", "one"] > loss["text", "directions"]
