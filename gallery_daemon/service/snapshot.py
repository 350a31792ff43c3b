"""How things are with a running daemon, as one JSON object for who asks."""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING

from gallery_daemon import __version__

if TYPE_CHECKING:
    from gallery_daemon.service.watching import Watching
    from gallery_daemon.service.wiring import House

# Enough to see what is the matter; the rest is counted.
_WAITING = 50


def snapshot_of(house: House, watching: Watching, now: float) -> str:
    """ASCII; `now` is monotonic seconds. `retry_in_s` is null for what waits until it changes."""
    retries = house.rooms.retries
    waiting = [
        {
            "photo": candidate.path,
            "reason": each.reason,
            "attempts": each.failures,
            "retry_in_s": None if each.due == math.inf else round(max(0.0, each.due - now), 1),
        }
        for candidate, each in retries.oldest(_WAITING)
        if os.path.lexists(candidate.path)
    ]
    return json.dumps(
        {
            "pid": os.getpid(),
            "version": __version__,
            "config": house.config.file,
            "library": house.config.library,
            "watch": [
                {"source": ground.source, "path": ground.root, "watched": is_up}
                for ground, is_up in watching.folders
            ],
            "on_their_way": house.pipeline.load,
            "since_start": {
                "filed": house.tally.filed,
                "left": house.tally.left,
                "quarantined": house.tally.quarantined,
                "failed": house.tally.failed,
            },
            "classifier_pid": house.host.pid,
            "waiting": waiting,
            "waiting_in_all": len(retries),
            "paused_because": house.rooms.gate.reason,
        }
    )
