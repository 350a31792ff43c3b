"""How things are with a running daemon, as one JSON object for who asks."""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING

from gallery_daemon import __version__
from gallery_daemon.daemon.pace import MINUTES

if TYPE_CHECKING:
    from gallery_daemon.daemon.pace import Pace
    from gallery_daemon.daemon.watching import Watching
    from gallery_daemon.daemon.wiring import House

# Enough to see what is the matter; the rest is counted.
_WAITING = 50


def snapshot_of(house: House, watching: Watching, pace: Pace, now: float) -> str:
    """ASCII; `now` is monotonic seconds. `retry_in_s` is null for what waits until it changes."""
    return json.dumps(
        {
            "pid": os.getpid(),
            "version": __version__,
            "config": house.config.file,
            "digest": house.config.digest,
            "since": house.since.isoformat(timespec="seconds"),
            "library": house.config.library,
            "watch": [
                {"source": ground.source, "path": ground.path, "watched": is_up}
                for ground, is_up in watching.folders
            ],
            "on_their_way": house.pipeline.load,
            "backlog": backlog_of(house),
            "per_minute": {str(each): round(pace.per_minute(each, now), 1) for each in MINUTES},
            "since_start": {
                "filed": house.tally.filed,
                "left": house.tally.left,
                "quarantined": house.tally.quarantined,
                "failed": house.tally.failed,
            },
            "classifier": _classifier(house),
            "waiting": _waiting(house, now),
            "waiting_in_all": len(house.rooms.retries),
            "paused_because": house.rooms.gate.reason,
        }
    )


def backlog_of(house: House) -> dict[str, int]:
    """How many files settle, are settled and wait, or are with the classifier process."""
    settling, classifying = len(house.rooms.arrivals), house.host.outstanding
    waiting = house.pipeline.load - settling - classifying
    return {"settling": settling, "waiting": waiting, "classifying": classifying}


def _classifier(house: House) -> dict[str, object]:
    state = house.teller.classifier
    return {
        "state": state.word(house.host.pid),
        "pid": house.host.pid,
        "model": state.model,
        "engine": state.engine,
        "started": state.started and state.started.isoformat(timespec="seconds"),
        "stopped_because": state.stopped_because,
        "trouble": state.trouble,
    }


def _waiting(house: House, now: float) -> list[dict[str, object]]:
    """The first of those that failed and are still there."""
    return [
        {
            "photo": candidate.path,
            "reason": each.reason,
            "attempts": each.failures,
            "retry_in_s": None if each.due == math.inf else round(max(0.0, each.due - now), 1),
        }
        for candidate, each in house.rooms.retries.oldest(_WAITING)
        if os.path.lexists(candidate.path)
    ]
