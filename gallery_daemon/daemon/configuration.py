"""The configuration as the commands use it: where it lies, its warnings, its model's classes."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.config.load import load
from gallery_daemon.config.synced import synced_warnings
from gallery_daemon.errors import ConfigError, ConfigErrors
from gallery_daemon.model.manifest import find_bundle, read_manifest
from gallery_daemon.rules.analysis import warnings
from gallery_daemon.rules.changes import changes
from gallery_daemon.rules.ruletest import run_tests

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config
    from gallery_daemon.rules.analysis import RuleWarning
    from gallery_daemon.rules.ruletest import AnyTest

# The fields of a configuration that are no key of the file, or are compared rule by rule.
_NO_SETTINGS = frozenset({"file", "digest", "rules"})


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


def refuse_failing(config: Config) -> None:
    """The tests that the configuration brings along for its rules hold.

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
    """What the configuration does and the person may not mean, in the order of its lines."""
    odd = warnings(config.rules, classes_of(config.model.bundle))
    return tuple(sorted((*odd, *synced_warnings(config)), key=lambda warning: warning.line))


def changes_between(old: Config, new: Config) -> tuple[str, ...]:
    """What is different in `new`, as a person would tell it: settings, then rule by rule."""
    was, now = _settings(old), _settings(new)
    settings = [f"{name} changed" for name in was if was[name] != now[name]]
    return (*settings, *changes(old.rules, new.rules))


def _settings(config: Config) -> dict[str, object]:
    """What each key of the file says, but for the rules, which tell their changes themselves."""
    values = {field.name: getattr(config, field.name) for field in fields(config)}
    told = {name: value for name, value in values.items() if name not in _NO_SETTINGS}
    return told | {"tests": _without_places(config.tests)}


def _without_places(tests: tuple[AnyTest, ...]) -> list[AnyTest]:
    """A test without a name is called after its line."""
    names = ["" if test.name == f"line {test.line}" else test.name for test in tests]
    return [
        replace(test, name=name, line=0, column=0) for test, name in zip(tests, names, strict=True)
    ]
