"""A small bundle, made in the test: real weights of random numbers; and a choice of engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from gallery_daemon.model.bundle import save_bundle
from gallery_daemon.model.engines.choose import EngineOptions
from gallery_daemon.model.manifest import Manifest, find_bundle
from gallery_daemon.model.network import new_network

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = ("cars", "memes", "trees")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of three classes."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("bundles") / "small"
    save_bundle(folder, new_network(len(CLASSES)), Manifest("small", CLASSES, ""), {})
    return folder


@pytest.fixture
def wanted(tmp_path: Path) -> EngineOptions:
    """The shipped bundle, whatever runs it best, and nothing remembered."""
    return EngineOptions(find_bundle("default"), tmp_path / "cache" / "engines.json")
