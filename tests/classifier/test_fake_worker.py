"""The fake process keeps the contract of the real one, so tests that use it tell the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.classifier.contract import HostContract
from tests.classifier.loop import Loop, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    """A host with the fake process."""
    with running(batch_size=4) as loop:
        yield loop


class TestFakeWorker(HostContract):
    """All of the contract, and nothing more."""
