"""The kernel's limits on watches: enough for all folders, or these are polled and photos wait.

inotify needs one watch for each folder, those below included, and one instance for each watch
folder; both limits are for all programs of the user together. Source: inotify(7).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.doctor.finding import counted, odd, well

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.doctor.finding import Finding

ABOUT = "inotify"
_PROC = Path("/proc")
_LIMITS = Path("sys/fs/inotify")
# What is advised is never less. Source: the kernel's own default on a machine with 8 GB, and what
# editors that watch source trees ask for.
_ROOMY = {"max_user_watches": 524_288, "max_user_instances": 512}
# The kernel's default; what overflows a shorter queue is found by a listing, later.
_QUEUE = 16_384
# Above this share of a limit, a few more folders will reach it.
_NEARLY = 0.8


@dataclass(frozen=True, slots=True)
class Room:
    """The user's limits, and how much of them other programs use."""

    max_user_watches: int
    max_user_instances: int
    max_queued_events: int
    used_watches: int = 0
    used_instances: int = 0


def look_at_inotify(without: frozenset[int], proc: Path = _PROC) -> Room | None:
    """The limits, and what this user's processes but those in `without` use; None: not readable."""
    limits = proc / _LIMITS
    names = ("max_user_watches", "max_user_instances", "max_queued_events")
    try:
        read = [int((limits / name).read_text("ascii")) for name in names]
    except (OSError, ValueError):
        return None
    watches = instances = 0
    for process in proc.iterdir():
        if process.name.isdecimal() and int(process.name) not in without:
            for held in _instances_of(process):
                instances += 1
                watches += held
    return Room(read[0], read[1], read[2], watches, instances)


def judge_inotify(room: Room | None, folders: int, roots: int) -> Iterator[Finding]:
    """Whether `folders` folders below `roots` watch folders can be watched by inotify."""
    if not roots:
        yield well(ABOUT, "not needed: every watch folder is polled")
        return
    if room is None:
        yield odd(ABOUT, "the kernel's limits cannot be read", "is /proc mounted?")
        return
    # One instance more: whether there is room for another watch is found out with one.
    wanted = (
        ("max_user_watches", room.max_user_watches, room.used_watches, folders),
        ("max_user_instances", room.max_user_instances, room.used_instances, roots + 1),
    )
    findings = [_judge(*each) for each in wanted]
    troubles = [each for each in findings if each is not None]
    yield from troubles
    if room.max_queued_events < _QUEUE:
        what = f"fs.inotify.max_queued_events is {room.max_queued_events}, so many photos at once"
        advice = _raise("max_queued_events", _QUEUE)
        yield odd(ABOUT, f"{what} are noticed only by the next listing", advice)
    if not troubles:
        free = room.max_user_watches - room.used_watches
        yield well(ABOUT, f"{counted(folders, 'folder')} to watch, room for {free}")


def _judge(name: str, limit: int, used: int, wanted: int) -> Finding | None:
    if used + wanted <= limit * _NEARLY:
        return None
    what = f"{wanted} needed, {used} used by other programs, fs.inotify.{name} is {limit}"
    enough = max(_ROOMY[name], 1 << (2 * (used + wanted)).bit_length())
    if used + wanted > limit:
        return odd(ABOUT, f"{what}: too few, so folders are polled", _raise(name, enough))
    return odd(ABOUT, f"{what}: nearly used up", _raise(name, enough))


def _raise(name: str, value: int) -> str:
    line = f"fs.inotify.{name}={value}"
    return f"echo {line} | sudo tee -a /etc/sysctl.d/60-inotify.conf && sudo sysctl --system"


def _instances_of(process: Path) -> Iterator[int]:
    """The watches of each inotify instance of a process; none of what is not ours to see."""
    try:
        held = os.listdir(process / "fd")  # noqa: PTH208 - names are all that is needed
    except OSError:
        return
    for number in held:
        try:
            if os.readlink(process / "fd" / number) == "anon_inode:inotify":  # noqa: PTH115 - no path
                lines = (process / "fdinfo" / number).read_text("ascii").splitlines()
                yield sum(line.startswith("inotify ") for line in lines)
        except OSError:
            continue  # closed meanwhile
