"""Decoders of transformers that its attention interface reaches, one tiny network of each."""

import pytest

from tests.models.architectures import DECODERS, examine


@pytest.mark.parametrize("kind", DECODERS)
def test_a_decoder_is_read_heated_and_bent_as_its_own_attention_says(kind):
    row = examine(kind)
    assert row.changeable
    assert "causal" in row.form
    assert row.equal <= 1e-6
    assert max(row.bent, row.hot, row.queries) <= 1e-5
    assert row.padded <= 1e-5
