"""The figures of each source, and which of hundreds of them a person is shown.

A source is a camera, an album, a data set: the part of a picture's name before `__`. Its pictures
look alike, so a model that is good on the average may fail a whole source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gallery_daemon.training.coverage import USUAL, Coverage, at_usual, coverages, coverages_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gallery_daemon.training.predictions import Flags, Predictions

# With one source there is nothing to compare.
_FEWEST_SOURCES = 2
# A table of so many rows is read; of more, the worst.
_READABLE, _WORST = 30, 20
# Of fewer pictures a recall says little.
_FEWEST_PICTURES = 10


@dataclass(frozen=True, slots=True)
class SourceScore:
    """The pictures that one source has of one class; shares are 0..1.

    `filed_wrongly` is the share that a rule with the usual confidence of 0.80 would file as another
    class; `at_confidence` counts those that reach each of `CONFIDENCES`.
    """

    source: str
    name: str
    support: int
    recall: float
    filed_wrongly: float
    at_confidence: tuple[Coverage, ...]

    @property
    def at_usual(self) -> Coverage:
        """How many of its pictures reach 0.80, and how many of those are right."""
        return at_usual(self.at_confidence)

    def to_json(self) -> dict[str, object]:
        """The score under the names that `evaluate --json` prints."""
        return {
            "source": self.source,
            "class": self.name,
            "pictures": self.support,
            "recall": round(self.recall, 4),
            "filed_wrongly": round(self.filed_wrongly, 4),
            "at_confidence": coverages_json(self.at_confidence),
        }


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Several sources as one row: `sources` of them; `lowest` and `highest` are their recalls."""

    sources: int
    support: int
    recall: float
    lowest: float
    highest: float
    filed_wrongly: float


@dataclass(frozen=True, slots=True)
class ReadableSources:
    """The sources with the lowest recall, the worst first, and the others in groups.

    `better` are those with enough pictures to say something, `small` the rest; None: there are
    none.
    """

    worst: tuple[SourceScore, ...]
    better: SourceGroup | None
    small: SourceGroup | None


def source_scores(predictions: Predictions) -> tuple[SourceScore, ...]:
    """Each source of each class, by class and then by name; none where all are of one source."""
    if len(set(predictions.sources)) < _FEWEST_SOURCES:
        return ()
    return tuple(_scores(predictions))


def score_of(said: Mapping[str, Any]) -> SourceScore:
    """The score that `to_json` told, to four digits; one of version 0.1 says no coverages."""
    coverages_of = said.get("at_confidence", {}).items()
    return SourceScore(
        said["source"],
        said["class"],
        said["pictures"],
        said["recall"],
        said["filed_wrongly"],
        tuple(
            Coverage(
                float(confidence),
                said["pictures"],
                each["pictures"],
                round((each["right"] or 0) * each["pictures"]),
            )
            for confidence, each in coverages_of
        ),
    )


def readable(scores: Sequence[SourceScore]) -> ReadableSources:
    """What of the scores a person can read: all where they are few, else the worst."""
    ranked = sorted(scores, key=lambda each: (each.recall, -each.support, each.source, each.name))
    if len(ranked) <= _READABLE:
        return ReadableSources(tuple(ranked), None, None)
    large = [each for each in ranked if each.support >= _FEWEST_PICTURES] or ranked
    small = [each for each in ranked if each not in large]
    return ReadableSources(tuple(large[:_WORST]), _group(large[_WORST:]), _group(small))


def _scores(predictions: Predictions) -> Iterator[SourceScore]:
    right, bins = predictions.is_right(), predictions.hundredths()
    is_filed_wrongly: Flags = ~right & (bins >= USUAL)
    sources = np.array(predictions.sources)
    for label, name in enumerate(predictions.classes):
        places = np.flatnonzero(predictions.truth == label)
        for source in sorted(set(sources[places].tolist())):
            own = places[sources[places] == source]
            yield SourceScore(
                source,
                name,
                support=len(own),
                recall=float(right[own].mean()),
                filed_wrongly=float(is_filed_wrongly[own].mean()),
                at_confidence=coverages(bins[own], right[own]),
            )


def _group(scores: Sequence[SourceScore]) -> SourceGroup | None:
    if not scores:
        return None
    recalls = [each.recall for each in scores]
    support = sum(each.support for each in scores)
    return SourceGroup(
        len({each.source for each in scores}),
        support,
        sum(each.recall * each.support for each in scores) / support,
        min(recalls),
        max(recalls),
        sum(each.filed_wrongly * each.support for each in scores) / support,
    )
