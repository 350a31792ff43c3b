"""The model card: every bundle says what it is and how good it is."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from gallery_daemon.model.manifest import INPUT_SIZE, LookSettings, Manifest
from gallery_daemon.photo import LookKind
from gallery_daemon.training.card import command, model_card, notes_of
from gallery_daemon.training.coverage import agreement_of
from gallery_daemon.training.measures import measure
from gallery_daemon.training.predictions import Predictions

CLASSES = ("cars", "other")
SIZES = {"model.safetensors": 42_000_000, "head.safetensors": 15_000, "report.html": 9_000_000}


def _predictions(sources: int = 3) -> Predictions:
    """Sixty pictures of each class, five of each called the other; `sources` take turns."""
    cars, other = [0.9, 0.1], [0.15, 0.85]
    rows = [*[cars] * 55, *[other] * 60, *[cars] * 5]
    names = tuple(f"source {number % sources}" for number in range(120))
    truth = np.array([0] * 60 + [1] * 60)
    return Predictions(np.array(rows, dtype=np.float32), truth, CLASSES, names, 1.2)


PROVENANCE = {
    "finished": True,
    "data": ["one", "two"],
    "recipe": {
        "name": "default",
        "phases": [
            {
                "name": "all layers",
                "first_trained": "conv1",
                "learning_rate": 0.0005,
                "epochs": 4,
                "sizes": [112, 224],
                "augmented": True,
                "thumbnails": 0.3,
            }
        ],
        "balance": 0.5,
        "label_smoothing": 0.1,
        "cosine": True,
        "average": 0.998,
    },
    "weights": "base.safetensors",
    "seed": 1,
    "split_by_source": False,
    "validation": None,
    "validation_share": 0.2,
    "folds": 3,
    "leave_source_out": [["a"], ["b"], ["c"]],
    "pictures": {"cars": 600, "other": 900},
    "sources": {"cars": {"a": 500, "": 100}, "other": {"b": 300, "c": 400, "d": 150, "e": 50}},
    "skipped": 7,
    "batch_size": 32,
    "device": "cpu",
    "precision": "bfloat16",
    "versions": {"gallery-daemon": "0.2.0"},
}


def _manifest(some: Predictions) -> Manifest:
    figures = measure(some).to_json()
    settings = LookSettings(INPUT_SIZE, 1.2, some.tallies())
    metrics = {
        "validation": figures,
        "validation_quick": figures,
        "left_out_sources": figures,
        "left_out_sources_quick": figures,
        "quick_against_full": agreement_of(some, some).to_json(),
    }
    return Manifest(
        "family",
        CLASSES,
        "ab" * 32,
        looks={LookKind.FULL: settings, LookKind.QUICK: replace(settings, size=128)},
        provenance=PROVENANCE,
        metrics=json.loads(json.dumps(metrics)),
    )


def test_it_says_what_goes_in_and_out_and_how_large_it_is() -> None:
    """Weights alone count: a report is no part of the model."""
    card = " ".join(model_card(_manifest(_predictions()), SIZES).split())

    assert "# Model card: family" in card
    assert "224 x 224 pixels (full look, temperature 1.20) or 128 x 128 pixels (quick" in card
    assert "calibrated probabilities of cars, other." in card
    assert "42.0 MB, half precision" in card


def test_the_command_is_the_one_that_was_typed() -> None:
    """Folders by their names; what is as usual is left out."""
    assert (
        "gallery-daemon train one two --out family --weights base.safetensors --seed 1 --folds 3"
        == command(PROVENANCE, "family")
    )
    other = PROVENANCE | {
        "folds": 0, "split_by_source": True, "validation_share": 0.1, "recipe": {"name": "fast"}
    }  # fmt: skip
    assert (
        "gallery-daemon train one two --out x --fast --weights base.safetensors --seed 1 "
        "--split-by-source --val-share 0.1 --leave-source-out a --leave-source-out b "
        "--leave-source-out c" == command(other, "x")
    )


def test_every_table_has_the_figures_of_the_manifest() -> None:
    """Data, aims, coverage, classes, sources and thresholds, for both looks."""
    card = model_card(_manifest(_predictions()), SIZES)

    for row in (
        "| cars | 600 | 2 | a 500, unnamed 100 |",
        "| other | 900 | 4 | c 400, b 300, d 150 |",
        "| macro recall of the classes but `other` | 95% | 91.7% | 91.7% |",
        "| photos that reach 0.80 | 80% | 100.0% | 100.0% |",
        "| of those, right | 97% | 91.7% | 91.7% |",
        "| `other` filed into a class at 0.80 | 3% at most | 8.3% | 8.3% |",
        "| same class as the full look, where the quick look is sure enough | 99% |  | 100.0% |",
        "| 0.90 | 0.0% |  | 0.0% |  |",
        "| cars | 60 | 91.7% | 91.7% | 100.0% | 91.7% | 8.3% |",
        "| source 0 | cars | 20 | 95.0% | 100.0% | 95.0% | 5.0% |",
        "| cars | 0.00 (100%; 81.9 to 96.4%) | not reached | not reached | not reached |",
    ):
        assert row in card
    for heading in ("Recipe", "Data", "Sources left out in turn", "Validation", "Known failures"):
        assert f"\n## {heading}\n" in card
    text = " ".join(card.split())
    assert "on varied pictures of 112 to 224 pixels, 30% of them made small" in text
    assert card.count("What is aimed at") == 1


def test_many_sources_are_folded() -> None:
    """The worst twenty, and the range of the others."""
    card = model_card(_manifest(_predictions(sources=60)), SIZES)

    assert 2 * 20 == len(re.findall(r"^\| source \d+ \|", card, re.MULTILINE))
    assert "more |  | 100 | 100.0% (100% to 100%) |" in card


def test_what_a_person_writes_stands_at_the_end() -> None:
    """In place of the sentence that asks for it."""
    card = model_card(_manifest(_predictions()), SIZES, "## Known failures\n\nFog is a mountain.\n")

    assert card.endswith("## Known failures\n\nFog is a mountain.\n")
    assert "Not written yet" not in card
    assert "## Known failures\n\nFog is a mountain.\n" == notes_of(card)


@pytest.mark.parametrize("without", ["metrics", "provenance"])
def test_a_manifest_that_says_less_has_a_shorter_card(without: str) -> None:
    """Both may be missing in a bundle that another tool made."""
    whole = _manifest(_predictions())

    card = model_card(replace(whole, **{without: None}), SIZES)  # type: ignore[arg-type]

    assert len(card) < len(model_card(whole, SIZES))
    assert "None" not in card


def test_a_bar_in_a_name_does_not_end_its_cell() -> None:
    """Class folders may have any name."""
    some = replace(_predictions(), classes=("a|b", "other"))

    assert "| a&#124;b | 60 |" in model_card(_manifest(some), SIZES)


def test_a_recipe_without_phases_tells_of_no_epochs() -> None:
    """Nothing but the last layers is new; nothing is said of what no phase used."""
    recipe = {
        "name": "fast", "phases": [], "quick_look": True, "balance": 0.5,
        "label_smoothing": 0.05, "cosine": False, "average": 0.0,
    }  # fmt: skip
    manifest = replace(_manifest(_predictions()), provenance=PROVENANCE | {"recipe": recipe})

    card = " ".join(model_card(manifest, SIZES).split())

    assert (
        "`fast`, from the weights `base.safetensors`, with rare classes and sources drawn more "
        "often, labels smoothed by 0.05. The layers below stay: a last layer is fitted for each "
        "look, on features of whole pictures as that look shows them: a logistic regression, which "
        "has one best solution. ## Data"
    ) in card
    assert "epoch" not in card
