"""A person's folders, what `plan` and `explain` say of them, and what `sort` or `run` then does.

Real files, a real journal, the real pass with its loop. Stood in for are the clock, the classifier
process (its answer stands in each photo's bytes), and the permission to read, which root always
has: what is called `denied` cannot be opened, and a folder called `locked` cannot be listed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import math
import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from PIL import Image

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.commands import classify, inspection
from gallery_daemon.commands.explain import explain_file
from gallery_daemon.commands.plan import Forecast, forecast, scopes_of
from gallery_daemon.commands.sort import sort_once
from gallery_daemon.commands.undo import Undoing, UndoResult
from gallery_daemon.config.load import check_text
from gallery_daemon.daemon import wiring
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.loop import Inbox
from gallery_daemon.daemon.watching import Listing
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.intake import arrivals, scan
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State
from gallery_daemon.journey import inference_cache
from gallery_daemon.logs.setup import LogFormat, make_log
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import Facts, Prediction, Taken, TakenFrom
from tests.commands.test_plan import Blind
from tests.faults.household import CLASSES, MODEL, HandClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gallery_daemon.classifier.host import HostEvent
    from gallery_daemon.commands.dry_run import PlannedFile
    from gallery_daemon.config.settings import Config
    from gallery_daemon.photo import Photo

FILM = b"\0\0\0\x14ftypqt  \0\0\0\0qt  \0\0\0\x08mdat\0\0\0\x08moov"
RAW = b"II*\0\x10\0\0\0CR\2\0" + bytes(32)
_XMP = """\
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
   photoshop:SidecarForExtension="{}"/>
 </rdf:RDF>
</x:xmpmeta>
"""
# What stands in the bytes of a photo, and what the classifier process says of it.
_REFUSED = {
    b"unreadable": (RefusalKind.UNREADABLE, "its end is missing"),
    b"drawing": (RefusalKind.NOT_A_PHOTO, "a drawing, which is not supported"),
    b"failing": (RefusalKind.FAILED, "the classifier process has no memory left"),
    b"secret": (RefusalKind.DENIED, "cannot be read: Permission denied"),
}


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


_JPEG = _jpeg()


def xmp_for(extension: str) -> bytes:
    """An XMP sidecar that says for which of several files it is, as Lightroom writes it."""
    return _XMP.format(extension).encode()


def photo_bytes(says: str, number: int) -> bytes:
    """A JPEG of which the classifier process will say `says`: a class, or why it refuses it.

    Two of one class and one number are the same bytes.
    """
    comment = f"says={says};{number};".encode()
    whole = _JPEG[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + _JPEG[2:]
    return whole[:-20] if says == "unreadable" else whole


def large_photo(says: str, number: int) -> bytes:
    """As `photo_bytes`, and so long that only its ends are hashed."""
    small, filler = photo_bytes(says, number), b"\xff\xe2\xff\xff" + bytes(0xFFFD)
    return small[:2] + filler * 3 + small[2:]


def answer_to(photo: Photo, *, want_hash: bool) -> Classified | Refused:
    """What the classifier process says of the photo, by the bytes that lie there."""
    content = Path(photo.path).read_bytes()
    says = content.partition(b"says=")[2].partition(b";")[0]
    if says in _REFUSED:
        return Refused(photo, *_REFUSED[says], None)
    top = says.removeprefix(b"maybe-").decode()
    sure = 0.55 if says.startswith(b"maybe-") else 0.98
    rest = (1 - sure) / 2
    facts = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
    taken = Taken(datetime(2024, 5, 1, tzinfo=UTC), TakenFrom.EXIF)
    content_hash = hashlib.sha256(content).hexdigest() if want_hash else None
    # Two of one class look alike.
    bits = hashlib.sha256(top.encode()).hexdigest()[:32]
    facts = Facts(
        "jpeg", 8, 8, 1, taken if top == "cars" else facts.taken, None, False, False,
        content_hash=content_hash, dhash=bits,
    )  # fmt: skip
    probabilities = {each: sure if each == top else rest for each in CLASSES}
    return Classified(photo, facts, Prediction(probabilities, MODEL), 1, 1.0)


class AtOnceHost:
    """The classifier host that answers at the next tick."""

    has_room = True

    def __init__(self, *_: object, **__: object) -> None:
        """It needs no setup, inbox or patience."""
        self._waiting: list[tuple[Photo, bool]] = []

    @property
    def outstanding(self) -> int:
        """Photos without an answer."""
        return len(self._waiting)

    def submit(self, photo: Photo, *, want_hash: bool) -> None:
        """It is answered at the next tick."""
        self._waiting.append((photo, want_hash))

    def next_deadline(self) -> float | None:
        """At once, if there is anything to answer."""
        return -math.inf if self._waiting else None

    def tick(self, _now: float) -> tuple[HostEvent, ...]:
        """All answers."""
        waiting, self._waiting = self._waiting, []
        return tuple(answer_to(photo, want_hash=want) for photo, want in waiting)

    def close(self) -> tuple[HostEvent, ...]:
        """Nothing has to be ended."""
        return ()


class AtOnceAnswers:
    """The same for who only looks."""

    def __init__(self, *_: object, **__: object) -> None:
        """It needs no setup, clock or patience."""

    def of(self, photos: Iterable[Photo], *, want_hash: bool) -> Iterator[HostEvent]:
        """All answers."""
        return (answer_to(photo, want_hash=want_hash) for photo in photos)


@dataclass(frozen=True)
class End:
    """What became of a file, or would; what does not belong to the state is None."""

    state: str
    reason: str | None = None
    action: str | None = None
    destination: str | None = None
    sidecar_of: str | None = None
    outcome: str | None = None
    rule: str | None = None


_CONFIG = """\
version: 1
watch: {{name: phone, path: {watch}, settle: 1s, ignore: ["ignored/**"]}}
library: {library}
"""


@lru_cache(maxsize=4)
def _checked(text: str) -> Config:
    """One configuration is asked for dozens of times, and takes longer to read than to obey."""
    return check_text(text, "config.yaml", lambda _: CLASSES)


_read_manifest = cache(read_manifest)  # of the shipped model, which stays as it is


@dataclass
class Scene:
    """Watch folder, library and state below `home`."""

    home: Path
    library: Path
    rules: str = "rules: [{name: all, to: All/}]"
    clock: HandClock = field(default_factory=HandClock)
    number: int = 0
    watch_name: str = "watch"

    def __post_init__(self) -> None:
        """Every file was quiet for an hour, however new it is."""
        self.watch.mkdir()
        self.clock.date = datetime.now(UTC) + timedelta(hours=1)

    @property
    def watch(self) -> Path:
        """The watch folder."""
        return self.home / self.watch_name

    def put(self, name: str, content: bytes) -> None:
        """A file comes, over what was there."""
        path = self.watch / name
        if path.is_dir():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(".incoming")
        temporary.write_bytes(content)
        self.touch(temporary)
        temporary.rename(path)

    def put_no_file(self, name: str, kind: str) -> None:
        """A link, a pipe or a folder of that name, if it is free."""
        path = self.watch / name
        if os.path.lexists(path):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        match kind:
            case "link":
                path.symlink_to(self.watch / "IMG_1.jpg")
            case "folder link":
                path.symlink_to(self.watch / "a")
            case "hard link" if (self.watch / "IMG_1.jpg").is_file():
                path.hardlink_to(self.watch / "IMG_1.jpg")
            case "hard link":
                pass
            case "pipe":
                os.mkfifo(path)
            case _:
                path.mkdir()

    def edit(self, path: Path, how: str) -> None:
        """The file is changed in place, replaced by another, touched, or deleted.

        Or it keeps its bytes: by FAT's clock and resolution, out of a backup, on a new mount.
        """
        mtime_ns = path.lstat().st_mtime_ns
        match how:
            case "an hour":
                os.utime(path, ns=(mtime_ns + 3_600_000_000_000,) * 2)
            case "two seconds":
                os.utime(path, ns=(mtime_ns // 2_000_000_000 * 2_000_000_000,) * 2)
            case "new inode" | "restored":
                temporary = path.with_name(".incoming")
                temporary.write_bytes(path.read_bytes())
                if how == "restored":
                    self.touch(temporary)
                else:
                    os.utime(temporary, ns=(mtime_ns, mtime_ns))
                temporary.rename(path)
            case "append":
                with path.open("ab") as file:
                    file.write(b"more")
                self.touch(path)
            case "replace":
                self.put(path.relative_to(self.watch).as_posix(), path.read_bytes() + b"other")
            case "touch":
                self.touch(path)
            case _:
                path.unlink()

    def touch(self, path: Path) -> None:
        """Its mtime is one that no file had before."""
        self.number += 1
        moment = 1_700_000_000_000_000_000 + self.number * 1_000_000_000
        os.utime(path, ns=(moment, moment), follow_symlinks=False)

    def config(self) -> Config:
        """The configuration as it would be read."""
        return _checked(_CONFIG.format(watch=self.watch, library=self.library) + self.rules)

    def plan(self, *, again: bool = False) -> Forecast:
        """What `plan` says."""
        config = self.config()
        with stood_in(self.clock):
            return forecast(config, scopes_of(config), self.clock, Blind(), again=again)

    def plan_apart(self, *, again: bool = False) -> Forecast:
        """The same, and what was seen in the photos is forgotten again."""
        state, kept = self.home / "state", self.home / "kept"
        if state.exists():
            shutil.copytree(state, kept)
        try:
            return self.plan(again=again)
        finally:
            shutil.rmtree(state, ignore_errors=True)
            if kept.exists():
                kept.rename(state)

    def explain(self, path: str) -> tuple[str, str | None] | str:
        """Outcome and rule that `explain` gives for the photo, or why it gives none."""
        with stood_in(self.clock):
            try:
                found = explain_file(path, self.config(), self.clock)
            except GalleryError as error:
                return error.sentence
        decision = found.explanation.decision
        return decision.outcome, decision.rule

    def sort(self, *, again: bool = False) -> dict[str, End]:
        """What a pass does, file by file."""
        return self._done(
            lambda log: sort_once(self.config(), log, self.clock, Blind(), again=again)
        )

    def run(self) -> dict[str, End]:
        """What the daemon does in the first seconds, before it tries anything again."""
        return self._done(self._run)

    def undo(self, last: int) -> None:
        """The last filings are undone."""
        with contextlib.closing(Journal(journal_path())) as journal:
            rows = journal.find(Query(states=(State.FILED,), is_photo=True, limit=last))
            for _ in Undoing(journal, Disk(), self.clock).run(rows):
                pass

    def undo_rows(self, *numbers: int) -> list[UndoResult]:
        """These rows are undone, with what follows them."""
        with contextlib.closing(Journal(journal_path())) as journal:
            rows = [journal.existing_row(number) for number in numbers]
            return list(Undoing(journal, Disk(), self.clock).run(rows))

    def explain_whether(self, path: str) -> str:
        """Why the file at that path is passed over, or is not judged by itself."""
        with stood_in(self.clock):
            return explain_file(path, self.config(), self.clock).passed_over or ""

    def _run(self, log: Any) -> None:
        runtime = wiring.build(self.config(), log, self.clock)
        pipeline, (root,) = runtime.pipeline, runtime.roots
        end = self.clock.now + 3.0
        # As when its watch starts.
        listing = Listing(root, None, pipeline, log, self.clock)
        listing.ask()
        while listing.is_under_way:
            listing.run_due(self.clock.now)
        while (deadline := pipeline.next_deadline()) is not None and deadline <= end:
            self.clock.wait(max(0.0, deadline - self.clock.now))
            pipeline.turn()
        runtime.close()

    def _done(self, act: Any) -> dict[str, End]:
        stream = io.StringIO()
        before = self._rows()
        with stood_in(self.clock):
            act(make_log(LogFormat.JSON, stream=stream))
        rows = {
            row.path: row
            for number, row in sorted(self._rows().items())
            # A failure's number is given away again.
            if before.get(number) != row
        }
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
        return ends_of(lines, rows, {**before, **self._rows()})

    def _rows(self) -> dict[int, Row]:
        if not journal_path().exists():
            return {}
        with contextlib.closing(Journal(journal_path(), read_only=True)) as journal:
            return {row.id: row for row in journal.newest_first()}


def ends_of(
    lines: Sequence[dict[str, Any]], rows: dict[str, Row], by_number: dict[int, Row]
) -> dict[str, End]:
    """Each file's end by the log and the journal; a file has one."""
    ends: dict[str, End] = {}
    for line in lines:
        if line["event"] == "folder_skipped":
            ends[line["path"]] = End(State.FAILED, line["reason"])
        if not line["event"].startswith("photo_"):
            continue
        path, row = line["photo"], rows.get(line["photo"])
        assert path not in ends, f"{path} has two ends: {ends[path]}, {line}"
        ends[path] = _end_of(line, row, by_number)
        folder = path.rpartition("/")[0]
        for name in line.get("sidecars", ()):
            beside = rows[f"{folder}/{name}"]
            ends[beside.path] = _of_row(beside, by_number)
        for problem in line.get("problems", ()):
            name, _, reason = problem.partition(": ")
            ends[f"{folder}/{name}"] = End(State.FAILED, reason)
    return ends


def _end_of(line: dict[str, Any], row: Row | None, by_number: dict[int, Row]) -> End:
    event, reason = line["event"].removeprefix("photo_"), line.get("reason")
    if event == "filed":
        assert row is not None
        return _of_row(row, by_number, line.get("outcome"), line.get("rule"))
    if event == "left" and row is not None and row.state in {State.IDENTICAL, State.SKIPPED}:
        return End(row.state, reason, destination=line["destination"])
    return End(event, reason)


def _of_row(
    row: Row, by_number: dict[int, Row], outcome: str | None = None, rule: str | None = None
) -> End:
    if row.state is not State.FILED:
        return End(row.state, row.reason, destination=row.destination)
    parent = None if row.parent is None else by_number[row.parent].path
    if parent is not None:
        outcome = rule = None
    return End(row.state, None, row.action, row.destination, parent, outcome, rule)


def end_foretold(planned: PlannedFile) -> End:
    """What the plan says, as far as an end has it."""
    match planned.state:
        case State.FILED:
            return End(
                planned.state, None, planned.action, planned.destination, planned.sidecar_of,
                planned.outcome, planned.rule,
            )  # fmt: skip
        case State.IDENTICAL | State.SKIPPED:
            return End(planned.state, planned.reason, destination=planned.destination)
        case _:
            return End(planned.state, planned.reason)


class _HandInbox(Inbox[Any]):
    """Waits by moving the clock."""

    clock: HandClock
    waits = 0

    def take(self, timeout_s: float | None) -> Any:
        """Nothing ever comes in."""
        self.waits += 1
        assert self.waits < 10_000, "the loop turns and turns"
        self.clock.wait(timeout_s or 0.0)


@contextmanager
def stood_in(clock: HandClock) -> Iterator[None]:
    """No process, no waiting, and some names that may not be read."""
    open_file, open_folder = scan.open_below, scan.open_folder_below

    def open_below(root: str, relative: str) -> Any:
        if "denied" in relative:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return open_file(root, relative)

    def open_folder_below(root: str, relative: str) -> Any:
        if relative.endswith("locked"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return open_folder(root, relative)

    inbox = type("HandInbox", (_HandInbox,), {"clock": clock})
    with ExitStack() as stack:
        for where, name, other in (
            (arrivals, "open_below", open_below),
            (scan, "open_folder_below", open_folder_below),
            (inference_cache, "read_manifest", _read_manifest),
            (wiring, "ClassifierHost", AtOnceHost),
            (wiring, "Inbox", inbox),
            (inspection, "Answers", AtOnceAnswers),
            (classify, "Answers", AtOnceAnswers),
        ):
            stack.enter_context(patch.object(where, name, other))
        yield
