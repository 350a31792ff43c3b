"""Photos with all that belongs to them, through plan, pass, daemon, undo and refile."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.refile import Refile, Refiling
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.journal import Journal
from tests.commands.test_plan import Blind
from tests.filing.conftest import read_files
from tests.journey.foretold import (
    FILM,
    RAW,
    Scene,
    end_foretold,
    photo_bytes,
    stood_in,
    xmp_for,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journey.foretold import End

XMP = b"<x:xmpmeta/>"


def names_in(folder: Path) -> set[str]:
    """The files below, by their paths."""
    return set(read_files(folder))


def sorted_as_planned(scene: Scene) -> dict[str, End]:
    """What one pass did, which is what the plan said; by paths below the watch folder."""
    foretold = {each.photo: end_foretold(each) for each in scene.plan().files}
    done = scene.sort()
    assert foretold == done
    return {path.removeprefix(f"{scene.watch}/"): end for path, end in done.items()}


def in_library(scene: Scene, ends: dict[str, End]) -> dict[str, str | None]:
    """Where each file went, below the library."""
    return {
        path: end.destination and end.destination.removeprefix(f"{scene.library}/")
        for path, end in ends.items()
    }


@pytest.mark.parametrize("xmp", [xmp_for("ARW"), XMP])
@pytest.mark.parametrize("raw", ["DSC1.ARW", "DSC1.dng"])
def test_a_raw_file_keeps_its_edits(scene: Scene, xmp: bytes, raw: str) -> None:
    """The JPEG goes, and takes along only what names it."""
    scene.rules = "rules: [{name: all, to: All/, action: move}]"
    scene.put("DSC1.JPG", photo_bytes("cars", 0))
    scene.put(raw, RAW)
    scene.put("DSC1.xmp", xmp if raw == "DSC1.ARW" else XMP)
    scene.put(f"{raw}.xmp", XMP)
    scene.put("DSC1.JPG.xmp", XMP)

    ends = sorted_as_planned(scene)

    assert {raw, "DSC1.xmp", f"{raw}.xmp"} == names_in(scene.watch)
    assert {"All/DSC1.JPG", "All/DSC1.JPG.xmp"} == names_in(scene.library)
    assert "its photo was left" == ends["DSC1.xmp"].reason


def test_edits_wait_for_a_raw_file_that_comes_later(scene: Scene) -> None:
    """They say whose they are, and so do not go with the JPEG that came first."""
    scene.rules = "rules: [{name: all, to: All/, action: move}]"
    scene.put("DSC1.JPG", photo_bytes("cars", 0))
    scene.put("DSC1.xmp", xmp_for("ARW"))

    ends = sorted_as_planned(scene)
    scene.put("DSC1.ARW", RAW)
    later = sorted_as_planned(scene)

    assert "a sidecar without its photo" == ends["DSC1.xmp"].reason
    assert "its photo was left" == later["DSC1.xmp"].reason
    assert {} == sorted_as_planned(scene)
    assert {"DSC1.ARW", "DSC1.xmp"} == names_in(scene.watch)


@pytest.mark.parametrize("how", ["run", "sort"])
@pytest.mark.parametrize("action", ["hardlink", "move"])
def test_a_sidecar_that_came_before_its_photo_goes_with_it(
    scene: Scene, how: str, action: str
) -> None:
    """A film may come minutes before its still, and is no photo by itself."""
    scene.rules = f"rules: [{{name: all, to: All/, action: {action}}}]"
    came = {"IMG_1_HEVC.MOV": FILM, "IMG_1.HEIC.xmp": XMP, "IMG_1.HEIC.json": b"{}"}
    for name, content in came.items():
        scene.put(name, content)
    scene.run()
    alone = names_in(scene.watch)
    scene.run()
    scene.put("IMG_1.HEIC", photo_bytes("cars", 0))

    if how == "run":
        scene.run()
    else:
        sorted_as_planned(scene)

    assert set(came) == alone
    assert {f"All/{name}" for name in (*came, "IMG_1.HEIC")} == names_in(scene.library)
    assert {} == scene.run() == sorted_as_planned(scene)


@pytest.mark.parametrize("action", ["hardlink", "copy", "move"])
def test_the_newest_edits_have_the_name_that_programs_read(scene: Scene, action: str) -> None:
    """However often a sidecar is edited; every version before it is kept."""
    scene.rules = f"rules: [{{name: all, to: All/, action: {action}}}]"
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    for edit in range(4):
        scene.put("IMG_1.xmp", XMP + b"%d" % edit)
        sorted_as_planned(scene)

    filed = read_files(scene.library)

    assert XMP + b"3" == filed["All/IMG_1.xmp"]
    older = [filed[f"All/IMG_1.xmp.~{number}~"] for number in (1, 2, 3)]
    assert [XMP + b"%d" % edit for edit in range(3)] == older
    assert 5 == len(filed)
    assert {} == sorted_as_planned(scene)


def test_an_edit_that_is_taken_back_is_the_newest(scene: Scene) -> None:
    """The same bytes as before the last edit are no older version."""
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    for edit in (0, 1, 0):
        scene.put("IMG_1.xmp", XMP + b"%d" % edit)
        sorted_as_planned(scene)

    filed = read_files(scene.library)

    assert XMP + b"0" == filed["All/IMG_1.xmp"] == filed["All/IMG_1.xmp.~1~"]
    assert XMP + b"1" == filed["All/IMG_1.xmp.~2~"]


def test_edits_on_both_sides_do_not_take_each_others_name(scene: Scene) -> None:
    """What a person did in the library stays what programs read there."""
    scene.rules = "rules: [{name: all, to: All/, action: copy}]"
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    scene.put("IMG_1.xmp", XMP)
    scene.sort()
    scene.touch(scene.library / "All/IMG_1.xmp")
    (scene.library / "All/IMG_1.xmp").write_bytes(b"mine, and longer than before")
    scene.put("IMG_1.xmp", XMP + b"theirs")

    sorted_as_planned(scene)

    filed = read_files(scene.library)
    assert b"mine, and longer than before" == filed["All/IMG_1.xmp"]
    assert XMP + b"theirs" == filed["All/IMG_1 (2).xmp"]


def test_an_edited_sidecar_that_is_undone_gives_its_name_back(scene: Scene) -> None:
    """The version before it is what programs read again."""
    scene.rules = "rules: [{name: all, to: All/, action: copy}]"
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    for edit in range(2):
        scene.put("IMG_1.xmp", XMP + b"%d" % edit)
        scene.sort()
    with contextlib.closing(Journal(journal_path())) as journal:
        newest = max(row.id for row in journal.newest_first())

    outcomes = scene.undo_rows(newest)

    assert [None, None] == [each.error for each in outcomes]
    assert XMP + b"0" == read_files(scene.library)["All/IMG_1.xmp"]
    assert {"All/IMG_1.jpg", "All/IMG_1.xmp"} == names_in(scene.library)


def test_a_photo_is_undone_with_all_but_what_has_changed_since(scene: Scene) -> None:
    """The older version of a sidecar cannot go back to where the newer one is, and is told."""
    scene.rules = "rules: [{name: all, to: All/, action: copy}]"
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    for edit in range(2):
        scene.put("IMG_1.xmp", XMP + b"%d" % edit)
        scene.sort()

    outcomes = scene.undo_rows(1)

    errors = [each.error.sentence for each in outcomes if each.error is not None]
    assert ["another file called IMG_1.xmp lies where it came from"] == errors
    assert {"All/IMG_1.xmp": XMP + b"0"} == read_files(scene.library)
    assert XMP + b"1" == read_files(scene.watch)["IMG_1.xmp"]


def refile(scene: Scene) -> list[Refile]:
    """Everything is filed anew by the present rules, as it was planned."""
    with contextlib.closing(Journal(journal_path())) as journal, stood_in(scene.clock):
        refiling = Refiling(scene.config(), journal, Disk(), scene.clock, Blind())
        planned = [each for each in refiling.plan(None, None) if isinstance(each, Refile)]
        for done in refiling.run(planned):
            assert done.is_well, done
        return planned


def test_all_that_belongs_to_a_photo_moves_on_with_it(scene: Scene) -> None:
    """By refile: older versions under their numbers, versions of the photo, films, the rest."""
    scene.rules = "rules: [{name: all, to: All/, action: copy}]"
    scene.put("IMG_1.HEIC", photo_bytes("cars", 0))
    scene.put("IMG_E1.HEIC", photo_bytes("memes", 0))
    scene.put("IMG_1_HEVC.MOV", FILM)
    scene.put("IMG_O1.AAE", XMP)
    for edit in range(2):
        scene.put("IMG_1.xmp", XMP + b"%d" % edit)
        scene.sort()
    before = names_in(scene.library)
    scene.rules = "rules: [{name: all, to: New/, as: '{date:%Y}.{ext}', action: copy}]"

    planned = refile(scene)

    names = ["heic", "xmp", "xmp.~1~"]
    after = {f"New/2024.{name}" for name in names}
    after |= {"New/2024_E.HEIC", "New/2024_HEVC.MOV", "New/2024_O.AAE"}
    assert after == names_in(scene.library)
    assert len(before) == len(after)
    assert after == {
        (each.destination or "").removeprefix(f"{scene.library}/")
        for one in planned
        for _, each in one.ways
    }
    assert XMP + b"1" == read_files(scene.library)["New/2024.xmp"]


@pytest.mark.parametrize("action", ["hardlink", "copy", "move"])
def test_a_duplicate_completes_the_photo_in_the_library(scene: Scene, action: str) -> None:
    """Its sidecar goes where there is none of that name, and nothing is taken away from it."""
    scene.rules = f"rules: [{{name: all, to: All/, action: {action}}}]"
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    scene.put("IMG_1.mov", FILM)
    scene.sort()
    scene.put("again/IMG_1.jpg", photo_bytes("cars", 0))
    scene.put("again/IMG_1.xmp", XMP)
    scene.put("again/IMG_1.mov", FILM + b"\0\0\0\x08free")
    scene.put("again/IMG_1.AAE", XMP)

    ends = sorted_as_planned(scene)

    assert {"All/IMG_1.jpg", "All/IMG_1.mov", "All/IMG_1.xmp", "All/IMG_1.AAE"} == names_in(
        scene.library
    )
    assert FILM == read_files(scene.library)["All/IMG_1.mov"]
    assert f"{scene.watch}/IMG_1.jpg" == ends["again/IMG_1.xmp"].sidecar_of
    assert ("skipped", "identical") == (
        ends["again/IMG_1.mov"].state,
        ends["again/IMG_1.jpg"].state,
    )
    assert {"again/IMG_1.jpg", "again/IMG_1.xmp"} <= names_in(scene.watch)
    assert {} == sorted_as_planned(scene)


def test_a_duplicate_of_a_photo_of_this_pass_or_of_a_persons_own_completes_it_too(
    scene: Scene,
) -> None:
    """As it follows the rules that would have placed it."""
    scene.rules = "rules: [{name: all, to: '{class}/', action: copy}]"
    scene.put("a/IMG_1.jpg", photo_bytes("cars", 0))
    scene.put("b/IMG_1.jpg", photo_bytes("cars", 0))
    scene.put("b/IMG_1.xmp", XMP)
    scene.put("b/IMG_2.jpg", photo_bytes("memes", 0))
    scene.put("b/IMG_2.xmp", XMP)
    (scene.library / "memes").mkdir(parents=True)
    (scene.library / "memes/IMG_2.jpg").write_bytes(photo_bytes("memes", 0))

    sorted_as_planned(scene)

    assert {"cars/IMG_1.jpg", "cars/IMG_1.xmp", "memes/IMG_2.jpg", "memes/IMG_2.xmp"} == names_in(
        scene.library
    )


@pytest.mark.parametrize(
    ("original", "version"),
    [
        ("IMG_4120.JPG", "IMG_E4120.JPG"),
        ("IMG_1.jpg", "IMG_1-edited.jpg"),
        ("IMG_1.HEIC", "IMG_1~2.jpg"),
        ("IMG_1.HEIC", "IMG_1_edited.jpeg"),
        ("PXL_1.PORTRAIT-01.COVER.jpg", "PXL_1.PORTRAIT-02.ORIGINAL.jpg"),
    ],
)
def test_a_photo_and_its_version_are_in_one_folder(
    scene: Scene, original: str, version: str
) -> None:
    """Whatever the model sees in each; with the sidecars of both."""
    scene.rules = "rules: [{name: all, to: '{class}/'}]"
    scene.put(original, photo_bytes("cars", 0))
    scene.put(version, photo_bytes("memes", 0))
    film = f"{version.rpartition('.')[0]}.mov"
    scene.put(film, FILM)

    ends = sorted_as_planned(scene)

    assert {f"cars/{name}" for name in (original, version, film)} == names_in(scene.library)
    assert f"{scene.watch}/{original}" == ends[version].sidecar_of == ends[film].sidecar_of
    assert "goes where that goes" in scene.explain_whether(f"{scene.watch}/{version}")
    scene.undo(1)
    assert set() == names_in(scene.library)


@pytest.mark.parametrize(
    "rules",
    [
        "rules: [{name: all, to: '{class}/', sidecars: alone}]",
        "rules: [{name: cars, when: {class: cars}, leave: true}, {name: all, to: '{class}/'}]",
        "rules: [{name: memes, when: {class: memes}, to: memes/}]",
    ],
)
def test_a_version_is_judged_by_itself_where_nothing_goes_along(scene: Scene, rules: str) -> None:
    """It is a photo, and never left because another one is."""
    scene.rules = rules
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    scene.put("IMG_E1.jpg", photo_bytes("memes", 0))

    ends = sorted_as_planned(scene)

    assert "memes/IMG_E1.jpg" == in_library(scene, ends)["IMG_E1.jpg"]
    assert ends["IMG_E1.jpg"].sidecar_of is None


def test_a_version_of_an_unreadable_original_is_judged_by_itself(scene: Scene) -> None:
    """And one whose original was filed before follows it there."""
    scene.rules = "rules: [{name: all, to: '{class}/'}]"
    scene.put("IMG_1.jpg", photo_bytes("unreadable", 0))
    scene.put("IMG_E1.jpg", photo_bytes("memes", 0))
    scene.put("IMG_2.jpg", photo_bytes("cars", 0))
    sorted_as_planned(scene)
    scene.put("IMG_E2.jpg", photo_bytes("memes", 1))
    scene.put("IMG_2-edited.jpg", photo_bytes("other", 1))

    sorted_as_planned(scene)

    assert {
        "memes/IMG_E1.jpg", "cars/IMG_2.jpg", "cars/IMG_E2.jpg", "cars/IMG_2-edited.jpg",
    } == names_in(scene.library)  # fmt: skip
