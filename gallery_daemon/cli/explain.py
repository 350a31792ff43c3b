"""`explain`: why a photo lies where it lies, or where it would go, and what would change that."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Annotated

import typer

from gallery_daemon.cli.config_file import read_to_look
from gallery_daemon.cli.explained import (
    path_of,
    print_ignored,
    print_remembered,
    print_today,
    say_replaced,
    say_today,
)
from gallery_daemon.cli.history import public
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.plain import print_error
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.explain import Explained, explain_file, ignored_by_name
from gallery_daemon.config.kinds.local import absolute
from gallery_daemon.config.settings import Config
from gallery_daemon.daemon.configuration import classes_of
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.decision import TraceEntry
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.past_decisions import PastDecision
from gallery_daemon.journal.record import Row
from gallery_daemon.photo import Prediction
from gallery_daemon.rules.explain import NearMiss, near_misses_of


def explain(
    file: Annotated[Path, typer.Argument(help="A photo, or its place in the library.")],
    *,
    config: ConfigFile = None,
    model: Annotated[
        str | None, typer.Option(help="`default` or a bundle's folder; the configuration's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say why a photo went where it lies, or where it would go; nothing is filed.

    Each rule with each condition and whether it held, and what would have to change for another
    rule to take it. Of a photo that was filed: by the rules and the model of that time, and in one
    line what today's would do. Of a file that its name keeps from `run`: by which pattern, and with
    --model the rest too.

    Examples:
        gallery-daemon explain ~/Sync/Camera/IMG_2041.HEIC

        gallery-daemon explain --json ~/Pictures/Sorted/Memes/IMG_2041.HEIC
    """
    place = absolute(str(file), str(Path.cwd()))
    if model is not None:
        classes_of(model)  # a mistyped bundle is told before anything is started
    before, known = _recorded(place)
    if known is None:
        said = _tell_new(place, read_to_look(config), model, as_json=as_json)
    else:
        said = _tell_known(place, known, config, model, as_json=as_json)
    if as_json:
        print(json.dumps({"path": place} | said | ({"before": public(before)} if before else {})))
    elif before:
        say_replaced(before)


def _recorded(place: str) -> tuple[Row | None, PastDecision | None]:
    """What the journal has of another file that was at the path before, and of this one."""
    path = journal_path()
    if not path.exists():
        return None, None
    with contextlib.closing(Journal(path, read_only=True)) as journal:
        return journal.past_decisions.replaced_at(place), journal.past_decisions.on(place)


def _tell_new(place: str, config: Config, model: str | None, *, as_json: bool) -> dict[str, object]:
    """Of a file that the journal does not know: what is to be printed as JSON, or is printed."""
    # To ask another model about it makes sense all the same.
    ignored = ignored_by_name(place, config) if model is None else None
    if ignored is not None:
        if not as_json:
            print_ignored(place, ignored)
        said: dict[str, object] = {"config": config.file, "photo": place}
        return {"today": said | _nowhere(ignored)}
    today = explain_file(place, config, SystemClock(), bundle=model)
    if not as_json:
        print_today(today, config)
    return {"today": _today(today, config)}


def _tell_known(
    place: str, known: PastDecision, config: Path | None, model: str | None, *, as_json: bool
) -> dict[str, object]:
    """The same of one that it knows."""
    if not as_json:
        print_remembered(place, known)
    said: dict[str, object] = {"then": _then(known)}
    try:
        loaded = read_to_look(config)
        today = explain_file(place, loaded, SystemClock(), known, bundle=model)
    except GalleryError as error:
        # What was done stands, whatever the rules of today are.
        print_error(error)
        return said
    if not as_json:
        say_today(known, today, loaded)
    return said | {"today": _today(today, loaded)}


def _then(known: PastDecision) -> dict[str, object]:
    told = {"rules": _rules(known.trace), "near_misses": _misses(near_misses_of(known.trace))}
    return public(known.row) | _probabilities(known.prediction) | told


def _today(today: Explained, config: Config) -> dict[str, object]:
    facts, decision = today.facts, today.explanation.decision
    said: dict[str, object] = {
        "config": config.file,
        "photo": today.photo.path,
        "taken": facts.taken.when.isoformat(),
        "taken_from": facts.taken.origin,
    }
    if today.is_looked_at:
        names = ("format", "width", "height", "camera", "has_exif", "has_gps")
        said |= {name: getattr(facts, name) for name in names}
    lines = {each.entry.rule: (each.line, each.is_reached) for each in today.explanation.rules}
    rules = _rules(tuple(each.entry for each in today.explanation.rules))
    for rule in rules:
        rule["line"], rule["reached"] = lines[str(rule["rule"])]
    return (
        said
        | {"class": today.prediction.top_class, "model": today.prediction.model}
        | _probabilities(today.prediction)
        | {
            "rules": rules,
            "outcome": decision.outcome,
            "rule": decision.rule,
        }
        | _whereto(today, config)
        | {
            "near_misses": _misses(today.explanation.near_misses),
        }
    )


def _whereto(today: Explained, config: Config) -> dict[str, object]:
    """The place and how it gets there; of a file not yet known, what else keeps it from one."""
    if today.passed_over is not None:
        return _nowhere(today.passed_over)
    place, planned = today.explanation.decision.destination, today.planned
    action, where = None, None
    if planned is not None:
        action, where = planned.action, planned.destination
    elif place is not None:
        action, where = place.action, path_of(place, config)
    said: dict[str, object] = {"action": action, "destination": where}
    if planned is not None:
        said |= {"state": planned.state, "reason": planned.reason}
    return said


def _nowhere(why: str) -> dict[str, object]:
    """As if it were not there: what its rule would make of it shall not be read as its end."""
    return dict.fromkeys(("action", "destination", "state", "reason")) | {"passed_over": why}


def _probabilities(prediction: Prediction | None) -> dict[str, object]:
    if prediction is None:
        return {}
    rounded = {name: round(value, 4) for name, value in prediction.probabilities.items()}
    return {"confidence": round(prediction.confidence, 4), "probabilities": rounded}


def _rules(trace: tuple[TraceEntry, ...]) -> list[dict[str, object]]:
    return [
        {
            "rule": entry.rule,
            "truth": entry.truth,
            "conditions": [
                {"condition": check.condition, "truth": check.truth, "reason": check.reason}
                for check in entry.checks
            ],
        }
        for entry in trace
    ]


def _misses(misses: tuple[NearMiss, ...]) -> list[dict[str, object]]:
    return [
        {
            "rule": miss.rule,
            "line": miss.line,
            "missing": [check.reason for check in miss.missing],
            "behind": miss.behind,
        }
        for miss in misses
    ]
