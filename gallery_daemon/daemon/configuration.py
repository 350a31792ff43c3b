"""The configuration as daemon and commands read it: where it is, its tests, its warnings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.config.load import load
from gallery_daemon.config.synced import synced_warnings
from gallery_daemon.errors import ConfigError, ConfigErrors
from gallery_daemon.model.manifest import find_bundle, read_manifest
from gallery_daemon.model.tensors import refuse_misfits
from gallery_daemon.rules.analysis import warnings
from gallery_daemon.rules.ruletest import run_tests

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config
    from gallery_daemon.rules.analysis import RuleWarning


def default_path() -> Path:
    """XDG_CONFIG_HOME/gallery-daemon/config.yaml."""
    return platformdirs.user_config_path("gallery-daemon") / "config.yaml"


def classes_of(bundle: str) -> tuple[str, ...]:
    """The classes of a model bundle, whose head and bank fit them.

    Raises:
        BundleError: there is none, or it is damaged.
    """
    folder = find_bundle(bundle)
    manifest = read_manifest(folder)
    refuse_misfits(folder, manifest)
    return manifest.classes


def read_configuration(path: Path) -> Config:
    """The configuration in the file.

    Raises:
        ConfigErrors: it is wrong; all mistakes at once.
    """
    return load(os.fspath(path), classes_of)


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
        )
        for result in results
        if result.failure is not None
    )
    if errors:
        raise ConfigErrors(errors)


def warnings_of(config: Config) -> tuple[RuleWarning, ...]:
    """What the configuration does and a person may not mean, in the order of its lines."""
    odd = warnings(config.rules, classes_of(config.model.bundle))
    return tuple(sorted((*odd, *synced_warnings(config)), key=lambda warning: warning.line))
