"""What lesson 11 says of the kept numbers is what they show."""

import pytest

from gedig_edu.course import claims
from gedig_edu.lab.kept_tables import BLOCKS, HEADS, read_table


def numbers(topic, model):
    (found,) = claims.recall([f"11.{topic}"], model)
    return {reading.name: reading for reading in found.readings}


def test_a_head_s_own_output_leaves_its_energy_higher_on_the_bundled_model_surely():
    assert numbers("own_step", "gpt2-mini")["turned"].high < 0.4
    assert numbers("own_output", "gpt2-mini")["others"].high < 0.5
    assert numbers("own_output", "gpt2-mini")["elsewhere"].value == pytest.approx(0.5, abs=0.05)


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


def test_one_seed_of_six_has_learned_next_to_nothing_and_the_others_all():
    runs = read_table(BLOCKS, "runs").query("arm == 'apart_still'")
    right = sorted(runs["right"])
    assert right[0] < 0.4
    assert right[1] > 0.9


def test_a_graph_that_is_a_step_deeper_takes_about_a_step_more():
    depths = read_table(BLOCKS, "depths").query("arm == 'apart_still'")
    steps = depths.groupby("depth")["steps"].median().diff().dropna()
    assert steps.between(0.7, 1.3).all()


def test_temperatures_do_all_on_the_circle_and_nothing_on_text():
    loss = read_table(HEADS, "runs").groupby(["task", "arm"])["loss"].mean()
    assert loss["circle"].drop("temperatures").min() > loss["circle", "temperatures"]
    assert loss["text", "temperatures"] > loss["text", "one"] > loss["text", "directions"]
