"""Where from and where to, as a person says it, of a photo that two configurations treat otherwise.

With the action where it differs (`move` instead of `hardlink` takes photos off the phone), and with
what happens if a name is taken where nothing else does. `plan --was` and the page of the rules both
say it so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.decision import Action

if TYPE_CHECKING:
    from gallery_daemon.commands.dry_run import PlannedFile
    from gallery_daemon.commands.plan import Change


def folder_in(library: str, destination: str) -> str:
    """The folder of a destination, as a person says it: `Memes/2024/`."""
    folder = destination.rpartition("/")[0] + "/"
    return folder.removeprefix(library.rstrip("/") + "/") or folder


def way_of(change: Change, library: str | None) -> tuple[str, str]:
    """Where from and where to; by which actions, where they differ.

    Without `library` folders are absolute: in two libraries one folder's name is two places.
    """
    is_other = _is_other_action(change)
    was, now = (_place(each, library, says_action=is_other) for each in (change.was, change.now))
    if change.was and change.now and is_same_way(change):
        was, now = was + _if_taken(change.was), now + _if_taken(change.now)
    return was, now


def is_same_way(change: Change) -> bool:
    """Whether nothing differs but what happens if its name is taken."""
    was, now = change.was, change.now
    return (
        was is not None and now is not None and is_same_place(change) and was.action == now.action
    )


def is_same_place(change: Change) -> bool:
    """Whether it would have the same name in the same folder."""
    was, now = (each and each.wanted for each in (change.was, change.now))
    return was is not None and was == now


def _place(planned: PlannedFile | None, library: str | None, *, says_action: bool) -> str:
    if planned is None:
        return "not watched"
    if planned.wanted is None:
        return planned.state
    how = f" by {planned.action}" if says_action and planned.action else ""
    folder = planned.wanted.rpartition("/")[0] + "/"
    return (folder if library is None else folder_in(library, planned.wanted)) + how


def _if_taken(planned: PlannedFile) -> str:
    """In the configuration's words; nothing of a photo whose way was not planned."""
    if planned.conflict is None:
        return ""
    on_conflict, identical = planned.conflict
    usual = identical is on_conflict.usual_identical
    return f" on_conflict {on_conflict}" + ("" if usual else f", identical {identical}")


def _is_other_action(change: Change) -> bool:
    """Whether the action differs; for a photo that had none, only `move` is mentioned."""
    was, now = (each and each.action for each in (change.was, change.now))
    return was != now and now is not None and (was is not None or now == Action.MOVE)
