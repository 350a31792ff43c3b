"""The errors that a person can do something about: each is a finished sentence, some with a hint.

They are raised where the fact is known and become a message and an exit status in one place,
`cli/main.py`. Any other exception is a bug in the program.
"""

from __future__ import annotations


class GalleryError(Exception):
    """Something that a person can mend: `sentence` says what is wrong, `hint` what to do."""

    def __init__(self, sentence: str, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class ConfigError(GalleryError):
    """The configuration is wrong at a place: `file`, `line` and `column` count from 1."""

    def __init__(
        self, sentence: str, *, file: str, line: int, column: int, hint: str | None = None
    ) -> None:
        super().__init__(sentence, hint)
        self.file = file
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """`file:line:column`, which editors and terminals can open."""
        return f"{self.file}:{self.line}:{self.column}"


class ConfigErrors(GalleryError):
    """Every mistake in a configuration, in the order of its lines."""

    def __init__(self, errors: tuple[ConfigError, ...]) -> None:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__(f"the configuration has {count}")
        self.errors = errors


class BadPhoto(GalleryError):
    """A file that claims to be a photo and cannot be read as one; it is quarantined."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAPhoto(GalleryError):
    """A file that is no photo, or of an unsupported kind; it is left where it is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BundleError(GalleryError):
    """A model bundle that is missing, incomplete or of another format."""


class TrainingError(GalleryError):
    """Training data that cannot be learned from."""


class FilingError(GalleryError):
    """A photo could not be filed; it stays where it was.

    `transient`: trying again may help. `of_library`: the fault is the library's as a whole, so the
    next photo would fail too.
    """

    def __init__(
        self,
        sentence: str,
        *,
        transient: bool,
        of_library: bool = False,
        hint: str | None = None,
    ) -> None:
        super().__init__(sentence, hint)
        self.transient = transient
        self.of_library = of_library


class PhotoGone(FilingError):
    """The photo vanished before it could be filed; it is not tried again."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, transient=False)


class PhotoChanged(GalleryError):
    """The file is no longer the one that was classified; it has to settle again."""


class AlreadyFiled(GalleryError):
    """Another program has filed the photo meanwhile; there is nothing left to do."""


class JournalError(GalleryError):
    """The journal cannot be used now (locked, full, read-only); trying again may help."""


class JournalDamaged(GalleryError):
    """The journal's file is damaged; it is set aside, and a new one is made of what is on disk."""


class ClassifierLost(GalleryError):
    """The classifier process could not be started."""
