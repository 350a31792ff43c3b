"""The seven days of `week`: what comes, what the person does, what goes wrong besides."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.decision import Outcome
from tests.faults.week_daemon import STILL_S
from tests.faults.week_home import REVIEW, pause, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.faults.week_home import WeekHome
    from tests.faults.week_photo import PlayedPhoto

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SOON_S = 2 * STILL_S + 2.0
"""After this the daemon has seen what was moved."""


@dataclass(slots=True)
class DayRow:
    """What came of a day; `version` served when its photos came, `given` lessons held after it."""

    name: str
    version: int
    photos: int
    filed: int
    wrong: int
    review: int
    lessons: int = 0
    held: int = 0
    learned: str = ""
    mishap: str = ""


def folder_of(class_name: str) -> str:
    """The place of a class below the library."""
    return "Memes" if class_name == "memes" else class_name


def _other_than(class_name: str) -> str:
    return next(name for name in ("cars", "trees") if name != class_name)


class Week:
    """Seven days at one home."""

    def __init__(self, home: WeekHome, photos: Sequence[PlayedPhoto], seed: int = 1) -> None:
        """`photos` come in that order."""
        self._home, self._photos = home, photos
        self._random = random.Random(seed)
        self._adopted = 0

    def days(self) -> Iterator[DayRow]:
        """One day after the other has gone by, and was as it should be."""
        mishaps = (
            self._nothing,
            self._second_thoughts,
            self._another_program,
            self._restored,
            self._renamed,
            self._deleted,
            self._sorted_by_date,
        )
        count = len(self._photos)
        for number, (name, mishap) in enumerate(zip(DAYS, mishaps, strict=True)):
            first, last = (count * day // len(DAYS) for day in (number, number + 1))
            yield self._day(name, self._photos[first:last], mishap)
        self._home.check_once()

    def _day(self, name: str, photos: Sequence[PlayedPhoto], mishap: Callable[[], str]) -> DayRow:
        home = self._home
        version, held = home.versions.serving().version.number, len(home.meant)
        home.come(photos)
        if name == "Saturday":
            self._kill_in_the_middle(photos)
        home.see_filed(photos)
        home.check()
        row = DayRow(
            name,
            version,
            len(photos),
            sum(each.outcome == Outcome.RULE for each in photos),
            sum(each.is_wrong for each in photos),
            sum(each.outcome == Outcome.UNCERTAIN for each in photos),
        )
        row.mishap = mishap()
        home.see_lessons()
        home.check()
        self._evening(photos)
        home.see_lessons()
        home.check()
        row.held = len(home.meant)
        row.lessons = row.held - held
        row.learned = self._learned()
        home.check()
        return row

    def _evening(self, photos: Sequence[PlayedPhoto]) -> None:
        """What was filed wrongly and a third of the uncertain goes where it belongs."""
        for photo in photos:
            if photo.is_deleted or photo.says or photo.path != photo.home:
                continue
            if photo.is_wrong:
                self._drag(photo, "correction")
            elif photo.outcome == Outcome.UNCERTAIN and self._random.random() < 1 / 3:
                self._drag(photo, "confirmation")
        self._answer(accept=True)

    def _drag(self, photo: PlayedPhoto, kind: str) -> None:
        """To its class, now and then as a file manager does between disks."""
        if self._random.random() < 1 / 5:
            self._home.copy_and_delete(photo, folder_of(photo.truth))
        else:
            self._home.move(photo, folder_of(photo.truth))
        photo.says = photo.truth, kind

    def _answer(self, *, accept: bool) -> int:
        """The person says what is asked about mass moves; how many photos those were."""
        pause(_SOON_S)
        asked = self._home.asked()
        for move in asked:
            word = "--accept-move" if accept else "--dismiss-move"
            self._home.ask("lessons", word, str(move["move"]))
        return sum(move["photos"] for move in asked)

    def _learned(self) -> str:
        """Wait until nothing more is to be learned today; what came of it."""
        home, before = self._home, self._home.versions.latest()
        until(lambda: home.new_lessons() < home.after, "the daemon has learned")
        latest = home.versions.latest()
        if latest is None or (before is not None and latest.number == before.number):
            return "-"
        if not latest.gate.passed:
            return f"{latest.number} refused: {latest.gate.reasons[0]}"
        until(lambda: home.versions.serving().version.number == latest.number, "it serves")
        told = self._adopted
        is_next = lambda event: event["event"] == "model_adopted"  # noqa: E731 - said here once
        event = home.daemon.wait_for(is_next, told)
        self._adopted = home.daemon.events.index(event) + 1
        return f"{latest.number} adopted"

    @staticmethod
    def _nothing() -> str:
        return "-"

    def _second_thoughts(self) -> str:
        """Lessons taken back, a drag undone at once, renaming, albums, labels by command."""
        home = self._home
        taught = [each for each in home.photos if each.says][:3]
        for photo in taught:
            assert photo.home is not None
            home.move(photo, str(photo.home.parent.relative_to(home.library)))
            photo.says = None
        plain = [
            each
            for each in home.photos
            if each.outcome == Outcome.RULE and not each.is_wrong and each.path == each.home
        ]
        undone, renamed, deeper, album, labelled, mistaken = self._random.sample(plain, 6)
        for folder in (REVIEW, _other_than(undone.truth)):
            home.move(undone, folder)
            home.move(undone, folder_of(undone.truth))
        home.move(renamed, folder_of(renamed.truth), f"nice {renamed.name}")
        home.move(deeper, f"{folder_of(deeper.truth)}/best")
        home.move(album, "Our wedding")
        for photo in (labelled, mistaken):
            home.ask("label", str(photo.place), _other_than(photo.truth))
        home.ask("label", "--undo", str(mistaken.place))
        labelled.says = _other_than(labelled.truth), "label"
        pause(_SOON_S)
        return f"{len(taught)} drags taken back, one undone at once, renames, an album, labels"

    def _another_program(self) -> str:
        """It moves all photos of a class to another one's folder; the person is asked once."""
        home = self._home
        folder = self._fullest()
        photos = home.inside(folder)
        others = {folder_of(each.truth) for each in home.photos} - {folder}
        home.carry(photos, min(others))
        pause(_SOON_S)
        home.check_classes()
        asked, again = home.asked(), home.asked()
        assert 1 == len(asked), f"asked {len(asked)} times: {asked}"
        assert asked == again
        # Those that were filed where all of them are now came home, and of some it was said before.
        place = min(others)
        count = sum(
            photo.path != photo.home and not (photo.says and folder_of(photo.says[0]) == place)
            for photo in photos
        )
        said = home.ask("status")
        assert f"{count} photos went at once" in said, f"not {count}: {said}"
        self._answer(accept=False)
        home.carry(photos, folder)
        pause(_SOON_S)
        return f"a program moved all {len(photos)} of {folder}: asked, dismissed, moved back"

    def _restored(self) -> str:
        """A class folder is lost and comes back from the backup, which lies beside it as well."""
        home = self._home
        folder = self._fullest()
        photos = home.inside(folder)
        with tempfile.TemporaryDirectory(dir=home.home) as backup:
            subprocess.run(["cp", "-a", home.library / folder, backup], check=True)
            for photo in photos:
                photo.place.unlink()
            pause(_SOON_S)
            for photo in photos:
                shutil.copy2(Path(backup, folder, photo.place.name), photo.place)
            (home.library / "Backup").mkdir()
            subprocess.run(["cp", "-a", Path(backup, folder), home.library / "Backup"], check=True)
        for path in (home.library / "Backup").rglob("*.*"):
            original = home.library / folder / path.relative_to(home.library / "Backup" / folder)
            home.known[path] = home.known[original]
        pause(_SOON_S)
        return f"{folder} with {len(photos)} photos was lost and restored, the backup beside it"

    def _renamed(self) -> str:
        """A class folder has another name for a while, in which photos go to a new one."""
        home = self._home
        folder = self._fullest()
        photos = home.inside(folder)
        home.carry(photos, f"{folder} of 2026")
        pause(_SOON_S)
        home.see_lessons()
        home.carry(photos, folder)
        pause(_SOON_S)
        return f"{folder} with {len(photos)} photos was renamed, and back"

    def _deleted(self) -> str:
        """Photos are deleted, some of which were lessons: those stay."""
        home = self._home
        there = [each for each in home.photos if not each.is_deleted]
        taught = self._random.sample([each for each in there if each.says], 3)
        plain = self._random.sample(
            [each for each in there if not each.says], min(30, len(there) // 5)
        )
        for photo in (*taught, *plain):
            home.delete(photo)
        pause(_SOON_S)
        return f"{len(taught) + len(plain)} photos deleted, 3 of them lessons; the daemon killed"

    def _kill_in_the_middle(self, photos: Sequence[PlayedPhoto]) -> None:
        """kill -9 when a third of the photos is filed; then it runs again."""
        home = self._home
        before = len(home.photos) - len(photos)
        until(lambda: len(home.rows()) >= before + len(photos) // 3, "a third is filed")
        home.daemon.kill()
        home.daemon.start()

    def _sorted_by_date(self) -> str:
        """A program takes photos of all classes to folders of months; then `refile` is run."""
        home = self._home
        there = [each for each in home.photos if not each.is_deleted]
        photos = self._random.sample(there, min(150, len(there) // 4))
        home.carry(photos, "2026/12")
        pause(_SOON_S)
        home.see_lessons()
        at_home = [each for each in home.photos if each.path == each.home and not each.is_deleted]
        before = sum(each.is_wrong for each in at_home)
        home.ask("refile", "--yes", "--json", allowed=(0, 1))
        moved = home.see_refiled()
        after = sum(each.is_wrong for each in at_home)
        pause(_SOON_S)
        return (
            f"a program sorted {len(photos)} by date; refile moved {moved}: of {len(at_home)} in"
            f" place {before} were wrong, {after} are"
        )

    def _fullest(self) -> str:
        """The class's folder with the most photos."""
        folders = {folder_of(each.truth) for each in self._home.photos}
        return max(sorted(folders), key=lambda folder: len(self._home.inside(folder)))


def play(home: WeekHome, photos: Sequence[PlayedPhoto], seed: int = 1) -> Iterator[DayRow]:
    """Each day, when it has gone by; the daemon has ended after the last."""
    home.daemon.start()
    try:
        yield from Week(home, photos, seed).days()
        home.daemon.stop()
        home.check()
    finally:
        home.daemon.kill()
