"""What a changed configuration would do otherwise: from where to where, and by which action.

The action is a part of it: `move` where `hardlink` was takes the photos off the phone. So is what
becomes of a photo whose name is taken.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gallery_daemon.cli.forecast import folder_in, print_ways, public
from gallery_daemon.decision import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gallery_daemon.commands.forecast import Change, Forecast
    from gallery_daemon.commands.plan import Planned


def print_changes(
    changes: Sequence[Change], was: Forecast, now: Forecast, *, all_names: bool
) -> None:
    """The photos, of all that either looks at, that would go elsewhere: where from, where to."""
    # In two libraries one folder's name is two places.
    library = now.library if was.library == now.library else None
    print_ways([_way(each, library) for each in changes], all_names=all_names)
    stay = sum(_is_same_place(each) for each in changes)
    taken = sum(_is_same_way(each) for each in changes)
    of = len({each.photo for each in (*was.files, *now.files)})
    otherwise = f", {stay - taken} to the same place by another action" if stay > taken else ""
    otherwise += f", {taken} to the same place unless their name is taken" if taken else ""
    print(f"{len(changes) - stay} of {of} files would go elsewhere{otherwise}")


def print_changes_json(changes: Iterable[Change]) -> None:
    """One JSON object for each photo that would go elsewhere or otherwise: `was` and `now`.

    Both are as in a plan, with what would become of the photo if its name were taken.
    """
    for change in changes:
        was, now = (each and _public(each) for each in (change.was, change.now))
        print(json.dumps({"photo": change.photo, "was": was, "now": now}))


def _public(planned: Planned) -> dict[str, object]:
    on_conflict, identical = planned.conflict or (None, None)
    return public(planned) | {"on_conflict": on_conflict, "identical": identical}


def _way(change: Change, library: str | None) -> tuple[str, str, str]:
    """Where from, where to, and what; by which actions, where they differ."""
    is_other = _is_other_action(change)
    was, now = (_place(each, library, says_action=is_other) for each in (change.was, change.now))
    if change.was and change.now and _is_same_way(change):
        was, now = was + _if_taken(change.was), now + _if_taken(change.now)
    return was, now, change.photo


def _place(planned: Planned | None, library: str | None, *, says_action: bool) -> str:
    """Where it would go, as a folder (absolute without `library`); or what else becomes of it."""
    if planned is None:
        return "not watched"
    if planned.wanted is None:
        return planned.state
    how = f" by {planned.action}" if says_action and planned.action else ""
    folder = planned.wanted.rpartition("/")[0] + "/"
    return (folder if library is None else folder_in(library, planned.wanted)) + how


def _if_taken(planned: Planned) -> str:
    """In the configuration's words."""
    assert planned.conflict is not None
    on_conflict, identical = planned.conflict
    usual = identical is on_conflict.usual_identical
    return f" on_conflict {on_conflict}" + ("" if usual else f", identical {identical}")


def _is_same_way(change: Change) -> bool:
    """Whether only what becomes of it if its name is taken differs."""
    was, now = change.was, change.now
    return (
        was is not None and now is not None and _is_same_place(change) and was.action == now.action
    )


def _is_other_action(change: Change) -> bool:
    """Whether the action differs; for what had none, only `move` is worth a word."""
    was, now = (each and each.action for each in (change.was, change.now))
    return was != now and now is not None and (was is not None or now == Action.MOVE)


def _is_same_place(change: Change) -> bool:
    was, now = (each and each.wanted for each in (change.was, change.now))
    return was is not None and was == now
