"""Decoders of transformers that its attention interface reaches, one tiny network of each."""

import numpy as np
import pytest

from gedig_edu.models.backend import Asked
from gedig_edu.models.torch_backend import TorchBackend
from tests.models.architectures import DECODERS, encoded, examine, network


@pytest.mark.parametrize("kind", DECODERS)
def test_a_decoder_is_read_heated_and_bent_as_its_own_attention_says(kind):
    row = examine(kind)
    assert row.changeable
    assert "causal" in row.form
    assert row.equal <= 1e-6
    assert max(row.bent, row.hot, row.uniform, row.queries, row.turned) <= 1e-5
    assert row.padded <= 1e-5


@pytest.mark.parametrize("kind", ["gpt_oss", "jamba", "recurrent_gemma", "bloom", "prophetnet"])
def test_a_decoder_writes_what_its_logits_say_with_a_cache_or_without(kind):
    backend = TorchBackend(name=kind, network=network(kind))
    backend.network.generation_config.eos_token_id = None
    asked = Asked(temperature=0.8) if backend.anatomy.modules else Asked()
    ids = [50, 61, 57, 90, 83, 77, 70]
    written = backend.continue_ids(ids, tokens=4, temperature=0, seed=0, asked=asked)
    for token in written:
        assert token == backend.logits(encoded(*ids), asked)[-1].argmax()
        ids.append(token)
    assert len(written) == 4


@pytest.mark.parametrize("kind", ["gemma2", "gpt_neox", "deepseek_v3", "diffllama", "phi3"])
def test_a_head_taken_out_leaves_its_layer_and_changes_the_next(kind):
    backend = TorchBackend(name=kind, network=network(kind))
    text = encoded(50, 61, 57, 90, 83)
    plain = backend.maps([text], Asked())[0]
    cut = backend.maps([text], Asked(ablate={0: {1: "zero"}}))[0]
    assert (cut[0] == plain[0]).all()
    assert (cut[1] != plain[1]).any()


@pytest.mark.parametrize("kind", ["flint", "llama", "gemma2"])
def test_the_greatest_heat_shows_no_later_token_in_half_precision(kind):
    backend = TorchBackend(name=kind, network=network(kind).half())
    maps = backend.maps([encoded(50, 61, 57, 90, 83)], Asked(temperature=1e39))[0]
    assert not np.triu(maps, k=1).any()
