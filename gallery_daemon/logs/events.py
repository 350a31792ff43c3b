"""What the log says: one method per event, so no name is typed twice.

Events are past participles and their fields are the README's table; a test holds the two together.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """All that an event says of one photo; what is not known is left out of the line.

    `confidence` is 0 to 1, `batch` the number of photos classified together. `waited_ms` runs from
    settled until it is handed to the classifier process, `classify_ms` until the prediction,
    `total_ms` from settled until filed. `destination` is absolute.
    """

    photo: str
    source: str
    outcome: str | None = None
    rule: str | None = None
    top_class: str | None = None
    confidence: float | None = None
    action: str | None = None
    destination: str | None = None
    taken: str | None = None
    taken_from: str | None = None
    model: str | None = None
    batch: int | None = None
    sidecars: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    waited_ms: float | None = None
    classify_ms: float | None = None
    total_ms: float | None = None

    def fields(self) -> dict[str, object]:
        """The event's fields under their public names, the unknown ones left out."""
        named = {
            ("class" if key == "top_class" else key): value for key, value in asdict(self).items()
        }
        return {key: value for key, value in named.items() if value not in (None, ())}


class Log:
    """The daemon's voice. Give it a `structlog` logger; tests give it a capturing one."""

    def __init__(self, logger: Any) -> None:  # noqa: ANN401 - structlog types its loggers so
        self._logger = logger

    def photo_filed(self, line: PhotoLine, reason: str | None = None) -> None:
        """A photo lies in the library."""
        self._photo(logging.INFO, "photo_filed", line, reason)

    def photo_left(self, line: PhotoLine, reason: str) -> None:
        """A photo, or a file that is none, stays where it is, as it should."""
        self._photo(logging.INFO, "photo_left", line, reason)

    def photo_quarantined(self, line: PhotoLine, reason: str) -> None:
        """A file claims to be a photo and cannot be read; it stays, and is not tried again."""
        self._photo(logging.WARNING, "photo_quarantined", line, reason)

    def photo_failed(self, line: PhotoLine, reason: str, retry_in_s: float | None) -> None:
        """A photo could not be filed; it stays, and is tried again, or waits until it changes."""
        self._photo(logging.ERROR, "photo_failed", line, reason, retry_in_s=retry_in_s)

    def daemon_started(self, *, version: str, config: str, library: str, rules: int) -> None:
        """The daemon is ready."""
        self._say(
            logging.INFO,
            "daemon_started",
            version=version,
            config=config,
            library=library,
            rules=rules,
        )

    def daemon_stopped(self, *, reason: str) -> None:
        """The daemon has ended in order."""
        self._say(logging.INFO, "daemon_stopped", reason=reason)

    def config_reloaded(
        self, *, config: str, rules: int, digest: str, changes: tuple[str, ...]
    ) -> None:
        """A changed configuration is in force; `changes` says in what, rule by rule."""
        self._say(
            logging.INFO,
            "config_reloaded",
            config=config,
            rules=rules,
            digest=digest,
            changes=changes or None,
        )

    def config_rejected(self, *, place: str, error: str, hint: str | None) -> None:
        """A changed configuration is wrong at `place`; the old one stays in force."""
        self._say(logging.ERROR, "config_rejected", place=place, error=error, hint=hint)

    def config_warned(self, *, place: str, warning: str) -> None:
        """The configuration is valid and does something the person may not mean."""
        self._say(logging.WARNING, "config_warned", place=place, warning=warning)

    def watch_started(
        self, *, source: str, path: str, mode: str, why: str, is_makeshift: bool
    ) -> None:
        """A watch folder is being watched, natively or by polling, and why.

        A warning if it is polled only for want of the kernel's watches.
        """
        level = logging.WARNING if is_makeshift else logging.INFO
        self._say(level, "watch_started", source=source, path=path, mode=mode, why=why)

    def watch_lost(self, *, source: str, path: str, reason: str) -> None:
        """A watch folder is gone; nothing is filed from it until it is back."""
        self._say(logging.WARNING, "watch_lost", source=source, path=path, reason=reason)

    def rescan_finished(
        self, *, source: str, seen: int, fresh: int, skipped: int, ms: float
    ) -> None:
        """A watch folder was listed: names seen, of them new ones, and places not readable."""
        self._say(
            logging.INFO,
            "rescan_finished",
            source=source,
            seen=seen,
            new=fresh,
            skipped=skipped,
            ms=ms,
        )

    def folder_skipped(self, *, path: str, reason: str) -> None:
        """A folder could not be listed; the rest goes on."""
        self._say(logging.WARNING, "folder_skipped", path=path, reason=reason)

    def classifier_started(
        self, *, model: str, engine: str, load_ms: float, pid: int, measured: Mapping[str, float]
    ) -> None:
        """The classifier process is ready; `measured` has pictures per second by engine."""
        self._say(
            logging.INFO,
            "classifier_started",
            model=model,
            engine=engine,
            load_ms=load_ms,
            pid=pid,
            measured=dict(measured) or None,
        )

    def classifier_stopped(self, *, reason: str) -> None:
        """The classifier process has ended."""
        self._say(logging.INFO, "classifier_stopped", reason=reason)

    def classifier_failed(self, *, error: str, hint: str | None) -> None:
        """The classifier process cannot be started; it is tried again."""
        self._say(logging.ERROR, "classifier_failed", error=error, hint=hint)

    def filing_recovered(self, *, photo: str, result: str) -> None:
        """A filing that a crash cut short was finished or taken back."""
        self._say(logging.WARNING, "filing_recovered", photo=photo, result=result)

    def journal_rebuilt(self, *, damaged: str, photos: int) -> None:
        """The journal was damaged; a new one knows so many photos by what lies in the library."""
        self._say(logging.ERROR, "journal_rebuilt", damaged=damaged, photos=photos)

    def daily_summary(
        self,
        *,
        day: str,
        filed: int,
        left: int,
        quarantined: int,
        failed: int,
        undone: int,
        outcomes: Mapping[str, int],
        classes: Mapping[str, int],
        copied_bytes: int,
    ) -> None:
        """A day has ended on which photos came to an end."""
        self._say(
            logging.INFO,
            "daily_summary",
            day=day,
            filed=filed,
            left=left,
            quarantined=quarantined,
            failed=failed,
            undone=undone,
            outcomes=dict(outcomes),
            classes=dict(classes),
            copied_bytes=copied_bytes,
        )

    def metrics_failed(self, *, address: str, reason: str, hint: str | None) -> None:
        """The figures cannot be fetched there; photos are filed all the same."""
        self._say(logging.WARNING, "metrics_failed", address=address, reason=reason, hint=hint)

    def _photo(
        self, level: int, event: str, line: PhotoLine, reason: str | None, **more: object
    ) -> None:
        self._say(level, event, **line.fields(), reason=reason, **more)

    def _say(self, level: int, event: str, **fields: object) -> None:
        known = {key: value for key, value in fields.items() if value is not None}
        self._logger.log(level, event, **known)
