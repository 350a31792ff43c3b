"""The configuration as daemon and commands read it: where it is, its tests, its warnings.

What it says of classes and precisions is read with its model's manifest at hand.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.config.load import check_text, load
from gallery_daemon.config.missing import advice_on_missing
from gallery_daemon.config.settings import ModelChoice
from gallery_daemon.config.synced import synced_warnings
from gallery_daemon.daemon.journals import state_folder
from gallery_daemon.daemon.precision_limits import (
    knows_precision,
    model_warnings,
    precision_limits,
)
from gallery_daemon.errors import BundleError, ConfigError, ConfigErrors
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.model_versions import ModelVersions
from gallery_daemon.model.precision import precision_at
from gallery_daemon.model.tensors import refuse_misfits
from gallery_daemon.rules.analysis import RuleWarning, warnings
from gallery_daemon.rules.ruletest import run_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from gallery_daemon.config.given import PrecisionAt
    from gallery_daemon.config.load import Classes, PrecisionOf, VersionOf
    from gallery_daemon.config.settings import Config
    from gallery_daemon.daemon.precision_limits import PrecisionLimit
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.model.model_version import ModelVersion
    from gallery_daemon.rules.ruletest import AnyTest


def default_path() -> Path:
    """XDG_CONFIG_HOME/gallery-daemon/config.yaml."""
    return platformdirs.user_config_path("gallery-daemon") / "config.yaml"


def manifest_of(model: ModelChoice) -> Manifest:
    """What a model says of itself.

    Raises:
        BundleError: there is none, or it is damaged.
    """
    return read_manifest(model.folder)


def classes_of(model: ModelChoice) -> tuple[str, ...]:
    """The classes of a model, whose head and bank fit them.

    Raises:
        BundleError: there is none, or it is damaged.
    """
    bundle = find_bundle(model.bundle)
    base = read_manifest(bundle)
    refuse_misfits(bundle, base)
    return base.classes if model.version is None else manifest_of(model).classes


def precision_of(model: ModelChoice) -> PrecisionAt:
    """How often a model is right, by class and confidence; None: it does not know.

    Raises:
        BundleError: there is none, or it is damaged.
    """
    tallies = manifest_of(model).full.tallies

    def known(name: str, confidence: float) -> float | None:
        tally = tallies.get(name)
        return None if tally is None else precision_at(tally, confidence)

    return known


def versions_of(bundle: str, library: str) -> ModelVersions:
    """The versions that were learned on a bundle for a library.

    Raises:
        BundleError: there is no such bundle, or it is damaged.
    """
    return ModelVersions.of(find_bundle(bundle).resolve(), library, state_folder())


def with_version(config: Config) -> Config:
    """A configuration that is in no file, with the version that serves for its library.

    Raises:
        BundleError: the model cannot be read.
    """
    serving = versions_of(config.model.bundle, config.library).serving()
    return replace(config, model=replace(config.model, version=_path_of(serving.version)))


def _path_of(version: ModelVersion) -> str | None:
    """The version's folder; None: it is the base."""
    return None if version.folder is None else os.fspath(version.folder)


def trouble_with_versions(config: Config) -> str | None:
    """Why not the version serves that should, in a sentence.

    Raises:
        BundleError: the model cannot be read.
    """
    return versions_of(config.model.bundle, config.library).serving().problem


def _nothing(_library: str) -> tuple[str, ...]:
    return ()


def read_configuration(
    path: Path,
    version: ModelVersion | None = None,
    *,
    library: str | None = None,
    taught: Callable[[str], Iterable[str]] = _nothing,
) -> Config:
    """The configuration in the file, with the version that serves, or as if `version` did.

    Args:
        path: of the file.
        version: what a version of its model would make of it.
        library: an absolute path, which takes the place of its own.
        taught: classes that the model of a library is to have besides; rules may name them.

    Raises:
        ConfigErrors: it is wrong; all mistakes at once.
    """
    return _with_versions(
        partial(load, os.fspath(path)), path, version, library=library, taught=taught
    )


def configuration_of(text: str, path: Path) -> Config:
    """The configuration in `text`, as if it stood in the file, with the version that serves.

    Raises:
        ConfigErrors: it is wrong; all mistakes at once.
    """
    return _with_versions(partial(check_text, text, os.fspath(path)), path, None)


def _with_versions(
    read: Callable[[Classes, PrecisionOf, VersionOf], Config],
    path: Path,
    version: ModelVersion | None,
    *,
    library: str | None = None,
    taught: Callable[[str], Iterable[str]] = _nothing,
) -> Config:
    """What `read` makes of the models that it is given; the rest as in `read_configuration`.

    Raises:
        ConfigErrors: it is wrong; all mistakes at once.
    """
    troubles, besides = list[str](), list[str]()

    def version_of(bundle: str, own: str) -> str | None:
        besides.extend(taught(library or own))
        if version is not None:
            return _path_of(version)
        # A bundle that cannot be read is a mistake like any other, which the classes tell.
        with contextlib.suppress(BundleError):
            serving = versions_of(bundle, library or own).serving()
            troubles.extend(filter(None, [serving.problem]))
            return _path_of(serving.version)
        return None

    def classes(model: ModelChoice) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*classes_of(model), *besides)))

    try:
        config = read(classes, precision_of, version_of)
        return config if library is None else replace(config, library=library)
    except ConfigErrors as error:
        # The version before may not know a class that the rules name: then this is why.
        hint = "gallery-daemon learn makes a new version"
        why = (
            ConfigError(f"model: {each}", file=os.fspath(path), line=1, column=1, hint=hint)
            for each in troubles
        )
        raise ConfigErrors((*error.errors, *why)) from error


def refuse_failing(config: Config) -> None:
    """The tests of the rules in the configuration hold.

    Raises:
        ConfigErrors: some do not; all of them at once.
    """
    results = run_tests(config.tests, config.rules)
    errors = tuple(
        ConfigError(
            f'the test "{result.test.name}" fails: {result.failure}',
            file=config.file or "",
            line=result.test.line,
            column=result.test.column,
            hint=hint_for(result.test, config.file),
        )
        for result in results
        if result.failure is not None
    )
    if errors:
        raise ConfigErrors(errors)


def hint_for(test: AnyTest, file: str | None) -> str:
    """What to do about a test that fails: it is the person's own, and stands in their file."""
    return (
        f"if the rules are right, change the test: it stands in {file or 'the file'}:{test.line};"
        " it may also be taken away"
    )


def default_knows_precision() -> bool:
    """Whether the default model knows how often it is right.

    Raises:
        BundleError: it is missing, or damaged.
    """
    return knows_precision(manifest_of(ModelChoice()))


def limits_of(config: Config) -> tuple[PrecisionLimit, ...]:
    """From which confidence on the model has the precisions that the rules ask for.

    Raises:
        BundleError: the model cannot be read.
    """
    return precision_limits(config.rules, manifest_of(config.model))


def confidences_of(config: Config) -> dict[tuple[float, str], float]:
    """The confidence that each precision of the rules comes to, by precision and class.

    Empty where the model cannot be read: photos are judged without knowing it.
    """
    try:
        limits = limits_of(config)
    except BundleError:
        return {}
    return {
        (each.wanted, each.top_class): each.threshold.confidence
        for each in limits
        if each.threshold is not None
    }


def missing_folders(config: Config) -> tuple[RuleWarning, ...]:
    """The watch folders that are not there now, which may be meant: `run` waits for them."""
    missing = (folder.path for folder in config.watch if not os.path.isdir(folder.path))  # noqa: PTH112
    return tuple(
        RuleWarning(
            "",
            0,
            f"the watch folder {path} is not there, and nothing is filed from it:"
            f" {advice_on_missing(path)}",
        )
        for path in missing
    )


def warnings_of(config: Config) -> tuple[RuleWarning, ...]:
    """What the configuration does and a person may not mean, in the order of its lines."""
    manifest = manifest_of(config.model)
    found = (
        *warnings(config.rules, manifest.classes),
        *model_warnings(config.rules, manifest),
        *synced_warnings(config),
    )
    return tuple(sorted(found, key=lambda warning: warning.line))
