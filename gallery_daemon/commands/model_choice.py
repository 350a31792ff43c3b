"""Another version of the model serves: a newer one, or the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.errors import ConfigErrors, GalleryError

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config
    from gallery_daemon.model.model_versions import ModelVersion, ModelVersions


def versions_for(config: Config) -> ModelVersions:
    """The versions of the configuration's model for its library.

    Raises:
        BundleError: the model cannot be read.
    """
    return versions_of(config.model.bundle, config.library)


def use_version(path: Path, name: str) -> ModelVersion:
    """The version that is called so serves from now on, for the configuration in the file.

    Raises:
        GalleryError: there is none, the gate refused it, or a rule names a class that it lacks.
    """
    versions = versions_for(read_configuration(path))
    with versions.locked():
        to = versions.read(versions.number_of(name))
        _refuse_unknown_classes(path, to)
        versions.adopt(to.number)
    return to


def roll_back(path: Path) -> ModelVersion:
    """The version before serves again, for the configuration in the file.

    Raises:
        GalleryError: there is none, or a rule names a class that it lacks.
    """
    versions = versions_for(read_configuration(path))
    with versions.locked():
        _refuse_unknown_classes(path, versions.previous())
        return versions.roll_back()


def _refuse_unknown_classes(path: Path, version: ModelVersion) -> None:
    """The configuration can be read with this version.

    Raises:
        GalleryError: a rule names a class that it does not know.
    """
    try:
        read_configuration(path, version)
    except ConfigErrors as errors:
        first = errors.errors[0]
        raise GalleryError(
            f"the configuration does not go with version {version.number}: {first.sentence}"
            f" ({first.place})",
            hint="change that rule first, then choose the version",
        ) from errors
