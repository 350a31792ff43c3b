"""Recipes: the article's to the letter, the others as the manual tells them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.network import STAGES
from gallery_daemon.training.recipe import (
    ARTICLE,
    DEFAULT,
    FAST,
    RECIPES,
    VALIDATION_SHARE,
    with_epochs,
)


def test_the_articles_recipe_is_its_notebook_to_the_letter() -> None:
    """Two phases with their layers, rates and epochs; batches of 64, mirrored; nothing else."""
    assert {
        "name": "article",
        "phases": (
            {
                "name": "layer4 and fc", "first_trained": "layer4", "learning_rate": 1e-5,
                "epochs": 5, "sizes": (224,), "augmented": False, "thumbnails": 0.0,
            },
            {
                "name": "fc", "first_trained": "fc", "learning_rate": 3e-4,
                "epochs": 3, "sizes": (224,), "augmented": False, "thumbnails": 0.0,
            },
        ),
        "starts_from": "imagenet", "batch_size": 64, "mirrored": True,
        "quick_look": False,
        "weight_decay": 0.0, "layer_decay": 1.0, "warm_up": 0.0, "cosine": False,
        "label_smoothing": 0.0, "average": 0.0, "balance": 0.0,
        "source_balance": 0.0,
    } == asdict(ARTICLE)  # fmt: skip
    assert 0.2 == VALIDATION_SHARE


def test_recipes_are_known_by_their_names() -> None:
    """Those that `--recipe` takes."""
    assert ["article", "default", "fast"] == list(RECIPES)
    assert all(name == recipe.name for name, recipe in RECIPES.items())


@pytest.mark.parametrize("recipe", [ARTICLE, DEFAULT, FAST])
def test_a_recipe_can_be_carried_out(recipe: object) -> None:
    """Its stages exist, its numbers are possible, and no name of a phase is there twice."""
    assert recipe in RECIPES.values()
    for phase in RECIPES[recipe.name].phases:  # type: ignore[attr-defined]
        assert phase.first_trained in STAGES
        assert phase.epochs > 0 < phase.learning_rate
        assert all(32 <= size <= 224 for size in phase.sizes)
    names = [phase.name for phase in RECIPES[recipe.name].phases]  # type: ignore[attr-defined]
    assert len(set(names)) == len(names)


def test_the_default_trains_the_head_before_pictures_of_all_sizes() -> None:
    """A random head would distort the layers below."""
    head, whole = DEFAULT.phases

    assert ("fc", False) == (head.first_trained, head.augmented)
    assert whole.augmented
    assert 0 < whole.thumbnails < 1
    assert {112, 128, 160} <= set(whole.sizes)
    assert DEFAULT.quick_look


def test_fast_learns_the_last_layer_alone_from_the_shipped_model() -> None:
    """It is for a person who has just added a class; no phase trains what is fitted anyway."""
    assert () == FAST.phases
    assert FAST.quick_look
    assert "default" == FAST.starts_from
    fits = ("label_smoothing", "balance", "source_balance", "quick_look")
    assert [getattr(DEFAULT, name) for name in fits] == [getattr(FAST, name) for name in fits]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=2).filter(any))
def test_epochs_can_be_chosen_for_each_phase(epochs: list[int]) -> None:
    """Nothing else changes; a phase of none is left out."""
    changed = with_epochs(DEFAULT, tuple(epochs))

    kept = [(each, n) for each, n in zip(DEFAULT.phases, epochs, strict=True) if n]
    assert [n for _, n in kept] == [phase.epochs for phase in changed.phases]
    assert [each.name for each, _ in kept] == [phase.name for phase in changed.phases]
    assert asdict(DEFAULT) | {"phases": None} == asdict(changed) | {"phases": None}


@pytest.mark.parametrize("epochs", [(), (1,), (1, 2, 3), (0, 0)])
def test_wrong_numbers_of_epochs_are_one_sentence(epochs: tuple[int, ...]) -> None:
    """Too few, too many, none at all: the phases are named."""
    with pytest.raises(TrainingError, match="numbers of epochs for the 2 phases") as caught:
        with_epochs(ARTICLE, epochs)

    assert "its phases are: layer4 and fc, fc" == caught.value.hint


def test_a_recipe_without_phases_has_no_epochs_to_choose() -> None:
    """Whatever the number: the sentence says why."""
    for epochs in ((), (40,)):
        with pytest.raises(TrainingError, match="the recipe fast has no epochs") as caught:
            with_epochs(FAST, epochs)

        assert "leave --epochs out" == caught.value.hint


def test_a_typing_mistake_does_not_wait_for_torch() -> None:
    """What the command line needs before it trains, and what `evaluate` needs, is free of it."""
    modules = ("recipe", "train_options", "evaluate", "measures", "display")
    imports = "; ".join(f"import gallery_daemon.training.{module}" for module in modules)
    code = f"import sys; {imports}; sys.exit('torch' in sys.modules or 'matplotlib' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
