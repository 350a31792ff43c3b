"""`gallery-daemon` with the stand-in for the classifier process, which starts in no time.

Everything else is the real program, but that it looks after its watches and versions more often,
lets photos of `sort` settle sooner, learns in the next quiet moment, and tries again sooner what
failed: first after `RETRY_S` seconds, which the environment may set. `PLANTED` there plants one of
the bugs of `planted`.
"""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from unittest.mock import patch

from gallery_daemon.classifier import answers
from gallery_daemon.classifier.host import ClassifierHost
from gallery_daemon.cli.main import main
from gallery_daemon.config import oneshot
from gallery_daemon.config.settings import WatchFolder
from gallery_daemon.daemon import idle_learning, learner_process, version_watch, watching, wiring
from gallery_daemon.journey.retry import CircuitBreaker, Retries
from tests.classifier.loop import FAKE
from tests.faults.planted import BUGS

RETRY_S = 0.5
SETTLE_S = 0.5
QUICK = (sys.executable, "-m", "tests.faults.quick_daemon")
LOOK_EVERY_S = 0.5


def run() -> None:
    """The command line, with what is to be replaced replaced."""
    bug = os.environ.get("PLANTED")
    quick = partial(ClassifierHost, command=FAKE)
    first_s = float(os.environ.get("RETRY_S", RETRY_S))
    with (
        patch.object(wiring, "ClassifierHost", quick),
        patch.object(oneshot, "WatchFolder", partial(WatchFolder, settle_s=SETTLE_S)),
        patch.object(answers, "ClassifierHost", quick),
        patch.object(wiring, "Retries", partial(Retries, first_s=first_s)),
        patch.object(wiring, "CircuitBreaker", partial(CircuitBreaker, first_s=first_s)),
        patch.object(watching, "next_beat", lambda now: now + LOOK_EVERY_S),
        patch.object(version_watch, "next_beat", lambda now: now + LOOK_EVERY_S),
        patch.object(idle_learning, "next_beat", lambda now: now + LOOK_EVERY_S),
        patch.object(idle_learning, "_QUIET_S", LOOK_EVERY_S),
        # The tests keep the machine busy, and wait for it.
        patch.object(learner_process, "_NICENESS", 0),
        patch.object(learner_process, "LEARNER", QUICK),
        BUGS[bug]() if bug else nullcontext(),
    ):
        main()


if __name__ == "__main__":
    run()
