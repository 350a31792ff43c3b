"""Conditions on names: of the file, of its path, of where it came from, of the camera.

All are case-insensitive globs, and a list of patterns means: one of them.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gallery_daemon.rules.component import extension
from gallery_daemon.rules.condition import FILE, NOTHING, Atom, Condition, Needs, yes_or_no
from gallery_daemon.rules.glob import name_matches, path_matches
from gallery_daemon.rules.yamltext import one_or_list, yaml_text

if TYPE_CHECKING:
    from gallery_daemon.decision import Check
    from gallery_daemon.photo import Facts, Photo, Prediction


@dataclass(frozen=True, slots=True)
class _Like(Atom):
    """One of `patterns` matches what the subclass looks at."""

    patterns: tuple[str, ...]

    KEY: ClassVar[str]

    @property
    def text(self) -> str:
        """As the YAML has it: `name: IMG_*`."""
        patterns = tuple(yaml_text(pattern) for pattern in self.patterns)
        return f"{self.KEY}: {one_or_list(patterns)}"

    def check(self, photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        subject = self._subject(photo, facts)
        if subject is None:
            return yes_or_no(self, holds=False, reason=f"no {self.KEY} is known")
        pattern = next((each for each in self.patterns if self._matches(each, subject)), None)
        if pattern is not None:
            reason = f'{self.KEY} "{subject}" matches "{pattern}"'
        elif len(self.patterns) == 1:
            reason = f'{self.KEY} "{subject}" does not match "{self.patterns[0]}"'
        else:
            reason = f'{self.KEY} "{subject}" matches none of {len(self.patterns)} patterns'
        return yes_or_no(self, holds=pattern is not None, reason=reason)

    def covers(self, other: Condition) -> bool:
        """One with fewer patterns."""
        if not isinstance(other, _Like) or type(other) is not type(self):
            return False
        return set(other.patterns) <= set(self.patterns)

    @property
    def needs(self) -> Needs:
        """Nothing: the journal keeps the names."""
        return NOTHING

    @abstractmethod
    def _subject(self, photo: Photo, facts: Facts) -> str | None:
        """What the patterns are held against; none matches nothing."""

    @staticmethod
    def _matches(pattern: str, subject: str) -> bool:
        return name_matches(pattern, subject)


class NameLike(_Like):
    """The file's name matches."""

    __slots__ = ()
    KEY = "name"

    def _subject(self, photo: Photo, _facts: Facts) -> str:
        return photo.name


class PathLike(_Like):
    """The path below the watch folder matches; `*` stays in a folder, `**` crosses them."""

    __slots__ = ()
    KEY = "path"

    def _subject(self, photo: Photo, _facts: Facts) -> str:
        return photo.candidate.relative

    @staticmethod
    def _matches(pattern: str, subject: str) -> bool:
        return path_matches(pattern, subject)


class ExtIs(_Like):
    """The name's extension, without the dot, matches."""

    __slots__ = ()
    KEY = "ext"

    def _subject(self, photo: Photo, _facts: Facts) -> str | None:
        return extension(photo.name)


class SourceLike(_Like):
    """The watch folder's name matches."""

    __slots__ = ()
    KEY = "source"

    def _subject(self, photo: Photo, _facts: Facts) -> str:
        return photo.candidate.source


class CameraLike(_Like):
    """The camera's name matches; an unknown camera matches nothing."""

    __slots__ = ()
    KEY = "camera"

    def _subject(self, _photo: Photo, facts: Facts) -> str | None:
        return facts.camera

    @property
    def needs(self) -> Needs:
        """The file, which alone says the camera."""
        return FILE
