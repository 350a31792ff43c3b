"""The folder beside a bundle where it is made: pixels, features, and how far training has come.

Beside it and not in /tmp, which may be memory: features take gigabytes. It goes away when the
bundle is finished, and stays when training was interrupted, for `--resume`. Nothing in it is the
user's, and nothing outside it is ever removed but an unfinished bundle of our own making.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Self

from safetensors import SafetensorError

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bundle import BUNDLE_FILES, refuse_existing
from gallery_daemon.model.manifest import MANIFEST_FILE, WEIGHTS_FILE
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.training.card import CARD_FILE
from gallery_daemon.training.made_from import PICTURES_FILE
from gallery_daemon.training.predictions import PREDICTIONS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from gallery_daemon.training.dataset import Gallery
    from gallery_daemon.training.train_options import TrainOptions
    from gallery_daemon.training.weights import StartWeights

_SETTINGS = "settings.json"
_BEGUN_WITH = "begun-with.sha256"
_UNFINISHED_BUNDLE = "before"
_OWN_ENDINGS = (".png", ".html")


class Workspace:
    """`with Workspace(options) as workspace`: its `folder` exists and is this training's own."""

    def __init__(self, options: TrainOptions) -> None:
        self._out, self._options = options.out, options
        self.folder = options.out.parent / f".{options.out.name}.training"
        self._is_done = False
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        """The folder is made, or found again, and no other training works in it.

        Raises:
            BundleError: the bundle exists already, or its place cannot be written.
            TrainingError: there is an unfinished training that was not to be resumed, or the other
                way round, or it was begun with other options, or it is under way.
        """
        try:
            if self._options.resume:
                self._refuse_other_options()
                self._refuse_other_bundle()
            else:
                self._make()
            self._take()
        except OSError as error:
            raise BundleError(f"cannot write into {self.folder}: {error.strerror}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The folder is removed, unless an epoch is kept in it for `--resume`.

        Raises:
            BundleError: the work ended because the disk is full or cannot be written.
        """
        if self._lock:
            self._lock.close()
        if self._is_done or not any(self.folder.glob("*.safetensors")):
            shutil.rmtree(self.folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise BundleError(f"cannot write into {self.folder}: {error.strerror}") from error
        if isinstance(error, SafetensorError):
            raise BundleError(f"cannot write into {self.folder}: {error}") from error

    def refuse_other_start(self, gallery: Gallery, weights: StartWeights) -> None:
        """The pictures and the weights are those that this training was begun with.

        Raises:
            TrainingError: some were added, changed or taken away since.
        """
        begun_with = hashlib.sha256(weights.digest().encode())
        for picture in gallery.pictures:
            facts = picture.path.stat()
            line = f"{picture.label} {facts.st_size} {facts.st_mtime_ns} {picture.path}\n"
            begun_with.update(os.fsencode(line))
        kept = self.folder / _BEGUN_WITH
        if not kept.exists():
            self._write(_BEGUN_WITH, begun_with.hexdigest())
        elif kept.read_text() != begun_with.hexdigest():
            raise TrainingError(
                f"the pictures or the weights {weights.name} have changed since the training of "
                f"{self._out} was begun",
                hint=f"put them back as they were, or take {self.folder} away to begin anew",
            )

    @contextmanager
    def replacing_unfinished(self) -> Iterator[None]:
        """The bundle of an interrupted training is out of the way; an error brings it back."""
        before = self.folder / _UNFINISHED_BUNDLE
        has_moved = self._options.resume and self._out.exists()
        if has_moved:
            self._refuse_other_bundle()
            shutil.rmtree(before, ignore_errors=True)
            self._out.rename(before)
        try:
            yield
        except BaseException:
            if has_moved:
                before.rename(self._out)
            raise

    def finish(self) -> None:
        """Nothing is left to resume."""
        self._is_done = True

    def _make(self) -> None:
        if (self.folder / _SETTINGS).exists():
            raise TrainingError(
                f"an unfinished training of {self._out} lies in {self.folder}",
                hint="go on with --resume, or take that folder away to begin anew",
            )
        if self.folder.exists():
            raise BundleError(f"{self.folder} is in the way", hint="give another --out")
        refuse_existing(self._out)
        self.folder.mkdir(parents=True)
        try:
            self._write(_SETTINGS, json.dumps(self._options.fingerprint(), indent=2))
        except OSError:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _write(self, name: str, text: str) -> None:
        """The file has the whole text or does not exist, even after a crash."""
        part = (self.folder / name).with_suffix(".part")
        part.write_text(text)
        part.replace(self.folder / name)

    def _take(self) -> None:
        """Hold a lock that the system releases when the process ends."""
        self._lock = (self.folder / _SETTINGS).open()
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise TrainingError(
                f"a training of {self._out} is under way", hint="wait for it, or interrupt it"
            ) from error

    def _refuse_other_options(self) -> None:
        try:
            before = json.loads((self.folder / _SETTINGS).read_text())
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

    def _refuse_other_bundle(self) -> None:
        """Raise BundleError if there is something at the bundle's place that is not ours to move.

        Ours is an unfinished bundle with no files but those of a bundle.
        """
        if not self._out.exists():
            return
        needed = {MANIFEST_FILE, WEIGHTS_FILE}
        names = {path.name for path in self._out.iterdir()}
        own = BUNDLE_FILES | {CARD_FILE, PICTURES_FILE, PREDICTIONS_FILE}
        foreign = sorted(name for name in names - own if not name.endswith(_OWN_ENDINGS))
        if not needed <= names or (read_manifest(self._out).provenance or {}).get("finished", True):
            refuse_existing(self._out)
        if foreign:
            raise BundleError(
                f"{self._out / foreign[0]} is no part of the unfinished bundle",
                hint="put it elsewhere: that folder makes way for the finished bundle",
            )
