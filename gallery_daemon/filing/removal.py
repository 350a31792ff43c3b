"""Removing a name: only one of ours, or of a file that is safe elsewhere.

What is removed gets a hidden name first, so that what is unlinked is what was checked: a newer
version that a sync tool puts in its place in the last microsecond survives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.filing.disk import NoSafeRename
from gallery_daemon.filing.steps import names_to_try
from gallery_daemon.rules.component import NAME_BYTES, byte_length, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.record import Rights
    from gallery_daemon.photo import Identity

_TOKEN_SHOWN = 8


def temporary_name(token: str) -> str:
    """The hidden name of a copy that is being written, in the destination's folder."""
    return f".gallery-daemon-{token}.part"


def probe_name(token: str) -> str:
    """The hidden name by which it is tried whether a temporary can be renamed."""
    return f".gallery-daemon-{token}.probe"


def tombstone_name(token: str) -> str:
    """The hidden name of a moved source before it is removed, in its own folder."""
    return f".gallery-daemon-{token}.gone"


def apart_name(name: str, token: str) -> str:
    """A name that nobody else takes, in plain sight, for a file that had the name `name`."""
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    ending = f" (gallery-daemon {token[:_TOKEN_SHOWN]}){dot}{extension}"
    return cut(stem, NAME_BYTES - byte_length(ending)) + ending


def take_away(disk: Disk, home: tuple[int, str], identity: Identity, token: str) -> str | None:
    """Remove the source, whose bytes are safe in the library; or the reason why it stays."""
    folder, _name = home
    gone = (folder, tombstone_name(token))
    try:
        disk.hide(home, gone)
    except FileNotFoundError:
        return None
    except OSError as error:
        why = disk.why_it_stays(home)
        return f"the source cannot be taken away ({why or error.strerror}), so it stays"
    if disk.identity(*gone) != identity:
        name = give_back(disk, gone, home, token)
        renamed = "" if name == home[1] else f" as {name}"
        return f"the source changed meanwhile, so it stays{renamed}"
    disk.unlink(*gone)
    disk.sync(folder)
    return None


def take_away_copied(
    disk: Disk,
    home: tuple[int, str],
    identity: Identity,
    token: str,
    copy: tuple[int, str],
    *,
    rights: Rights | None,
) -> str | None:
    """Remove the source if the copy has all of it, tags and permissions too; or why it stays.

    `rights` are the source's, where its disk keeps none.
    """
    with disk.source(*home, identity) as source:
        shortfall = disk.shortfall(source, *copy, rights)
        if shortfall.lost:
            return f"{shortfall}, so the source stays"
        return take_away(disk, home, identity, token)


def withdraw(disk: Disk, placed: tuple[int, str], identity: Identity, token: str) -> None:
    """Remove a file of our making that has its final name and shall not: it is not whole."""
    folder, _name = placed
    hidden = (folder, temporary_name(token))
    disk.hide(placed, hidden)
    if disk.identity(*hidden) != identity:
        give_back(disk, hidden, placed, token)
        return
    disk.unlink(*hidden)
    disk.sync(folder)


def give_back(disk: Disk, taken: tuple[int, str], home: tuple[int, str], token: str) -> str:
    """Put back a file that was taken by mistake; its name, another one if that is taken again.

    A sync tool may have put another version there meanwhile, and each may be the only copy. Where
    no rename is safe, the file's own name cannot be had: a copy under it would be half a photo
    after a kill, and a rename could replace what was put there in that instant. So it lies under a
    name that nobody else takes.
    """
    folder, first = home
    try:
        name = _rename_to_free(disk.rename, taken, (folder, first))
    except NoSafeRename:
        name = _rename_to_free(disk.hide, taken, (folder, apart_name(first, token)))
    disk.sync(folder)
    return name


def _rename_to_free(
    rename: Callable[[tuple[int, str], tuple[int, str]], None],
    taken: tuple[int, str],
    place: tuple[int, str],
) -> str:
    """Give it the first name that is free."""
    folder, first = place
    for name in names_to_try(first):
        try:
            rename(taken, (folder, name))
        except FileExistsError:
            continue
        return name
    raise AssertionError("names do not run out")
