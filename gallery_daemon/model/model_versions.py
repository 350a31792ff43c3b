"""The versions of one library's model: which there are, which serves, and how that changes.

They lie below the state folder, by base and library:
`models/<name>-<body's hash>/<library's hash>/0001/ 0002/ ... current`. Version 0 is the base.

A version's folder is made under a hidden name and renamed when it is whole; what a crash leaves of
one is cleared up by the next that is made. Adopting it is one act: `current` names it, or does not.

A version that is damaged, or was learned on another base, does not serve: the one before it does,
down to the base, and a sentence says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, Self

from gallery_daemon.errors import BundleError, GalleryError
from gallery_daemon.model.manifest import HEAD_FILE, MANIFEST_FILE, Manifest
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.model_version import (
    ListedModelVersion,
    ModelVersion,
    ModelVersionState,
    ServingVersion,
)
from gallery_daemon.model.version_files import (
    LESSONS_FILE,
    LearnedRecord,
    manifest_text,
    read_learned,
    read_version,
)
from gallery_daemon.model.version_record import (
    BASE,
    CURRENT_FILE,
    MADE,
    VersionRecord,
    locked,
    read_record,
    sync_folder,
    write_record,
    write_synced,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MODELS_FOLDER = "models"
_HASH_DIGITS, _NAME_LETTERS = 8, 40
_NUMBER = re.compile(r"\d{4,9}")
# Of a bundle's name, which may be any text, as part of a folder's.
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_FILES = (MANIFEST_FILE, HEAD_FILE, LESSONS_FILE)
_LIST = "`gallery-daemon model list` shows the versions"


class FileContent(Protocol):
    """What can be written to a file: a `model.head.Head`, a `model.bank.FeatureBank`."""

    def to_bytes(self) -> bytes:
        """The content of its file."""
        ...


class ModelVersions:
    """The versions on one base for one library."""

    def __init__(self, bundle: Path, base: Manifest, library: str, state: Path) -> None:
        """`bundle` is the folder of the base, `base` its manifest; `state` the state folder."""
        self.bundle, self.base = bundle, base
        self._models = state / _MODELS_FOLDER
        self._key = hashlib.sha256(os.fsencode(library.rstrip("/"))).hexdigest()[:_HASH_DIGITS]
        name = _UNSAFE.sub("_", base.name)[:_NAME_LETTERS]
        self.folder = self._models / f"{name}-{base.weights_sha256[:_HASH_DIGITS]}" / self._key

    @classmethod
    def of(cls, bundle: Path, library: str, state: Path) -> Self:
        """Those on the base in the folder `bundle`.

        Raises:
            BundleError: the base cannot be read.
        """
        return cls(bundle, read_manifest(bundle), library, state)

    def serving(self) -> ServingVersion:
        """The version that serves: the current one, or the first before it that is whole."""
        base = self.read(BASE)
        try:
            record = read_record(self.folder)
        except BundleError as error:
            return ServingVersion(base, f"{error.sentence}: {self.base.model_id} does")
        if record is None:
            return ServingVersion(base, self._why_forgotten())
        problems: list[str] = []
        serves = base
        for number in (record.number, *record.before):
            try:
                serves = self.read(number)
                break
            except BundleError as error:
                problems.append(f"version {number} does not serve: {error.sentence}")
        if not problems:
            return ServingVersion(serves)
        return ServingVersion(serves, f"{'; '.join(problems)}; {serves.manifest.model_id} does")

    def read(self, number: int) -> ModelVersion:
        """The version of this number, whole.

        Raises:
            BundleError: there is none, or it is unusable.
        """
        if number == BASE:
            return ModelVersion(BASE, self.base)
        folder = self._folder_of(number)
        manifest, learned = read_version(folder, self.bundle, self.base)
        return ModelVersion(number, manifest, folder, learned)

    def all(self) -> tuple[ListedModelVersion, ...]:
        """Every version, the base first, with its state.

        Raises:
            BundleError: it is not known which serves.
        """
        record = read_record(self.folder) or VersionRecord()
        return tuple(self._listed(number, record) for number in (BASE, *self._numbers()))

    def latest(self) -> LearnedRecord | None:
        """How the newest version came to be, adopted or not; None: there is none on this base."""
        for number in reversed(self._numbers()):
            with contextlib.suppress(BundleError):
                learned = read_learned(self._folder_of(number))
                if learned.base == self.base.model_id:
                    return learned
        return None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Within, nobody else makes or adopts a version here.

        Raises:
            GalleryError: somebody does; or the state folder cannot be written.
        """
        with written(self.folder):
            self._make_folder()
        with locked(self.folder):
            yield

    def write_candidate(
        self, manifest: Manifest, head: FileContent, lessons: FileContent, learned: LearnedRecord
    ) -> ModelVersion:
        """A new version holds these, and is not adopted. To be called while `locked`.

        Its number, and the hashes of head and lessons, are filled in. Those before it that were
        never adopted are gone: they knew fewer lessons.

        Raises:
            GalleryError: it cannot be written, or its parts do not fit; nothing has changed.
        """
        files = {HEAD_FILE: head.to_bytes(), LESSONS_FILE: lessons.to_bytes()}
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        earlier = self._numbers()
        number = max(earlier, default=BASE) + 1
        manifest = replace(manifest, head_sha256=hashes[HEAD_FILE])
        learned = replace(learned, number=number, lessons_sha256=hashes[LESSONS_FILE])
        files[MANIFEST_FILE] = manifest_text(manifest, learned).encode("utf-8", "replace")
        with written(self.folder):
            self._clear_up()
            made = self.folder / f"{MADE}{number}"
            made.mkdir()
            try:
                for name, content in files.items():
                    write_synced(made / name, content)
                sync_folder(made)
                # What could not be read is said now, and not when the first photo comes.
                read_version(made, self.bundle, self.base)
                made.rename(self._folder_of(number))
            except BaseException:
                shutil.rmtree(made, ignore_errors=True)
                raise
            sync_folder(self.folder)
        self._forget_candidates(earlier)
        return self.read(number)

    def adopt(self, number: int) -> None:
        """The version serves from now on. To be called while `locked`.

        Raises:
            GalleryError: it is unusable, the gate refused it, or the change cannot be written.
        """
        learned = self.read(number).learned
        if learned is not None and not learned.gate.passed:
            why = "; ".join(learned.gate.reasons) or "it is no better"
            hint = "give more lessons, then: gallery-daemon learn"
            raise GalleryError(f"version {number} was refused: {why}", hint)
        try:
            record = read_record(self.folder) or VersionRecord()
        except BundleError:
            record = VersionRecord()
        with written(self.folder):
            write_record(self.folder, record.with_current(number))

    def previous(self) -> ModelVersion:
        """The version to which a rollback goes: the first before the current that is whole.

        Raises:
            GalleryError: there is none.
        """
        record = read_record(self.folder) or VersionRecord()
        if record.number == BASE and not record.before:
            raise GalleryError(f"{self.base.model_id} serves, and none did before it", hint=_LIST)
        for number in record.before:
            with contextlib.suppress(BundleError):
                return self.read(number)
        return self.read(BASE)

    def roll_back(self) -> ModelVersion:
        """The version before serves again. To be called while `locked`.

        Raises:
            GalleryError: there is none, or the change cannot be written.
        """
        to, record = self.previous(), read_record(self.folder) or VersionRecord()
        with written(self.folder):
            write_record(self.folder, record.back_to(to.number))
        return to

    def number_of(self, name: str) -> int:
        """The number of the version that a person calls so: `3`, `base`, or a `name@hash8`.

        Raises:
            GalleryError: there is none.
        """
        known = {str(BASE): BASE, "base": BASE, self.base.model_id: BASE}
        for number in self._numbers():
            known |= {str(number): number}
            with contextlib.suppress(BundleError):
                known |= {read_manifest(self._folder_of(number)).model_id: number}
        if name not in known:
            raise GalleryError(f"there is no version {name} for this library", hint=_LIST)
        return known[name]

    def marks(self) -> tuple[object, ...]:
        """What differs when another version may serve: stats of `current` and what it names."""
        try:
            record = read_record(self.folder) or VersionRecord()
        except BundleError:
            record = VersionRecord()
        folder = self._folder_of(record.number)
        return tuple(map(_stat, (self.folder / CURRENT_FILE, *(folder / name for name in _FILES))))

    def _listed(self, number: int, record: VersionRecord) -> ListedModelVersion:
        try:
            version = self.read(number)
        except BundleError as error:
            return ListedModelVersion(number, ModelVersionState.UNUSABLE, None, error.sentence)
        if number == record.number:
            state = ModelVersionState.CURRENT
        elif number == BASE or number in record.adopted:
            state = ModelVersionState.ADOPTED
        else:
            is_well = version.learned is not None and version.learned.gate.passed
            state = ModelVersionState.CANDIDATE if is_well else ModelVersionState.REFUSED
        return ListedModelVersion(number, state, version)

    def _numbers(self) -> tuple[int, ...]:
        """Of the versions that there are, ascending."""
        try:
            names = [each.name for each in self.folder.iterdir()]
        except OSError:
            return ()
        return tuple(sorted(int(name) for name in names if _NUMBER.fullmatch(name)))

    def _folder_of(self, number: int) -> Path:
        return self.folder / f"{number:04}"

    def _make_folder(self) -> None:
        if self.folder.is_dir():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        for each in (self.folder.parent, self._models, self._models.parent):
            sync_folder(each)

    def _clear_up(self) -> None:
        """What a crash left half made is gone; while `locked` nobody makes it now."""
        for each in self.folder.glob(f"{MADE}*"):
            if each.is_dir():
                shutil.rmtree(each)
            else:
                each.unlink()

    def _forget_candidates(self, numbers: tuple[int, ...]) -> None:
        """Those of these versions that were never adopted are gone, if they can be."""
        with contextlib.suppress(BundleError, OSError):
            record = read_record(self.folder) or VersionRecord()
            for number in sorted(set(numbers) - record.in_use):
                # Under a hidden name first: half a version has no number.
                gone = self.folder / f"{MADE}{number}"
                self._folder_of(number).rename(gone)
                shutil.rmtree(gone)

    def _why_forgotten(self) -> str | None:
        """That what was learned on another base counts no more, where nothing was on this one."""
        places = self._models.glob(f"*/{self._key}/{CURRENT_FILE}")
        others = sorted(each.parent.parent.name for each in places)
        if not others:
            return None
        return (
            f"what was learned for this library on {', '.join(others)} does not count for"
            f" {self.base.model_id}, which has another body: `gallery-daemon learn` learns it anew"
        )


def _stat(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
