"""The table of contents: one photo's journey, one short method for each step.

    arrive -> classify -> decide -> file -> tell

Everything here happens in the main thread, and every file that settles comes to exactly one end:
filed, left, quarantined, failed, or back to settling because it changed. The rooms do the work and
return values; this file says who is called when, and has the one line written.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.reports import (
    Classified,
    ClassifierFailed,
    ClassifierStarted,
    ClassifierStopped,
    Refused,
    Report,
)
from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.imaging.formats import Support, claims_to_be_a_photo
from gallery_daemon.photo import Decision, Facts, Outcome, Photo, Prediction
from gallery_daemon.rules.decide import decide

if TYPE_CHECKING:
    from gallery_daemon.intake.arrivals import Arrival
