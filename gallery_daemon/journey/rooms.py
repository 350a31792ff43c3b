"""The rooms that the pipeline walks photos through; `wiring` constructs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gallery_daemon.classifier.host import ClassifierHost
    from gallery_daemon.filing.execute import Filer
    from gallery_daemon.intake.arrivals import Arrivals
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journey.company import Company
    from gallery_daemon.journey.kinship import Kinship
    from gallery_daemon.journey.looks import Looks
    from gallery_daemon.journey.photolog import Teller
    from gallery_daemon.journey.retry import Gate, Retries
    from gallery_daemon.photo import Photo
    from gallery_daemon.rules.decide import RuleSet


@dataclass(frozen=True, slots=True)
class Rooms:
    """Who does the work, in the order of the journey.

    `unknown` gives those of some files that did not come to an end before.
    """

    arrivals: Arrivals
    unknown: Callable[[Sequence[Photo]], list[Photo]]
    host: ClassifierHost
    rules: RuleSet
    filer: Filer
    journal: Journal
    company: Company
    retries: Retries
    gate: Gate
    looks: Looks
    kinship: Kinship
    tell: Teller
