"""What the classifier process is told, from the configuration and the machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.classifier.messages import Setup
from gallery_daemon.model.engines.measured import engines_file
from gallery_daemon.model.manifest import find_bundle

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Batch, Limits, ModelChoice


def setup_of(model: ModelChoice, batch: Batch, limits: Limits) -> Setup:
    """The first message to the classifier process."""
    return Setup(
        bundle=os.fspath(find_bundle(model.bundle).resolve()),
        engine=model.engine,
        device=model.device,
        memory=os.fspath(engines_file()),
        batch_size=batch.size,
        batch_wait_s=batch.wait_s,
        max_bytes=limits.photo_bytes,
        max_pixels=limits.photo_pixels,
        # One decoder for each core we may use: Pillow lets go of the interpreter while it decodes.
        reading_threads=len(os.sched_getaffinity(0)),
    )
