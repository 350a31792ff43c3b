"""Mistakes are gathered here, so that a person sees all of them at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from gallery_daemon.errors import ConfigError, ConfigErrors

_SHOWN_LETTERS = 60


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in the text; both count from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Report:
    """The mistakes found so far in `file`."""

    file: str
    errors: list[ConfigError] = field(default_factory=list)

    def error(self, place: Place, sentence: str, hint: str | None = None) -> None:
        """Note a mistake and go on."""
        self.errors.append(self._error(place, sentence, hint))

    def fatal(self, place: Place, sentence: str, hint: str | None = None) -> ConfigErrors:
        """The exception for a mistake behind which nothing can be read."""
        self.error(place, sentence, hint)
        return self._all()

    def raise_errors(self) -> None:
        """Raise what was found, if anything was.

        Raises:
            ConfigErrors: all mistakes, in the order of the text.
        """
        if self.errors:
            raise self._all()

    def _all(self) -> ConfigErrors:
        ordered = sorted(self.errors, key=lambda error: (error.line, error.column))
        return ConfigErrors(tuple(ordered))

    def _error(self, place: Place, sentence: str, hint: str | None) -> ConfigError:
        return ConfigError(
            sentence, file=self.file, line=place.line, column=place.column, hint=hint
        )


def quoted(text: str) -> str:
    """The text in quotes, for a sentence: on one line, and not longer than one can read."""
    shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    return f'"{shown[:_SHOWN_LETTERS]}..."' if len(shown) > _SHOWN_LETTERS else f'"{shown}"'
