"""`gallery-daemon` for a week in fast motion: all is as always, but for how long it waits.

A drag is believed, and a quiet time taken for one, after seconds and not after a minute. `WORKER`
in the environment is a module to take in the classifier process's place, as `week_worker`; `WHOLE`
so many photos of a class's folder are a mass move.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import partial
from unittest.mock import patch

from gallery_daemon.classifier import answers
from gallery_daemon.classifier.host import ClassifierHost
from gallery_daemon.cli.main import main
from gallery_daemon.daemon import (
    idle_learning,
    learner_process,
    library_watch,
    version_watch,
    wiring,
)
from gallery_daemon.learning import corrections, whereabouts

STILL_S, QUIET_S, LOOK_EVERY_S = 2.0, 6.0, 0.5
"""`AT_ONCE_S` is as `STILL_S` here: in the time that a drag needs to be believed, one ends."""
_FILING_S = 0.5


def run() -> None:
    """The command line, with what takes its time replaced."""
    with ExitStack() as changes:
        for module in (corrections, library_watch, whereabouts):
            changes.enter_context(patch.object(module, "STILL_S", STILL_S))
        changes.enter_context(patch.object(corrections, "AT_ONCE_S", STILL_S))
        whole = int(os.environ.get("WHOLE", corrections.WHOLE_FOLDER))
        changes.enter_context(patch.object(corrections, "WHOLE_FOLDER", whole))
        changes.enter_context(patch.object(whereabouts, "_FILING_S", _FILING_S))
        for each in (library_watch, version_watch, idle_learning):
            changes.enter_context(patch.object(each, "next_beat", lambda now: now + LOOK_EVERY_S))
        changes.enter_context(patch.object(idle_learning, "_QUIET_S", QUIET_S))
        changes.enter_context(patch.object(learner_process, "_NICENESS", 0))
        words = (sys.executable, "-m", "tests.faults.week_daemon")
        changes.enter_context(patch.object(learner_process, "LEARNER", words))
        if worker := os.environ.get("WORKER"):
            stand_in = partial(ClassifierHost, command=(sys.executable, "-m", worker))
            for place in (wiring, answers):
                changes.enter_context(patch.object(place, "ClassifierHost", stand_in))
        main()


if __name__ == "__main__":
    run()
