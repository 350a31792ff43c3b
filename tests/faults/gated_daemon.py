"""`gallery-daemon` with the classifier process of `gated_worker`; the rest is the real program."""

from __future__ import annotations

import sys
from functools import partial
from unittest.mock import patch

from gallery_daemon.classifier.host import ClassifierHost
from gallery_daemon.cli.main import main
from gallery_daemon.daemon import wiring

_WORKER = (sys.executable, "-m", "tests.faults.gated_worker")

if __name__ == "__main__":
    with patch.object(wiring, "ClassifierHost", partial(ClassifierHost, command=_WORKER)):
        main()
