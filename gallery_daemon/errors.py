"""One family of errors, one root: each is a finished sentence for a person, with what to do next.

They are raised where the fact is known and turned into a message and an exit status in one place,
`cli/main.py`. Any other exception is a bug of ours and says so.
"""

from __future__ import annotations


class GalleryError(Exception):
    """Something that a person can mend; `sentence` says what, `hint` what to do."""

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
    """All that is wrong with a configuration, in the order of its lines."""

    def __init__(self, errors: tuple[ConfigError, ...]) -> None:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__(f"the configuration has {count}")
        self.errors = errors


class BadPhoto(GalleryError):
    """A file that claims to be a photo and cannot be read as one; it goes to quarantine."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAPhoto(GalleryError):
    """A file that is no photo, or of a kind that is not supported; it is left where it is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BundleError(GalleryError):
    """A model bundle that is missing, incomplete or of another format."""


class TrainingError(GalleryError):
    """Training data that cannot be learned from."""


class FilingError(GalleryError):
    """A photo could not be filed; it lies where it was.

    `transient`: trying again may help. `of_library`: the fault is the library's as a whole, so the
    next photo would fare no better.
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
    """The photo vanished before it could be filed; there is nothing to try again."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, transient=False)


class PhotoChanged(GalleryError):
    """The file is not the one that was classified any more; it goes back to settling."""


class AlreadyFiled(GalleryError):
    """Another program has filed the photo meanwhile; there is nothing left to do."""


class JournalError(GalleryError):
    """The journal cannot be used now (locked, full, read-only); trying again may help."""


class JournalDamaged(GalleryError):
    """The journal's file is damaged; it is set aside, and a new one made of what lies on disk."""


class ClassifierLost(GalleryError):
    """The classifier process could not be started."""
