"""Another version of the model serves: a newer one, or the one before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.errors import ConfigErrors, GalleryError

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config
    from gallery_daemon.model.model_version import ModelVersion
    from gallery_daemon.model.model_versions import ModelVersions


def versions_for(config: Config) -> ModelVersions:
    """The versions of the configuration's model for its library.

    Raises:
        BundleError: the model cannot be read.
    """
    return versions_of(config.model.bundle, config.library)


def use_version(config: Config, name: str) -> ModelVersion:
    """The version that is called so serves from now on, for the library of the configuration.

    Raises:
        GalleryError: there is none, the gate refused it, or a rule names a class that it lacks.
    """
    versions = versions_for(config)
    with versions.locked():
        to = versions.read(versions.number_of(name))
        _refuse_unknown_classes(config, to)
        versions.adopt(to.number)
    return to


def roll_back(config: Config) -> ModelVersion:
    """The version before serves again, for the library of the configuration.

    Raises:
        GalleryError: there is none, or a rule names a class that it lacks.
    """
    versions = versions_for(config)
    with versions.locked():
        _refuse_unknown_classes(config, versions.previous())
        return versions.roll_back()


def _refuse_unknown_classes(config: Config, version: ModelVersion) -> None:
    """The configuration can be read with this version.

    Raises:
        GalleryError: a rule names a class that it does not know.
    """
    if config.file is None:
        return  # the built-in rules name no class that a version could lack
    try:
        read_configuration(Path(config.file), version)
    except ConfigErrors as errors:
        first = errors.errors[0]
        raise GalleryError(
            f"the configuration does not go with version {version.number}: {first.sentence}"
            f" ({first.place})",
            hint="change that rule first, then choose the version",
        ) from errors
