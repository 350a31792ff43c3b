"""A dry run is the run: what `plan` says of each file, `sort` does, and `run` too.

Random trees, random rules, and what people do to both between two passes. After each plan the pass
follows at once and both are held side by side, file by file: state, reason, action, place, and the
photo that a sidecar travels with. What `explain` says of each photo is what the pass decides.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from gallery_daemon.journal.record import State
from tests.journey.foretold import (
    FILM,
    RAW,
    End,
    Scene,
    end_foretold,
    photo_bytes,
    xmp_for,
)

_MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None
# Set by the command that counts the trees.
TREES = {"tried": 0, "files": 0}

folders = st.sampled_from(["", "", "", "a/", "a/deep/", "locked/"])
stems = st.sampled_from(["IMG_1", "IMG_1", "img_1", "IMG_2", "IMG_O1", "denied"])
# Those of versions, too: of IMG_1, of one another, and of nothing.
photo_stems = st.one_of(
    stems, st.sampled_from(["IMG_E1", "IMG_1-edited", "IMG_1~2", "IMG_1-edited~2", "IMG_E9"])
)
photo_ends = st.sampled_from([".jpg", ".jpg", ".JPG", ".heic", ".png"])
sidecar_ends = st.sampled_from(
    [
        ".xmp", ".xmp", ".jpg.xmp", ".aae", ".mov", ".mp4", ".XMP", "_HEVC.mov", "_01.jpg.xmp",
        ".jpg.json", ".jpg.supplemental-meta.json", ".jpg.pp3", ".MP", "-edited.mov", ".THM",
    ]
)  # fmt: skip
says = st.sampled_from(
    ["cars", "cars", "memes", "other", "maybe-cars", "unreadable", "drawing", "failing", "secret"]
)
photo_names = st.tuples(folders, photo_stems, photo_ends).map("".join)
sidecar_names = st.one_of(
    st.tuples(folders, stems, sidecar_ends).map("".join),
    st.sampled_from(["IMG_E1.mov", "IMG_E1.xmp", "a/IMG_E1.mov"]),
)
raw_names = st.tuples(folders, stems, st.sampled_from([".arw", ".dng"])).map("".join)
odd_names = st.sampled_from(
    [".hidden.jpg", "x.tmp", "notes.txt", "x.cr2", "Thumbs.db", "@eaDir/x.jpg", "ignored/x.jpg"]
)
no_photos = st.sampled_from([b"text", b"text", b"other text", b"", FILM, RAW, bytes(40)])
numbers = st.integers(0, 1)


def sidecar_bytes(name: str, number: int) -> bytes:
    """An XMP, a recipe of Apple's, a film; of two XMPs one says whose it is."""
    if name.lower().endswith(".xmp") and number:
        return xmp_for("ARW")
    content = FILM if name.endswith((".mov", ".mp4", ".MP")) else b"<x:xmpmeta/>"
    return content + b"\0\0\0\x0cfree" + b"%04d" % number


photos = st.tuples(photo_names, st.builds(photo_bytes, says, numbers))
sidecars = st.tuples(sidecar_names, numbers).map(
    lambda each: (each[0], sidecar_bytes(each[0], each[1]))
)
raws = st.tuples(raw_names, st.just(RAW))
odd_files = st.tuples(st.one_of(photo_names, sidecar_names, odd_names), no_photos)
# Whatever a file is called, it may be none, or one that is not supported.
trees = st.lists(
    st.one_of(photos, photos, sidecars, sidecars, st.one_of(odd_files, raws)),
    min_size=2,
    max_size=9,
)
# Into the file itself, which keeps its inode; by a new file; its mtime or its inode alone; gone.
KEEPS_BYTES = ("touch", "an hour", "two seconds", "new inode", "restored")
edits = st.sampled_from(["append", "append", "replace", "delete", *KEEPS_BYTES])
which = st.integers(0, 9)

tos = st.sampled_from(["All/", "{class}/", "All/{stem}/", "{date:%Y}/", "x{hash8}/"])
calls = st.sampled_from(["", "", '"{name}"', '"{sequence:2}.{ext}"', '"same.{ext}"'])
KINDS = (
    ("cars", "{class: cars}"),
    ("memes", "{class: memes, min_confidence: 0.9}"),
    ("by name", '{name: "IMG_2*"}'),
    ("twins", "{near_duplicate: true}"),
    ("small", "{size: {max: 700B}}"),
)


def _yaml(**said: str) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in said.items()) + "}"


def manners(draw: st.DrawFn) -> dict[str, str]:
    """How photos come into the library, or no word of it."""
    said = {
        "action": draw(st.sampled_from(["", "hardlink", "copy", "move", "symlink"])),
        "sidecars": draw(st.sampled_from(["", "together", "alone"])),
        "on_conflict": draw(st.sampled_from(["", "dedupe", "rename", "keep-both", "skip"])),
        "identical": draw(st.sampled_from(["", "", "merge", "keep", "leave"])),
    }
    return {key: value for key, value in said.items() if value}


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """The rules of a configuration, and what becomes of the rest."""
    chosen = draw(st.lists(st.sampled_from(KINDS), max_size=2, unique=True))
    lines = [f"defaults: {_yaml(**manners(draw))}", "rules:"]
    for name, when in (*chosen, ("all", "")):
        said = {"name": name} | ({"when": when} if when else {})
        if draw(st.integers(0, 7)) == 0:
            lines.append(f"  - {_yaml(**said, leave='true')}")
            continue
        said |= {"to": f'"{draw(tos)}"'} | manners(draw)
        called = draw(calls)
        lines.append(f"  - {_yaml(**said, **({'as': called} if called else {}))}")
    takes_all = draw(st.booleans()) or not chosen
    if not takes_all:
        lines.pop()
    for outcome in ("uncertain", "otherwise", "failed"):
        place = draw(st.sampled_from(["", "", "leave", f"{outcome}/", "All/"]))
        if place:
            lines.append(f"{outcome}: {place}")
    return "\n".join(lines)


class DryRun(RuleBasedStateMachine):
    """One household, its folders and what is said to the daemon."""

    def __init__(self) -> None:
        super().__init__()
        self.state_home = os.environ.get("XDG_STATE_HOME")

    @initialize(is_far=st.sampled_from([False, False, True]), rules=configurations(), files=trees)
    def moves_in(self, is_far: bool, rules: str, files: list[tuple[str, bytes]]) -> None:
        """New folders, the library perhaps on another disk."""
        self.homes = [Path(tempfile.mkdtemp(prefix="gallery-daemon-dry-", dir=_MEMORY))]
        if is_far:
            self.homes.append(Path(tempfile.mkdtemp(prefix="gallery-daemon-dry-")))
        self.scene = Scene(self.homes[0], self.homes[-1] / "library", rules)
        os.environ["XDG_STATE_HOME"] = os.fspath(self.homes[0] / "state")
        self.files_come(files)

    def teardown(self) -> None:
        """Nothing is left of them."""
        for home in getattr(self, "homes", ()):
            shutil.rmtree(home)
        os.environ.pop("XDG_STATE_HOME", None)
        if self.state_home is not None:
            os.environ["XDG_STATE_HOME"] = self.state_home

    # What comes into the watch folder.

    @rule(files=trees)
    def files_come(self, files: list[tuple[str, bytes]]) -> None:
        """Each over what was there."""
        for name, content in files:
            self.scene.put(name, content)

    @rule(
        name=photo_names,
        kind=st.sampled_from(["link", "folder link", "pipe", "folder", "hard link"]),
    )
    def no_file_comes(self, name: str, kind: str) -> None:
        """A name that looks like a photo's and is something else."""
        self.scene.put_no_file(name, kind)

    # What the person and the phone do with what is there.

    @rule(which=which, how=edits, beside=st.one_of(st.none(), sidecar_ends))
    def is_edited(self, which: int, how: str, beside: str | None) -> None:
        """An editor is at work, and perhaps puts a sidecar beside the photo."""
        path = self.any_file(which)
        if path is None:
            return
        self.scene.edit(path, how)
        if beside is not None:
            stem = path.relative_to(self.scene.watch).with_suffix("").as_posix()
            self.scene.put(stem + beside, sidecar_bytes(beside, 0))

    @rule(
        which=which,
        name=st.one_of(photo_names, sidecar_names),
        how=st.sampled_from(["rename", "rename", "sync", "copy"]),
    )
    def is_renamed(self, which: int, name: str, how: str) -> None:
        """It gets another name, perhaps another's; a sync tool writes a new file for it."""
        path, other = self.any_file(which), self.scene.watch / name
        if path is None or path == other or other.is_dir() or "locked" in other.parts:
            return
        other.parent.mkdir(parents=True, exist_ok=True)
        if how == "rename":
            path.rename(other)
            return
        found = path.lstat()
        self.scene.put(name, path.read_bytes())
        os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
        if how == "sync":
            path.unlink()

    @rule(how=st.sampled_from(KEEPS_BYTES))
    def all_keep_their_bytes(self, how: str) -> None:
        """The clock changed, a backup was restored, the card was mounted anew."""
        self.keep_bytes(how)

    def keep_bytes(self, how: str) -> None:
        """That happens to each file."""
        for path in sorted(self.scene.watch.rglob("*")):
            if path.is_file() and not path.is_symlink() and "locked" not in path.parts:
                self.scene.edit(path, how)

    @rule()
    def watch_folder_moves(self) -> None:
        """To another disk, where the old one is not any more."""
        old = self.scene.watch
        self.scene.watch_name = "other" if self.scene.watch_name == "watch" else "watch"
        old.rename(self.scene.watch)
        self.keep_bytes("new inode")

    @rule(which=which, how=st.sampled_from(["delete", "rename", "replace"]))
    def library_is_tidied(self, which: int, how: str) -> None:
        """The person is at work in the library, and leaves something in it."""
        files = sorted(path for path in self.scene.library.rglob("*") if path.is_file())
        if not files:
            return
        path = files[which % len(files)]
        if how == "rename":
            path.rename(path.with_name("mine.jpg"))
        else:
            path.unlink()
            if how == "replace":
                path.write_bytes(photo_bytes("cars", 0))
        (self.scene.library / "mine").mkdir(exist_ok=True)

    @rule(name=st.sampled_from(["All", "cars", "All/IMG_1.jpg", "cars/IMG_1.jpg", "All/01.jpg"]))
    def library_has_a_name(self, name: str) -> None:
        """Something of the person's has a name that a photo or its folder may want."""
        path = self.scene.library / name
        if not os.path.lexists(path) and not (
            path.parent != self.scene.library and path.parent.is_file()
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(photo_bytes("cars", 1))

    @rule(rules=configurations())
    def rules_change(self, rules: str) -> None:
        """The configuration is another."""
        self.scene.rules = rules

    @rule(last=st.integers(1, 3))
    def is_undone(self, last: int) -> None:
        """The last filings are taken back."""
        if (self.homes[0] / "state").exists():
            self.scene.undo(last)

    # What the program does.

    @rule(again=st.sampled_from([False, False, True]), is_apart=st.booleans())
    def is_planned_and_sorted(self, again: bool, is_apart: bool) -> None:
        """One pass does what the plan said."""
        self.compare(again=again, is_apart=is_apart, by="sort")

    @rule()
    def is_sorted_as_planned(self) -> None:
        """The usual way: look, then do it."""
        self.compare(again=False, is_apart=False, by="sort")

    @rule(is_apart=st.booleans())
    def is_planned_and_run(self, is_apart: bool) -> None:
        """The daemon does what the plan said."""
        self.compare(again=False, is_apart=is_apart, by="run")

    def compare(self, *, again: bool, is_apart: bool, by: str) -> None:
        """The plan, the explanations, the deed."""
        scene = self.scene
        found = (scene.plan_apart if is_apart else scene.plan)(again=again)
        foretold = {each.photo: end_foretold(each) for each in found.files}
        assert len(foretold) == len(found.files)
        explained = {}
        if not is_apart:
            explained = {
                each.photo: (scene.explain(each.photo), (each.outcome, each.rule))
                for each in found.files
                if each.top_class is not None
            }
        done = scene.sort(again=again) if by == "sort" else scene.run()
        TREES["tried"] += 1
        TREES["files"] += len(foretold)
        assert {} == {path: both for path, both in explained.items() if both[0] != both[1]}
        if found.warning is not None:
            assert not [end for end in done.values() if end.state == State.FILED]
            return
        if by == "run":
            # The daemon says nothing of names that it ignores, nor of sidecars that still wait.
            foretold = {
                path: end
                for path, end in foretold.items()
                if path in done or end.state not in {State.LEFT, State.FAILED}
            }
        assert _differences(foretold, done) == {}

    def any_file(self, which: int) -> Path | None:
        """One of the files in the watch folder."""
        files = sorted(
            path
            for path in self.scene.watch.rglob("*")
            if path.is_file() and not path.is_symlink() and "locked" not in path.parts
        )
        return files[which % len(files)] if files else None


def _differences(
    foretold: dict[str, End], done: dict[str, End]
) -> dict[str, dict[str, End | None]]:
    """What each side says of the files that they do not agree on."""
    return {
        path: {"plan": foretold.get(path), "did": done.get(path)}
        for path in sorted({*foretold, *done})
        if foretold.get(path) != done.get(path)
    }


def dry_runs(examples: int, *marks: pytest.MarkDecorator) -> type:
    """A test of so many households with up to 14 steps each.

    They are the same in every run, or others each time with `TREES=n`, which is how to hunt.
    """
    chosen = settings(
        max_examples=examples,
        stateful_step_count=14,
        deadline=None,
        derandomize="TREES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    return type("DryRuns", (DryRun.TestCase,), {"settings": chosen, "pytestmark": list(marks)})


TestDryRun = dry_runs(100, pytest.mark.timeout(300))
TestManyDryRuns = dry_runs(
    int(os.environ.get("TREES", "500")), pytest.mark.long, pytest.mark.timeout(3600)
)
