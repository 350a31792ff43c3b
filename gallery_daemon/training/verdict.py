"""How good the network is on validation pictures, and its like on sources left out in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from gallery_daemon.training.calibrate import fit_temperature
from gallery_daemon.training.judgement import Judgement
from gallery_daemon.training.measure import Measures, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.training.classroom import Answers
    from gallery_daemon.training.dataset import Gallery


@dataclass(frozen=True, slots=True)
class Verdict:
    """`measures` by their key in the manifest; `hardest` is what a person shall look at.

    That is the judgement of the sources left out, where there are some, else of the validation
    pictures; `places` are those of its pictures in the gallery.
    """

    temperature: float
    measures: dict[str, Measures]
    hardest: Judgement
    places: tuple[int, ...]


def judge(gallery: Gallery, seen: Answers, unseen: Sequence[Answers]) -> Verdict:
    """Calibrated on sources that no network has seen, where there are answers of some.

    The person's next photos are like them, and not like the pictures that were learned from.
    """
    asked = unseen or [seen]
    places = tuple(place for answers in asked for place in answers.places)
    logits = torch.cat([answers.logits for answers in asked])
    temperature = fit_temperature(logits, _truth(gallery, places))
    hardest = _judgement(gallery, places, logits, temperature)
    measures = {"validation": measure(_judgement(gallery, seen.places, seen.logits, temperature))}
    if unseen:
        measures["left_out_sources"] = measure(hardest)
    return Verdict(temperature, measures, hardest, places)


def _truth(gallery: Gallery, places: Sequence[int]) -> torch.Tensor:
    return torch.tensor([gallery.pictures[place].label for place in places])


def _judgement(
    gallery: Gallery, places: Sequence[int], logits: torch.Tensor, temperature: float
) -> Judgement:
    return Judgement(
        torch.softmax(logits / temperature, dim=1).numpy(),
        _truth(gallery, places).numpy(),
        gallery.classes,
        tuple(gallery.pictures[place].source for place in places),
        temperature,
    )
