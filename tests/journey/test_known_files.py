"""Known is known, whatever happened to a file that did not change a byte; and no other file is."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.explain import is_changed, recognised
from gallery_daemon.commands.sort import sort_once
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.contents import DigestKind
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import State
from gallery_daemon.logs.setup import LogFormat, make_log
from tests.commands.test_plan import Blind
from tests.journey.foretold import end_foretold, large_photo, photo_bytes, stood_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.journey.foretold import Scene

HOUR_NS = 3_600_000_000_000
ACTIONS = ["hardlink", "copy", "symlink"]
SIDECAR = b"<x:xmpmeta/>"


def rules(action: str) -> str:
    """All that is a photo goes to one folder."""
    return f"rules: [{{name: all, to: All/, action: {action}}}]"


def files_of(scene: Scene) -> set[str]:
    """What is in the library."""
    found = scene.library.rglob("*")
    return {path.relative_to(scene.library).as_posix() for path in found if not path.is_dir()}


def shift(path: Path, by_ns: int) -> None:
    """Its mtime is another."""
    mtime_ns = path.lstat().st_mtime_ns + by_ns
    os.utime(path, ns=(mtime_ns, mtime_ns))


def as_new_inode(path: Path, *, keeps_mtime: bool = True) -> None:
    """Another file with the same bytes takes its place, as a backup or a sync tool makes one."""
    other = path.with_name(".incoming")
    (shutil.copy2 if keeps_mtime else shutil.copyfile)(path, other)
    other.rename(path)


def touched(scene: Scene) -> None:
    """FAT after a change of the clock."""
    for path in scene.watch.rglob("*.*"):
        shift(path, HOUR_NS)


def touched_back(scene: Scene) -> None:
    """And back again, to another hour."""
    for path in scene.watch.rglob("*.*"):
        shift(path, -5 * HOUR_NS)


def rounded(scene: Scene) -> None:
    """Copied over a card that keeps two seconds."""
    for path in scene.watch.rglob("*.*"):
        mtime_ns = path.stat().st_mtime_ns
        shift(path, -(mtime_ns % 2_000_000_000) - 1_000_000_000)


def mounted_anew(scene: Scene) -> None:
    """exFAT and FUSE number their files anew."""
    for path in scene.watch.rglob("*.*"):
        as_new_inode(path)


def restored(scene: Scene) -> None:
    """Out of a backup that keeps no times."""
    for path in scene.watch.rglob("*.*"):
        as_new_inode(path, keeps_mtime=False)
        shift(path, -HOUR_NS)


def renamed_by_a_sync_tool(scene: Scene) -> None:
    """Which deletes the one and writes the other, with its time."""
    (scene.watch / "album").mkdir()
    for path in [*scene.watch.glob("*.*")]:
        shutil.copy2(path, scene.watch / "album" / path.name)
        path.unlink()


def renamed_with_its_sidecar(scene: Scene) -> None:
    """Both have a new name, and the time that they had."""
    for path in [*scene.watch.glob("*.*")]:
        shutil.copy2(path, path.with_name(f"beach {path.name}"))
        path.unlink()


def renamed_without_its_time(scene: Scene) -> None:
    """Photos alone: a sidecar needs its time, because many have the same bytes."""
    for path in scene.watch.glob("*.jpg"):
        shutil.copyfile(path, path.with_name(f"new {path.name}"))
        path.unlink()
    for path in scene.watch.glob("*.xmp"):
        path.unlink()


def moved_to_another_disk(scene: Scene) -> None:
    """The watch folder is elsewhere, and so says the configuration."""
    shutil.copytree(scene.watch, scene.home / "new disk", copy_function=shutil.copyfile)
    shutil.rmtree(scene.watch)
    (scene.home / "new disk").rename(scene.home / "watch2")
    scene.watch_name = "watch2"


def copied_to_another_disk(scene: Scene) -> None:
    """The old one is still there, and not watched any more."""
    shutil.copytree(scene.watch, scene.home / "watch2", copy_function=shutil.copyfile)
    scene.watch_name = "watch2"


KINDS = [
    touched,
    rounded,
    mounted_anew,
    restored,
    renamed_by_a_sync_tool,
    renamed_with_its_sidecar,
    renamed_without_its_time,
    moved_to_another_disk,
    copied_to_another_disk,
]


@dataclass(frozen=True)
class Tidied:
    """What the person did in the library, which must stay so."""

    scene: Scene
    kept: set[str]


# What is copied is hashed whole, however large it is.
HASHED = [*((action, photo_bytes) for action in ACTIONS), ("hardlink", large_photo),
          ("symlink", large_photo)]  # fmt: skip


@pytest.fixture(params=HASHED, ids=lambda each: f"{each[0]}-{each[1].__name__}")
def tidied(scene: Scene, request: pytest.FixtureRequest) -> Tidied:
    """One photo deleted, one renamed, one in an album, one left where it is; and a sidecar gone."""
    action, photo = request.param
    for number, name in enumerate(["a.jpg", "b.jpg", "c.jpg", "d.jpg"]):
        scene.put(name, photo("cars", number))
    scene.put("a.xmp", SIDECAR)
    scene.rules = rules(action)
    scene.sort()
    library = scene.library / "All"
    (library / "a.jpg").unlink()
    (library / "a.xmp").unlink()
    (library / "b.jpg").rename(library / "best.jpg")
    (scene.library / "Album").mkdir()
    (library / "c.jpg").rename(scene.library / "Album" / "c.jpg")
    return Tidied(scene, files_of(scene))


@pytest.mark.parametrize("happens", KINDS)
@pytest.mark.parametrize("by", ["sort", "run"])
def test_nothing_that_keeps_the_bytes_brings_back_what_was_tidied(
    tidied: Tidied, happens: Callable[[Scene], None], by: str
) -> None:
    """Not at the first listing, nor at the next, nor once it is touched again; and plan knows."""
    scene = tidied.scene
    happens(scene)
    before = len(rows(scene))

    planned = scene.plan_apart()
    done = scene.sort() if by == "sort" else scene.run()

    assert ((), {}) == (planned.files, done)
    assert tidied.kept == files_of(scene)
    assert before == len(rows(scene))
    assert {} == scene.sort()
    touched_back(scene)
    assert {} == scene.sort()
    assert tidied.kept == files_of(scene)


def rows(scene: Scene) -> list[State]:
    """The states in the journal."""
    del scene
    with closing(Journal(journal_path(), read_only=True)) as journal:
        return [row.state for row in journal.newest_first()]


def reads(scene: Scene, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> int:
    """How many files `act` hashes."""
    del scene
    count = 0
    real = Disk.content_hash

    def counted(self: Disk, source: int, kind: DigestKind = DigestKind.WHOLE) -> str:
        nonlocal count
        count += 1
        return real(self, source, kind)

    monkeypatch.setattr(Disk, "content_hash", counted)
    act()
    monkeypatch.setattr(Disk, "content_hash", real)
    return count


def test_what_was_recognised_is_not_hashed_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file once; and none where the identity is known."""
    for number in range(3):
        scene.put(f"{number}.jpg", photo_bytes("cars", number))
    assert 3 == reads(scene, monkeypatch, scene.sort)
    assert 0 == reads(scene, monkeypatch, scene.sort)
    touched(scene)

    assert 3 == reads(scene, monkeypatch, scene.sort)
    assert 0 == reads(scene, monkeypatch, scene.sort)
    assert 0 == reads(scene, monkeypatch, scene.plan)


@pytest.mark.parametrize("action", ACTIONS)
def test_whatever_its_hash_begins_with_it_is_known(scene: Scene, action: str) -> None:
    """Each of the sixteen digits, of a photo that was read whole and of one that was not."""
    scene.rules = rules(action)
    for digit in "0123456789abcdef":
        # Of a size of its own, so that no other one stands in for it.
        contents = (large_photo("cars", number) + bytes(ord(digit)) for number in itertools.count())
        scene.put(
            f"{digit}.jpg",
            next(each for each in contents if hashlib.sha256(each).hexdigest()[0] == digit),
        )
    assert 16 == len(scene.sort())

    touched(scene)

    assert {} == scene.sort()


@pytest.mark.parametrize("action", [*ACTIONS, "move"])
def test_a_photo_with_other_bytes_is_new(scene: Scene, action: str) -> None:
    """Of the same name and size, even of the same mtime to the second."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.rules = rules(action)
    scene.sort()
    was = (scene.watch / "a.jpg").stat() if action != "move" else None
    scene.put("a.jpg", photo_bytes("cars", 1))
    if was is not None:
        os.utime(scene.watch / "a.jpg", ns=(was.st_atime_ns, was.st_mtime_ns + 1))

    planned = scene.plan_apart()
    done = scene.sort()

    assert {each.photo: end_foretold(each) for each in planned.files} == done
    # A link to the path leads to the new bytes already.
    end = State.IDENTICAL if action == "symlink" else State.FILED
    assert [end] == [each.state for each in done.values()]


def other_middle(photo: bytes) -> bytes:
    """As long, with the same ends."""
    return photo[: len(photo) // 2] + b"?" + photo[len(photo) // 2 + 1 :]


def other_end(photo: bytes) -> bytes:
    """As long, from the same head to the same end marker."""
    return photo[:-3] + b"?" + photo[-2:]


def longer(photo: bytes) -> bytes:
    """The same ends, and one byte more between."""
    return photo[: len(photo) // 2] + b"?" + photo[len(photo) // 2 :]


def bitmap(says: str, number: int) -> bytes:
    """A BMP of which the classifier process will say `says`."""
    head = b"BM" + bytes(8) + (54).to_bytes(4, "little") + (40).to_bytes(4, "little")
    size = (400).to_bytes(4, "little") + (300).to_bytes(4, "little")
    head += size + b"\1\0" + (24).to_bytes(2, "little")
    pixels = f"says={says};{number};".encode()
    return head.ljust(54, b"\0") + pixels.ljust(400 * 300 * 3, b"\xff")


NEW, KNOWN = True, False
# What takes the place of a filed photo, and whether it is filed as well.
REPLACED = [
    (large_photo, "hardlink", other_end, NEW),
    (large_photo, "hardlink", longer, NEW),
    (large_photo, "copy", other_middle, NEW),
    # What lies in the library says that it is another one.
    (large_photo, "hardlink", other_middle, NEW),
    (large_photo, "move", other_middle, NEW),
    (bitmap, "hardlink", other_middle, NEW),
    (bitmap, "move", other_middle, NEW),
    (large_photo, "hardlink", bytes, KNOWN),
    (large_photo, "move", bytes, KNOWN),
    (bitmap, "move", bytes, KNOWN),
]


@pytest.mark.parametrize(("photo", "action", "replaced", "is_new"), REPLACED)
def test_what_replaces_a_photo_is_new_by_any_byte(
    scene: Scene,
    photo: Callable[[str, int], bytes],
    action: str,
    replaced: Callable[[bytes], bytes],
    is_new: bool,
) -> None:
    """A sync tool puts another version in its place, an hour later."""
    scene.rules = rules(action)
    content = photo("cars", 0)
    scene.put("a.jpg", content)
    scene.sort()
    scene.put("incoming", replaced(content))
    (scene.watch / "incoming").rename(scene.watch / "a.jpg")
    shift(scene.watch / "a.jpg", HOUR_NS)

    planned = scene.plan_apart()
    done = scene.sort()

    assert {each.photo: end_foretold(each) for each in planned.files} == done
    assert ([State.FILED] if is_new else []) == [end.state for end in done.values()]


def test_what_has_the_ends_of_a_photo_that_was_tidied_is_taken_for_it(scene: Scene) -> None:
    """The price: the library has nothing to compare it with. A BMP has all of its bytes hashed."""
    for name, content in (("a.jpg", large_photo("cars", 0)), ("b.bmp", bitmap("cars", 0))):
        scene.rules = rules("move")
        scene.put(name, content)
        scene.sort()
        (scene.library / "All" / name).unlink()
        scene.put(name, other_middle(content))

    assert ["b.bmp"] == [path.rpartition("/")[2] for path in scene.sort()]


@pytest.mark.parametrize("action", [*ACTIONS, "move"])
def test_a_copy_that_a_person_keeps_is_another_file(scene: Scene, action: str) -> None:
    """The rules say what becomes of it, as ever, today and next year."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.rules = rules(action)
    scene.sort()
    scene.put("best/copy.jpg", photo_bytes("cars", 0))

    done = scene.sort()

    assert ["copy.jpg"] == [path.rpartition("/")[2] for path in done]
    assert {"All/a.jpg", "All/copy.jpg"} == files_of(scene)


def test_the_same_recipe_of_another_photo_goes_with_that(scene: Scene) -> None:
    """A phone writes the same bytes for each; that one was deleted with its photo says nothing."""
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    scene.put("IMG_1.aae", SIDECAR)
    scene.sort()
    (scene.watch / "IMG_1.jpg").unlink()
    (scene.watch / "IMG_1.aae").unlink()
    scene.put("IMG_2.jpg", photo_bytes("cars", 1))
    scene.put("IMG_2.aae", SIDECAR)

    scene.sort()

    assert {"All/IMG_1.jpg", "All/IMG_1.aae", "All/IMG_2.jpg", "All/IMG_2.aae"} == files_of(scene)


def test_what_was_moved_and_comes_back_stays(scene: Scene) -> None:
    """Out of a backup, to the same path; to another path it is another copy."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.rules = rules("move")
    scene.sort()
    (scene.library / "All" / "a.jpg").unlink()
    scene.put("a.jpg", photo_bytes("cars", 0))

    assert {} == scene.sort()
    assert (scene.watch / "a.jpg").exists()


def test_an_undone_photo_that_is_touched_stays_undone(scene: Scene) -> None:
    """And the undo is possible after a touch, which changes both names of a hard link."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    shift(scene.watch / "a.jpg", HOUR_NS)
    scene.undo(1)
    assert set() == files_of(scene)
    shift(scene.watch / "a.jpg", HOUR_NS)

    assert {} == scene.sort()
    assert [State.UNDO, State.UNDONE] == rows(scene)


def test_a_touched_photo_is_still_the_one_that_others_are_like(scene: Scene) -> None:
    """What models saw in it goes on to be its own: a later photo is a near duplicate of it."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.rules = (
        "rules: [{name: twins, when: {near_duplicate: true}, to: Twins/}, {name: all, to: All/}]"
    )
    scene.sort()
    shift(scene.watch / "a.jpg", HOUR_NS)
    scene.sort()
    shift(scene.watch / "a.jpg", HOUR_NS)
    scene.put("b.jpg", photo_bytes("cars", 1))

    planned = scene.plan_apart()
    done = scene.sort()

    assert {each.photo: end_foretold(each) for each in planned.files} == done
    assert {"All/a.jpg", "Twins/b.jpg"} == files_of(scene)


def test_what_was_edited_through_its_hard_link_and_then_tidied_stays_so(scene: Scene) -> None:
    """The edit is in the library at once; after a touch it is known by what it became."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    scene.edit(scene.watch / "a.jpg", "append")
    assert [State.IDENTICAL] == [end.state for end in scene.sort().values()]
    (scene.library / "All" / "a.jpg").rename(scene.library / "best.jpg")
    shift(scene.watch / "a.jpg", HOUR_NS)

    assert {} == scene.sort()
    assert {"best.jpg"} == files_of(scene)


def test_a_pass_counts_what_it_recognised_as_known(scene: Scene) -> None:
    """As a plan does; and nothing comes to an end."""
    for number in range(3):
        scene.put(f"{number}.jpg", photo_bytes("cars", number))
    scene.sort()
    touched(scene)
    planned = scene.plan_apart()
    with stood_in(scene.clock):
        log = make_log(LogFormat.JSON, stream=io.StringIO())
        counts = sort_once(scene.config(), log, scene.clock, Blind())

    assert (0, 3) == (counts.files, counts.known) == (len(planned.files), planned.known)


def test_an_older_journal_compares_with_the_library(scene: Scene) -> None:
    """It has no hashes; what was tidied it cannot know, what is there it does."""
    for number in range(2):
        scene.put(f"{number}.jpg", photo_bytes("cars", number))
    scene.rules = rules("copy")
    scene.sort()
    with closing(Journal(journal_path())) as journal:
        journal._database.execute("UPDATE filings SET content_hash = NULL")
    touched(scene)
    shutil.copystat(scene.watch / "0.jpg", scene.library / "All" / "0.jpg")

    assert {} == scene.sort()
    (scene.library / "All" / "1.jpg").unlink()
    touched(scene)

    assert {} == scene.sort()


def test_explain_knows_a_touched_photo(scene: Scene) -> None:
    """Before a pass has seen it, and after: by the filing, with nothing that was there before."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    path = f"{scene.watch}/a.jpg"
    shift(scene.watch / "a.jpg", HOUR_NS)
    with closing(Journal(journal_path(), read_only=True)) as journal:
        assert journal.past_decisions.on(path) is None
        known = recognised(path, scene.config(), journal, scene.clock)
        assert known is not None
        assert (State.FILED, "all") == (known.row.state, known.row.rule)
        assert not is_changed(path, known.row)
        assert journal.past_decisions.replaced_at(path, known) is None
    scene.sort()
    with closing(Journal(journal_path(), read_only=True)) as journal:
        assert known == journal.past_decisions.on(path)
