"""The cache of inferences: what the classifier process said of a file, in the journal as text.

An inference is used again only where a new one would be the same: the same bytes (by the file's
identity), the same model, the same limits, the content's hash and the picture's bits if the rules
ask for them, a full look where a quick one is not enough, and, where the file was renamed, nothing
that was read from its name. A text that an older program wrote with other facts, such as a date
that it took for whole, does not count; one without bits, precision or familiarity is read as such,
and its look was a full one.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.codec import CodecError, object_of, to_text, value_of
from gallery_daemon.config.settings import Limits  # noqa: TC001 - the codec reads annotations
from gallery_daemon.errors import BundleError, JournalError
from gallery_daemon.journal.record import CacheEntry
from gallery_daemon.journal.seen import is_gone
from gallery_daemon.journey.quick_looks import is_enough_for
from gallery_daemon.journey.similar_photos import fingerprint_of
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import Facts, LookKind, Prediction, TakenFrom
from gallery_daemon.rules.condition import Need

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gallery_daemon.classifier.host import IsEnough
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journey.examined import Examined
    from gallery_daemon.photo import Photo

# The other refusals may pass, so they are no property of a file's bytes.
_LASTING = frozenset({RefusalKind.UNREADABLE, RefusalKind.NOT_A_PHOTO})
# Dates that are in the file itself, whatever it is called. GPS is asked only after the name.
_IN_THE_FILE = frozenset({TakenFrom.EXIF, TakenFrom.XMP, TakenFrom.IPTC})


@dataclass(frozen=True, slots=True)
class Inference:
    """What came of examining a file: facts and a prediction, or why it was refused.

    `kind` and `reason` are a refusal's, or `reason` is the remark on a file that could be read;
    `limits` are those that it was examined within.
    """

    facts: Facts | None
    prediction: Prediction | None
    kind: RefusalKind | None
    reason: str | None
    limits: Limits


class InferenceCache:
    """The inferences of one model, within the limits of one configuration."""

    def __init__(
        self,
        journal: Journal,
        model: Path,
        limits: Limits,
        *,
        needs_hash: bool,
        needs_bits: bool = False,
        is_enough: IsEnough | None = None,
        again: bool = False,
    ) -> None:
        """`model` is the folder of its manifest, `is_enough` as of `ClassifierHost`.

        `again`: what was refused is examined anew.
        """
        self._journal, self._folder, self._limits = journal, model, limits
        self._needs_hash, self._needs_bits, self._again = needs_hash, needs_bits, again
        self._is_enough = is_enough

    @classmethod
    def of(cls, config: Config, journal: Journal, *, again: bool = False) -> InferenceCache:
        """The cache for a configuration's model, limits and rules."""
        return cls(
            journal,
            config.model.folder,
            config.limits,
            needs_hash=config.rules.needs_hash,
            needs_bits=Need.SIMILAR in config.rules.needs,
            is_enough=is_enough_for(config),
            again=again,
        )

    def get(self, photo: Photo) -> Inference | None:
        """What came of examining this very file before, if the same would come of it now.

        Raises:
            JournalError: the journal cannot be read now.
        """
        found = None if self._model is None else self._journal.inferences.recall(photo, self._model)
        if found is None:
            return None
        path, text = found
        cached = _read(text)
        is_usable = cached is not None and self._is_valid(cached, photo, path.rpartition("/")[2])
        return cached if is_usable else None

    def by_any_model(self, photo: Photo) -> Classified | None:
        """What any model said of this very file, for whoever does not decide by that.

        Its facts are all that the rules of today ask for.

        Raises:
            JournalError: the journal cannot be read now.
        """
        for path, text in self._journal.inferences.of_any_model(photo):
            cached = _read(text)
            if cached is None or cached.facts is None or cached.prediction is None:
                continue
            if self._has_facts(cached, cached.facts, photo, path.rpartition("/")[2]):
                facts, remark = cached.facts, cached.reason
                return Classified(photo, facts, cached.prediction, None, None, remark)
        return None

    def answer(self, photo: Photo) -> Classified | Refused | None:
        """What the classifier process would say of the photo, if that is in the cache."""
        try:
            cached = self.get(photo)
        except JournalError:
            return None
        if cached is None:
            return None
        if cached.facts is not None and cached.prediction is not None:
            return Classified(photo, cached.facts, cached.prediction, None, None, cached.reason)
        assert cached.kind is not None
        return Refused(photo, cached.kind, cached.reason or "", cached.facts)

    def entry_for(self, answer: Classified | Refused) -> CacheEntry | None:
        """The answer as the journal keeps it; None if it may be another one next time."""
        inference = self._inference(answer)
        model = inference.prediction.model if inference.prediction else self._model
        if model is None or (inference.kind is not None and inference.kind not in _LASTING):
            return None
        fingerprint = None
        if inference.facts is not None and inference.facts.dhash is not None:
            fingerprint = fingerprint_of(answer.photo.name, inference.facts)
        return CacheEntry(model, to_text(inference), fingerprint)

    def keep(self, examined: Examined) -> None:
        """What the model saw is remembered of a photo that gets no decision of its own."""
        if examined.cache_entry is None:
            return
        photo = examined.photo
        with contextlib.suppress(JournalError):
            self._journal.inferences.remember([(photo.path, photo.identity, examined.cache_entry)])

    def _inference(self, answer: Classified | Refused) -> Inference:
        if isinstance(answer, Refused):
            return Inference(answer.facts, None, answer.kind, answer.reason, self._limits)
        return Inference(answer.facts, answer.prediction, None, answer.remark, self._limits)

    @cached_property
    def _model(self) -> str | None:
        """`name@hash8`; None where there is no model to ask."""
        try:
            return read_manifest(self._folder).model_id
        except BundleError:
            return None

    def _is_valid(self, cached: Inference, photo: Photo, name: str) -> bool:
        """Whether the same would come of a file that was called `name` then."""
        if cached.limits != self._limits:
            return False
        if cached.facts is None or cached.prediction is None:
            return not self._again and cached.kind in _LASTING and name == photo.name
        is_enough = self._may_stand(photo, cached.facts, cached.prediction)
        return is_enough and self._has_facts(cached, cached.facts, photo, name)

    def _has_facts(self, cached: Inference, facts: Facts, photo: Photo, name: str) -> bool:
        """Whether the same facts would come of a file that was called `name` then."""
        if cached.limits != self._limits:
            return False
        if self._needs_hash and facts.content_hash is None:
            return False
        if self._needs_bits and facts.dhash is None:
            return False
        taken = facts.taken
        is_whole = taken.granularity is Granularity.SECOND  # else a name may say more
        return name == photo.name or (taken.origin in _IN_THE_FILE and is_whole)

    def _may_stand(self, photo: Photo, facts: Facts, prediction: Prediction) -> bool:
        """Whether a full look would change nothing, by the rules of today."""
        if prediction.look is LookKind.FULL:
            return True
        return self._is_enough is not None and self._is_enough(photo, facts, prediction)


def _read(text: str) -> Inference | None:
    """The inference that was written as that text; None: with other facts."""
    try:
        found: Inference = value_of(Inference, _completed(object_of(text)), "inference")
    except CodecError:
        return None
    return found


_ADDED: Mapping[str, dict[str, object]] = {
    "facts": {"dhash": None},
    "prediction": {"precision": None, "familiarity": None, "look": LookKind.FULL},
}
"""What an older program did not write."""


def _completed(raw: dict[str, object]) -> dict[str, object]:
    """The object with what an older program did not write of its facts and its prediction."""
    written = ((key, raw.get(key)) for key in _ADDED)
    return raw | {key: _ADDED[key] | each for key, each in written if isinstance(each, dict)}


def forget_gone(journal: Journal) -> None:
    """Entries of files that are nowhere any more are gone; for the end of a pass."""
    gone = [path for path in journal.inferences.unfiled() if is_gone(path)]
    with contextlib.suppress(JournalError):
        journal.inferences.forget(gone)
