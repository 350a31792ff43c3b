"""The folder beside a bundle where it is made: pixels, features, and how far training has come.

Beside it and not in /tmp, which may be memory: features take gigabytes. It goes away when the
bundle is finished, and stays when training was interrupted, for `--resume`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING, Self

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bundle import refuse_existing
from gallery_daemon.model.manifest import read_manifest

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from gallery_daemon.training.dataset import Gallery
    from gallery_daemon.training.options import TrainOptions

_SETTINGS = "settings.json"
_PICTURES = "pictures.sha256"
_UNFINISHED_BUNDLE = "before"


class Workshop:
    """`with Workshop(options) as shop`: `shop.folder` exists and is this training's own."""

    def __init__(self, options: TrainOptions) -> None:
        self._out, self._options = options.out, options
        self.folder = options.out.parent / f".{options.out.name}.training"
        self._is_done = False

    def __enter__(self) -> Self:
        """The folder is made, or found again.

        Raises:
            BundleError: the bundle exists already, or its place cannot be written.
            TrainingError: an unfinished training lies there and was not to be resumed, or the other
                way round, or it was begun with other options.
        """
        settings = self.folder / _SETTINGS
        if self._options.resume:
            self._refuse_other_options(settings)
            return self
        if settings.exists():
            raise TrainingError(
                f"an unfinished training of {self._out} lies in {self.folder}",
                hint="go on with --resume, or take that folder away to begin anew",
            )
        refuse_existing(self._out)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            settings.write_text(json.dumps(self._options.fingerprint(), indent=2))
        except OSError as error:
            raise BundleError(f"cannot write into {self.folder}: {error.strerror}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What cannot be resumed is no use: the folder goes, unless an epoch was kept in it."""
        if self._is_done or not any(self.folder.glob("*.safetensors")):
            shutil.rmtree(self.folder, ignore_errors=True)

    def refuse_other_pictures(self, gallery: Gallery) -> None:
        """The pictures are those that this training was begun with.

        Raises:
            TrainingError: some were added or taken away since.
        """
        names = "\n".join(f"{picture.label} {picture.path}" for picture in gallery.pictures)
        digest, kept = hashlib.sha256(os.fsencode(names)).hexdigest(), self.folder / _PICTURES
        if not kept.exists():
            kept.write_text(digest)
        elif kept.read_text() != digest:
            raise TrainingError(
                f"the pictures have changed since the training of {self._out} was begun",
                hint=f"put them back as they were, or take {self.folder} away to begin anew",
            )

    def clear_bundle(self) -> None:
        """The unfinished bundle that an interruption left gives way to the one that comes."""
        if self._options.resume and self._out.exists():
            if (read_manifest(self._out).provenance or {}).get("finished") is not False:
                refuse_existing(self._out)
            self._out.rename(self.folder / _UNFINISHED_BUNDLE)

    def finish(self) -> None:
        """Nothing is left to resume."""
        self._is_done = True

    def _refuse_other_options(self, settings: Path) -> None:
        try:
            before = json.loads(settings.read_text())
        except (OSError, ValueError) as error:
            raise TrainingError(
                f"there is no unfinished training of {self._out} to go on with",
                hint="leave --resume out to begin one",
            ) from error
        now = self._options.fingerprint()
        for name in now:
            if before.get(name) != now[name]:
                raise TrainingError(
                    f"the unfinished training of {self._out} has another {name.replace('_', ' ')}: "
                    f"{json.dumps(before.get(name))}",
                    hint="go on with the options that it was begun with",
                )
