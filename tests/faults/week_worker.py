"""A classifier process that goes by the photos' names, as `fake_worker`, and is as often unsure.

The base's head is asked, too, so that photos come to several classes, and some to `Review/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.classifier import fake_worker

if TYPE_CHECKING:
    from gallery_daemon.classifier.messages import Setup
    from tests.classifier.fake_worker import _Network

_of_fake = fake_worker._Network.__init__


def _asking_always(network: _Network, setup: Setup) -> None:
    _of_fake(network, setup)
    network._version = Path(setup.version or setup.bundle)


if __name__ == "__main__":
    with patch.object(fake_worker._Network, "__init__", _asking_always):
        fake_worker.main()
