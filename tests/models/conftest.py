"""Tiny models on disk and in memory, made once for every test of this room."""

from pathlib import Path

import pytest
from transformers.utils import logging

from gedig_edu import models
from tests.models import tiny

NUMPY = "gpt2 without torch"


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> dict[str, Path]:
    """Give the folder of a tiny random model of each architecture."""
    logging.disable_progress_bar()
    place = tmp_path_factory.mktemp("tiny")
    return {kind: tiny.save(kind, place / kind) for kind in tiny.KINDS}


@pytest.fixture(scope="session")
def loaded(folders) -> dict[str, models.AttentionModel]:
    """Give a tiny random model of each architecture, loaded."""
    return {kind: models.load(folder, device="cpu") for kind, folder in folders.items()}


@pytest.fixture
def one_of(folders, loaded):
    """Give a function from an architecture to its model; NumPy's is its own for each test."""

    def give(kind: str) -> models.AttentionModel:
        if kind == NUMPY:
            return models.load(folders["gpt2"], backend="numpy")
        return loaded[kind]

    return give


@pytest.fixture(params=(*tiny.KINDS, NUMPY))
def model(request, one_of) -> models.AttentionModel:
    """Give each architecture in turn, and GPT-2 as NumPy computes it."""
    return one_of(request.param)


@pytest.fixture(params=(*tiny.DECODERS, NUMPY))
def decoder(request, one_of) -> models.AttentionModel:
    """Give each decoder in turn, and GPT-2 as NumPy computes it."""
    return one_of(request.param)


@pytest.fixture(params=tiny.ENCODERS)
def encoder(request, loaded) -> models.AttentionModel:
    """Give each encoder in turn."""
    return loaded[request.param]
