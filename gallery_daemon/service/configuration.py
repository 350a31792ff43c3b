"""The configuration as the commands use it: where it lies, its warnings, its model's classes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.config.load import load
from gallery_daemon.config.synced import synced_warnings
from gallery_daemon.model.manifest import find_bundle, read_manifest
from gallery_daemon.rules.analysis import warnings

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config
    from gallery_daemon.rules.analysis import RuleWarning


def default_path() -> Path:
    """XDG_CONFIG_HOME/gallery-daemon/config.yaml."""
    return platformdirs.user_config_path("gallery-daemon") / "config.yaml"


def classes_of(bundle: str) -> tuple[str, ...]:
    """The classes of a model bundle.

    Raises:
        BundleError: there is none, or it is damaged.
    """
    return read_manifest(find_bundle(bundle)).classes


def read_configuration(path: Path) -> Config:
    """The configuration in the file.

    Raises:
        ConfigErrors: it is wrong; all mistakes at once.
    """
    return load(os.fspath(path), classes_of)


def warnings_of(config: Config) -> tuple[RuleWarning, ...]:
    """What the configuration does and the person may not mean, in the order of its lines."""
    odd = warnings(config.rules, classes_of(config.model.bundle))
    return tuple(sorted((*odd, *synced_warnings(config)), key=lambda warning: warning.line))
