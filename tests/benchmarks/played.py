"""A person played: a stream of photos of some sources, filed by rules, corrected by hand.

What a rule with `min_confidence: 0.80` is sure of is filed, `other` too, as in
`config.example.yaml`; all else lies in `Review/`. The person drags every photo that was filed
wrongly to its class's place, and a third of those in `Review/`. If the stream ends before there are
as many lessons as are asked for, the person goes through `Review/` again: such streams are counted.

The last third of the stream is never learned from. On it, what is filed wrongly and what lies in
`Review/` is counted: by the base, and by the model that the lessons made of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.learning.candidate_model import ServingModel, make_candidate
from gallery_daemon.learning.fit import Taught
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.fit_head import fit_head
from gallery_daemon.photo import LookKind
from gallery_daemon.training.learned import bank_rows
from gallery_daemon.training.phase import draw_weights
from gallery_daemon.training.recipe import FAST

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from gallery_daemon.model.head import Head
    from gallery_daemon.model.manifest import Manifest
    from tests.benchmarks.body_features import BodyFeatures

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]

SURE = 0.80
_LATER, _DRAGGED = 0.35, 1 / 3


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A model that has seen nothing of some sources, nor of a class that is left out."""

    manifest: Manifest
    head: Head
    bank: FeatureBank


def base_without(
    features: BodyFeatures,
    manifest: Manifest,
    sources: Collection[str],
    left_out: str | None = None,
) -> Base:
    """The bundle's head and bank, fitted anew without those sources and that class.

    Temperatures and tallies are the bundle's.
    """
    gallery = features.gallery
    label = gallery.classes.index(left_out) if left_out else -1
    is_kept = ~np.isin(features.sources, list(sources)) & (features.labels != label)
    kept = np.flatnonzero(is_kept)
    classes = tuple(name for name in gallery.classes if name != left_out)
    old = features.labels[kept]
    labels = old - (old > label) if left_out else old
    numbers = torch.tensor(gallery.numbered_sources)[kept.tolist()]
    shares = draw_weights(torch.from_numpy(labels), numbers, FAST).numpy()
    full = features.looks[LookKind.FULL]
    head = fit_head(
        full[kept].astype(np.float32),
        labels,
        shares,
        len(classes),
        smoothing=FAST.label_smoothing,
    )
    rows = kept[bank_rows(gallery, kept.tolist(), 1)]
    places = np.searchsorted(kept, rows)
    bank = FeatureBank(full[rows], full[rows], labels[places])
    return Base(full_look_only(manifest, classes), head, bank)


def full_look_only(manifest: Manifest, classes: tuple[str, ...]) -> Manifest:
    """The manifest without its quick look, of these classes."""
    tallies = {name: each for name, each in manifest.full.tallies.items() if name in classes}
    looks = {LookKind.FULL: replace(manifest.full, tallies=tallies)}
    return replace(manifest, classes=classes, looks=looks)


@dataclass(frozen=True, slots=True)
class Counted:
    """Of the later photos the shares, 0..1, filed wrongly, in `Review/`, and called wrongly."""

    filed_wrongly: float
    review: float
    called_wrongly: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """After so many `lessons`: the later `photos` by the base and by the model that serves.

    `passed`: the gate let the candidate pass. `again`: the person went through `Review/` again.
    """

    lessons: int
    before: Counted
    after: Counted
    passed: bool
    again: bool
    photos: int

    @property
    def worse_by(self) -> float:
        """How much larger a share of the later photos is filed wrongly than by the base, -1..1."""
        return self.after.filed_wrongly - self.before.filed_wrongly


@dataclass(slots=True)
class Player:
    """One stream in progress."""

    base: Base
    shown: Floats
    labels: Integers
    random: np.random.Generator
    lessons: list[int] = field(default_factory=list)
    review: list[int] = field(default_factory=list)
    place: int = 0

    def until(self, wanted: int, probabilities: Floats) -> bool:
        """Go on until there are `wanted` lessons; whether the person went through Review again."""
        while len(self.lessons) < wanted and self.place < len(self.labels):
            row = self.place
            self.place += 1
            is_sure = probabilities[row].max() >= SURE
            is_right = probabilities[row].argmax() == self.labels[row]
            if (is_sure and not is_right) or (not is_sure and self.random.random() < _DRAGGED):
                self.lessons.append(row)
            elif not is_sure:
                self.review.append(row)
        missing = wanted - len(self.lessons)
        if missing <= 0:
            return False
        order = self.random.permutation(len(self.review)).tolist()
        chosen = [self.review[each] for each in order[:missing]]
        self.review = [row for row in self.review if row not in chosen]
        self.lessons += chosen
        return True


def play(
    features: BodyFeatures, base: Base, sources: Collection[str], seed: int, counts: Sequence[int]
) -> list[Checkpoint]:
    """The checkpoints of one stream, as far as its photos give so many lessons."""
    random = np.random.default_rng(seed)
    order = random.permutation(np.flatnonzero(np.isin(features.sources, list(sources))))
    cut = int(len(order) * (1 - _LATER))
    rows = features.looks[LookKind.FULL][order].astype(np.float32)
    labels = features.labels[order]
    player = Player(base, rows[:cut], labels[:cut], random)
    later, truth = rows[cut:], labels[cut:]
    head, temperature = base.head, base.manifest.full.temperature
    before = _counted(head.logits(later) / np.float32(temperature), truth)
    found: list[Checkpoint] = []
    serving: ServingModel | None = None
    for wanted in counts:
        scale = np.float32(temperature)
        again = player.until(wanted, softmax(head.logits(player.shown) / scale))
        if len(player.lessons) < wanted:
            break
        taught = taught_of(base, player.shown, player.labels, player.lessons)
        candidate = make_candidate(
            base.manifest, base.head, base.bank, taught, serving=serving, sure=SURE
        )
        if candidate.gate.passed:
            head, temperature = candidate.head, candidate.manifest.full.temperature
            serving = ServingModel(taught, temperature)
        after = _counted(head.logits(later) / np.float32(temperature), truth)
        found.append(Checkpoint(wanted, before, after, candidate.gate.passed, again, len(later)))
    return found


def taught_of(base: Base, rows: Floats, labels: Integers, chosen: Sequence[int]) -> Taught:
    """The chosen rows as lessons of the classes that they are labelled."""
    own = rows[list(chosen)]
    names = tuple(base.manifest.classes[label] for label in labels[list(chosen)].tolist())
    return Taught(own, own, names, tuple(chosen), (None,) * len(own))


def _counted(logits: Floats, truth: Integers) -> Counted:
    probabilities = softmax(logits)
    is_sure, is_wrong = probabilities.max(1) >= SURE, probabilities.argmax(1) != truth
    shares = (is_sure & is_wrong, ~is_sure, is_wrong)
    return Counted(*(float(each.mean()) for each in shares))
