"""Looks that are remembered: what the classifier process saw in a file, in the journal as text.

A look is used again only where looking anew would give the same: the same bytes (by the file's
identity), the same model, the same limits, the content's hash and the picture's bits if the rules
ask for them, and, where the file was renamed, nothing that was read from its name. A text of an
older program whose facts were others is no look, but for the bits, which it did not have.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gallery_daemon.classifier.host import Classified, Refused
from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.codec import CodecError, object_of, to_text, value_of
from gallery_daemon.config.settings import Limits  # noqa: TC001 - the wire reads annotations
from gallery_daemon.errors import BundleError, JournalError
from gallery_daemon.journal.record import CacheEntry
from gallery_daemon.journey.similar_photos import sign_of
from gallery_daemon.model.manifest import find_bundle, read_manifest
from gallery_daemon.photo import Facts, Prediction, TakenFrom
from gallery_daemon.rules.condition import Need

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.photo import Photo

# What a file is refused for that may pass, is no property of its bytes.
LASTING = frozenset({RefusalKind.UNREADABLE, RefusalKind.NOT_A_PHOTO})
# Dates that stand in the file itself, whatever it is called.
_IN_THE_FILE = frozenset({TakenFrom.EXIF, TakenFrom.XMP})


@dataclass(frozen=True, slots=True)
class Inference:
    """What came of looking at a file: facts and a prediction, or why it was refused.

    `kind` and `reason` are a refusal's; `limits` are those that it was looked at within.
    """

    facts: Facts | None
    prediction: Prediction | None
    kind: RefusalKind | None
    reason: str | None
    limits: Limits


class InferenceCache:
    """The looks of one model, within the limits of one configuration."""

    def __init__(
        self,
        journal: Journal,
        bundle: Path,
        limits: Limits,
        *,
        needs_hash: bool,
        needs_bits: bool = False,
        again: bool = False,
    ) -> None:
        """`again`: what was refused is looked at anew."""
        self._journal, self._bundle, self._limits = journal, bundle, limits
        self._needs_hash, self._needs_bits, self._again = needs_hash, needs_bits, again

    @classmethod
    def of(cls, config: Config, journal: Journal, *, again: bool = False) -> InferenceCache:
        """Those that the configuration's rules can be tried on."""
        return cls(
            journal,
            find_bundle(config.model.bundle),
            config.limits,
            needs_hash=config.rules.needs_hash,
            needs_bits=Need.SIMILAR in config.rules.needs,
            again=again,
        )

    def recall(self, photo: Photo) -> Inference | None:
        """What was seen in this very file before, if it would be seen again.

        Raises:
            JournalError: the journal cannot be read now.
        """
        found = self._model and self._journal.inferences.recall(photo, self._model)
        if not found:
            return None
        path, text = found
        try:
            look: Inference = value_of(Inference, _of_today(object_of(text)), "look")
        except CodecError:
            return None
        return look if self._holds(look, photo, path.rpartition("/")[2]) else None

    def report(self, photo: Photo) -> Classified | Refused | None:
        """What the classifier process would say of the photo, if that is remembered."""
        try:
            look = self.recall(photo)
        except JournalError:
            return None
        if look is None:
            return None
        if look.facts is not None and look.prediction is not None:
            return Classified(photo, look.facts, look.prediction, None, None)
        assert look.kind is not None
        return Refused(photo, look.kind, look.reason or "", look.facts)

    def look(self, report: Classified | Refused) -> Inference:
        """What the report says was seen."""
        if isinstance(report, Refused):
            return Inference(report.facts, None, report.kind, report.reason, self._limits)
        return Inference(report.facts, report.prediction, None, None, self._limits)

    def note(self, report: Classified | Refused) -> CacheEntry | None:
        """The report as the journal remembers it; None for what may be otherwise next time."""
        look = self.look(report)
        model = look.prediction.model if look.prediction else self._model
        if model is None or (look.kind is not None and look.kind not in LASTING):
            return None
        sign = None
        if look.facts is not None and look.facts.dhash is not None:
            sign = sign_of(report.photo.name, look.facts)
        return CacheEntry(model, to_text(look), sign)

    @cached_property
    def _model(self) -> str | None:
        """`name@hash8`; None where there is no model to ask."""
        try:
            return read_manifest(self._bundle).model_id
        except BundleError:
            return None

    def _holds(self, look: Inference, photo: Photo, name: str) -> bool:
        """Whether the look, at a file called `name`, is what a new one would be."""
        if look.limits != self._limits:
            return False
        if look.facts is None or look.prediction is None:
            return not self._again and look.kind in LASTING and name == photo.name
        if self._needs_hash and look.facts.content_hash is None:
            return False
        if self._needs_bits and look.facts.dhash is None:
            return False
        return name == photo.name or look.facts.taken.origin in _IN_THE_FILE


def _of_today(raw: dict[str, object]) -> dict[str, object]:
    """The object with what facts of former times do not say."""
    facts = raw.get("facts")
    return raw | {"facts": {"dhash": None} | facts} if isinstance(facts, dict) else raw


def forget_gone(journal: Journal) -> None:
    """Looks at files that are nowhere any more are forgotten; for the end of a pass.

    Where the folder is gone as well, its disk may not be mounted.
    """
    gone = [
        path
        for path in journal.inferences.unfiled()
        if not os.path.lexists(path) and os.path.lexists(path.rpartition("/")[0])
    ]
    with contextlib.suppress(JournalError):
        journal.inferences.forget(gone)
