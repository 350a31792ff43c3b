"""How good a model is by the figures that it was made for, and what a configuration makes of it.

    python -m tests.benchmarks.targets DATA... [--model BUNDLE] [--config FILE] [--json FILE]
    python -m tests.benchmarks.targets --left-out FILE [--model BUNDLE] [...]

DATA are folders of class folders, of sources that the model has not seen. Their photos are judged
with the facts of the files. FILE are the predictions of a training's folds: each picture was judged
by a network that had seen nothing of its source, and its precision is counted in the other folds.
Of their files nothing is known, so rules are tried on them with EXIF data and without.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gallery_daemon.config.load import load
from gallery_daemon.model.engines.choose import EngineOptions
from gallery_daemon.model.engines.measured import engines_file
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import LookKind
from gallery_daemon.training.coverage import AGREEMENT, agreement_of
from gallery_daemon.training.display import Silent
from gallery_daemon.training.evaluate import evaluate
from gallery_daemon.training.measures import measure
from gallery_daemon.training.predictions import load_predictions
from tests.benchmarks.filed import (
    Fate,
    Filed,
    as_told,
    filed,
    imagined_photos,
    left_out_as_told,
    photos_of,
)
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.photo import Facts, Photo, Prediction
    from gallery_daemon.rules.decide import RuleSet
    from gallery_daemon.training.predictions import Predictions

_AIM_FILED, _AIM_ELSEWHERE = "70%", "3% at most"


@dataclass(frozen=True)
class Material:
    """Labelled photos and what a model says of them by each look; `photos` by how they come."""

    looks: Mapping[LookKind, Predictions]
    said: Mapping[LookKind, Sequence[Prediction]]
    photos: Mapping[str, Sequence[tuple[Photo, Facts]]]

    @property
    def truth(self) -> list[str]:
        """The class of each photo."""
        full = self.looks[LookKind.FULL]
        return [full.classes[label] for label in full.truth.tolist()]


def main() -> None:
    """Print the tables."""
    options = _options()
    bundle = find_bundle(options.model)
    manifest = read_manifest(bundle)
    material = (
        _left_out(options.left_out, manifest)
        if options.left_out
        else _folders(options.data, bundle)
    )
    rules = load(str(options.config), lambda _: manifest.classes).rules
    console = Console(width=120)
    found = {how: _filed(material, how, rules) for how in material.photos}
    console.print(f"model {manifest.model_id}, {options.config.name}")
    console.print(targets_table(material, found))
    for how, by_look in found.items():
        console.print(filed_table(by_look[LookKind.FULL], f"{options.config.name}, {how}"))
    if options.json:
        options.json.write_text(json.dumps(_told(manifest, material, found), indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="*", type=Path)
    parser.add_argument("--left-out", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--config", type=Path, default=ROOT / "config.example.yaml")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if bool(options.data) == bool(options.left_out):
        parser.error("give folders or --left-out, and not both")
    return options


def _folders(data: Sequence[Path], bundle: Path) -> Material:
    found = evaluate(data, EngineOptions(bundle, engines_file()), Silent())
    said = {
        look: as_told(each.predictions, each.precisions, each.familiarities)
        for look, each in found.answers.items()
    }
    looks = {look: each.predictions for look, each in found.answers.items()}
    photos = list(photos_of([picture.path for picture in found.pictures]))
    return Material(looks, said, {"as the files are": photos})


def _left_out(path: Path, manifest: Manifest) -> Material:
    saved = load_predictions(path)
    said = {look: left_out_as_told(saved, look, manifest) for look in saved.looks}
    count = len(saved.full.truth)
    photos = {
        "with EXIF data": imagined_photos(count, has_exif=True),
        "without EXIF data": imagined_photos(count, has_exif=False),
    }
    return Material(saved.looks, said, photos)


def _filed(material: Material, how: str, rules: RuleSet) -> dict[LookKind, Filed]:
    return {
        look: filed(material.photos[how], material.truth, said, rules)
        for look, said in material.said.items()
    }


def targets_table(material: Material, found: Mapping[str, Mapping[LookKind, Filed]]) -> Table:
    """Each figure that is aimed at, by each look."""
    full = material.looks[LookKind.FULL]
    sources = len(set(full.sources))
    title = f"{len(full.truth)} pictures of {sources} sources"
    table = Table("", "aim", *(f"{look} look" for look in material.looks), title=title)
    measured = [measure(each) for each in material.looks.values()]
    for what, aim, values in (
        (
            "macro recall of the classes but other",
            "95%",
            [m.macro_recall_without_other for m in measured],
        ),
        ("accuracy", "", [m.accuracy for m in measured]),
        ("photos that reach 0.80", "80%", [m.at_usual.share for m in measured]),
        ("of those, right", "97%", [m.at_usual.accuracy for m in measured]),
        ("other filed into a class at 0.80", "3% at most", [m.other_filed for m in measured]),
    ):
        table.add_row(what, aim, *map(_share, values))
    table.add_row("expected calibration error", "0.04", *(f"{each.ece:.3f}" for each in measured))
    quick = material.looks.get(LookKind.QUICK)
    if quick:
        agreement = agreement_of(quick, full).at_threshold
        table.add_row(
            "quick look: reach the confidence of its class", "", "", _share(agreement.share)
        )
        same = "of those, the same class as the full look"
        table.add_row(same, _share(AGREEMENT), "", _share(agreement.accuracy))
    for how, by_look in found.items():
        for fate, aim in ((Fate.OWN, _AIM_FILED), (Fate.ANOTHER, _AIM_ELSEWHERE)):
            shares = (_share(each.share(fate)) for each in by_look.values())
            table.add_row(f"{fate}, {how}", aim, *shares)
    return table


def filed_table(found: Filed, title: str) -> Table:
    """What became of the photos of each class."""
    table = Table("class", "photos", *Fate, title=title)
    for name, counts in found.by_class.items():
        shares = (_share(found.share(fate, name)) for fate in Fate)
        table.add_row(name, str(counts.total()), *shares)
    total = sum(counts.total() for counts in found.by_class.values())
    table.add_row("all", str(total), *(_share(found.share(fate)) for fate in Fate))
    return table


def _told(
    manifest: Manifest, material: Material, found: Mapping[str, Mapping[LookKind, Filed]]
) -> dict[str, object]:
    looks = material.looks
    quick = looks.get(LookKind.QUICK)
    return {
        "model": manifest.model_id,
        "looks": {look: measure(each).to_json() for look, each in looks.items()},
        "quick_against_full": quick and agreement_of(quick, looks[LookKind.FULL]).to_json(),
        "rules": {
            how: {look: each.to_json() for look, each in by_look.items()}
            for how, by_look in found.items()
        },
    }


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


if __name__ == "__main__":
    main()
