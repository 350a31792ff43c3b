"""What a report says beside its figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from gallery_daemon.model.precision import why_no_threshold
from gallery_daemon.training.advice import (
    caution,
    how_to_use,
    made_of,
    model_line,
    next_steps,
    of_few,
)
from gallery_daemon.training.measures import Measures, measure
from gallery_daemon.training.predictions import Predictions


def measured(cars: int, trees: int, wrong: int = 0) -> Measures:
    """So many pictures of two classes, of which so many cars were called trees."""
    truth = np.array([0] * cars + [1] * trees)
    says = np.full((cars + trees, 2), 0.1, dtype=np.float32)
    says[np.arange(cars + trees), truth] = 0.9
    says[:wrong] = says[:wrong, ::-1]
    return measure(Predictions(says, truth, ("cars", "t<ree>s"), ("a",) * (cars + trees)))


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/models/family",
        "/home/me/My models/three",
        "/home/me/it's #1: best",
        "/home/é/模型",
        "relative/three",
    ],
)
def test_the_line_can_be_pasted(path: str, tmp_path: Path) -> None:
    """Into a configuration anywhere: YAML reads the whole path, whatever is in it."""
    line = model_line(Path(path))

    assert {"model": str(Path(path).absolute())} == yaml.safe_load(line)
    assert tmp_path.joinpath(yaml.safe_load(line)["model"]) == Path(path).absolute()


def test_few_pictures_prove_little() -> None:
    """All of eight right, and it may be two of three."""
    said = of_few(measured(8, 40))

    assert "all 8 pictures of cars" in said
    assert "only 68% of them" in said


def test_a_result_of_few_pictures_is_said_with_caution() -> None:
    """However good it looks; where each class has enough pictures nothing is said."""
    said = caution(measured(8, 40)) or ""

    assert "may be 93%" in said
    assert "(cars 8)" in said
    assert caution(measured(40, 40)) is None


@pytest.mark.parametrize(
    ("measures", "says", "is_silent_of"),
    [
        (measured(8, 40), "cars (8)", "t&lt;ree&gt;s ("),
        (measured(40, 40), "photos of other sources", "Add pictures"),
        (measured(40, 40, wrong=3), "3 pictures of cars that were called t&lt;ree&gt;s", "Add"),
    ],
)
def test_the_next_step_fits_the_figures(measures: Measures, says: str, is_silent_of: str) -> None:
    """More pictures where there are few; the pair that is mixed up; photos from elsewhere."""
    said = "\n".join(next_steps(measures, how_to_use(Path("/models/three"))))

    assert says in said
    assert is_silent_of not in said
    assert "model: /models/three" in said


def test_what_it_was_made_of_is_what_the_manifest_has() -> None:
    """Folders, counts, recipe, weights, machine and versions, in a person's words."""
    provenance = {
        "data": ["Labelled"],
        "pictures": {"cars": 40, "trees": 30},
        "skipped": 2,
        "validation_share": 0.2,
        "seed": 7,
        "split_by_source": False,
        "validation": None,
        "recipe": {"name": "fast"},
        "weights": "default",
        "device": "cpu",
        "precision": "float32",
        "versions": {"gallery-daemon": "0.1.0"},
    }

    said = made_of(provenance)

    assert "Labelled" == said["pictures from"]
    assert "cars 40, trees 30" == said["pictures of each class"]
    assert "20%, chosen by the seed 7" == said["held out"]
    assert "the folder Kept" == made_of(provenance | {"validation": "Kept"})["held out"]
    assert ("fast", "default") == (said["recipe"], said["started from"])
    assert "gallery-daemon 0.1.0" == said["with"]


@pytest.mark.parametrize(
    ("called", "words"),
    [(0, "too few pictures"), (29, "too few pictures"), (30, "not reached"), (400, "not reached")],
)
def test_a_confidence_that_is_not_said_has_a_reason(called: int, words: str) -> None:
    """Of few pictures nothing is known; of many it is known that it is not reached."""
    assert words == why_no_threshold(called)
