"""Finding the configuration, and showing its warnings and what its precisions come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.cli.fitting import sentence
from gallery_daemon.cli.plain import print_to_stderr
from gallery_daemon.config.settings import ModelChoice
from gallery_daemon.daemon.configuration import (
    default_path,
    limits_of,
    manifest_of,
    read_configuration,
    refuse_failing,
    trouble_with_versions,
    warnings_of,
)
from gallery_daemon.daemon.precision_limits import in_short
from gallery_daemon.errors import ConfigErrors, GalleryError
from gallery_daemon.logs.events import ConfigWarned
from gallery_daemon.logs.model_events import ModelDamaged
from gallery_daemon.rules.ruletest import NOT_LOOKED_AT, PictureTest

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config
    from gallery_daemon.logs.events import Log


def existing_config(given: Path | None) -> Path:
    """The configuration that was given, or the person's own.

    Raises:
        GalleryError: none was given and there is none; says in three lines how to get one.
    """
    path = given or default_path()
    if lacks_config(given):
        raise GalleryError(
            f"there is no configuration at {path}",
            hint="write a commented one with: gallery-daemon check --init\n"
            "or watch a folder without one: gallery-daemon run --watch FOLDER --library FOLDER",
        )
    return path


def lacks_config(given: Path | None) -> bool:
    """Whether none was given and the person has none."""
    return given is None and not default_path().exists()


def library_of(given: Path | None) -> str | None:
    """The library of the configuration that was given; None: none was, so any library counts.

    Raises:
        GalleryError: it is wrong.
    """
    return None if given is None else read_configuration(given).library


def read_to_look(given: Path | None) -> Config:
    """The configuration, for a command that only shows what it would do.

    Rules that fail their own tests are read, too; standard error has the failures, and that `run`
    and `sort` refuse them.

    Raises:
        GalleryError: there is none, or it is wrong.
    """
    loaded = read_configuration(existing_config(given))
    try:
        refuse_failing(loaded)
    except ConfigErrors as failing:
        for error in failing.errors:
            print_to_stderr(f"{error.place}: warning: {error.sentence}")
        print_to_stderr("warning: `run` and `sort` refuse this configuration")
    warn_of_versions(loaded)
    return loaded


def model_choice(model: str | None, config: Path | None) -> ModelChoice:
    """The model that was named, or that of the configuration with what it has learned.

    Without either the default one. Standard error says which version does not serve that should.

    Raises:
        GalleryError: both were named, or the configuration is wrong.
    """
    if config is None:
        return ModelChoice() if model is None else ModelChoice(model)
    if model is not None:
        raise GalleryError("--model and --config exclude each other", hint="give one of them")
    loaded = read_configuration(config)
    warn_of_versions(loaded)
    return loaded.model


def warn_of_versions(config: Config) -> None:
    """Standard error says so if a version of the model does not serve that should."""
    trouble = trouble_with_versions(config)
    if trouble is not None:
        print_to_stderr(f"warning: {trouble}")


def warn(config: Config, log: Log) -> None:
    """Log what the configuration does and the person may not mean; and that a version is damaged.

    Raises:
        BundleError: the model cannot be read.
    """
    trouble = trouble_with_versions(config)
    if trouble is not None:
        log.write(ModelDamaged(config.library, trouble, manifest_of(config.model).model_id))
    for warning in warnings_of(config):
        place = f"{config.file or 'command line'}:{warning.line}"
        log.write(ConfigWarned(place, warning.sentence))
    pictures = [test for test in config.tests if isinstance(test, PictureTest)]
    if pictures:
        count = "1 test is" if len(pictures) == 1 else f"{len(pictures)} tests are"
        place = f"{config.file or 'command line'}:{pictures[0].line}"
        log.write(ConfigWarned(place, f"{count} skipped: {NOT_LOOKED_AT}"))


def print_limits_in_short(config: Config) -> None:
    """A line for each `min_precision`: the confidence that it comes to, class by class.

    Raises:
        BundleError: the model cannot be read.
    """
    for line in in_short(limits_of(config)):
        print(sentence(line))


def print_limits(config: Config) -> None:
    """A line for each `min_precision` and class: the confidence that it comes to.

    Raises:
        BundleError: the model cannot be read.
    """
    for limit in limits_of(config):
        print(sentence(limit.sentence))
