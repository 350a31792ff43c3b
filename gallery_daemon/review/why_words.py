"""Why a photo is where it is, in the words of a page."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from gallery_daemon.decision import Outcome, Truth
from gallery_daemon.journal.record import State
from gallery_daemon.rules.conditions.model import STRANGE_BELOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gallery_daemon.commands.why import Why
    from gallery_daemon.journal.record import Row
    from gallery_daemon.learning.resembled import Resemblance
    from gallery_daemon.photo import Prediction
    from gallery_daemon.rules.explain import Asked

_ANSWERS: Final[Mapping[Truth, str]] = {
    Truth.YES: "holds",
    Truth.UNSURE: "nearly",
    Truth.NO: "fails",
}
_DAY_AND_MINUTE: Final = len("2026-03-04T05:06")


def why_in_words(why: Why) -> Mapping[str, object]:
    """What the template shows."""
    row = why.remembered.known.row
    return {
        "name": row.candidate.name,
        "place": why.remembered.place,
        "model": None if why.prediction is None else why.prediction.model,
        "probabilities": [] if why.prediction is None else _by_size(why.prediction),
        "notes": list(_notes(why.prediction)),
        "said": why.said,
        "rules": [_rule(each) for each in why.rules],
        "is_of_then": why.is_of_then,
        "trouble": None if why.trouble is None else why.trouble.sentence,
        "end": _end(why),
        "misses": [(miss.rule, miss.sentence) for miss in why.near_misses],
        "lesson": why.remembered.lesson,
        "history": [_became(each) for each in why.remembered.history],
    }


def resemblance_in_words(found: Resemblance) -> Mapping[str, object]:
    """What the template shows: the model's pictures in a sentence, the lessons with their ids."""
    return {
        "pictures": f"{found.words}.",
        "lessons": [
            (each.id, PurePath(each.photo).name, each.class_name, f"{each.similarity:.2f}")
            for each in found.lessons
        ],
    }


def _by_size(prediction: Prediction) -> Sequence[tuple[str, float]]:
    return sorted(prediction.probabilities.items(), key=lambda each: -each[1])


def _notes(prediction: Prediction | None) -> Iterator[str]:
    """What the model knows of itself and of the photo."""
    if prediction is None:
        return
    if prediction.precision is not None:
        yield (
            f"Of a hundred pictures that it called {prediction.top_class} as surely, "
            f"{prediction.precision * 100:.0f} were so."
        )
    if prediction.familiarity is not None:
        strange = "It is strange: only" if prediction.familiarity < STRANGE_BELOW else ""
        few = f"{prediction.familiarity * 100:.0f} of a hundred pictures of known kinds"
        yield f"{strange} {few} are as far from what it was taught.".strip()


def _rule(asked: Asked) -> Mapping[str, object]:
    answer = _ANSWERS[asked.entry.truth]
    if asked.entry.truth is Truth.YES:
        answer = "matches"
    checks = asked.entry.checks
    return {
        "name": asked.entry.rule,
        "line": asked.line or None,
        "answer": answer if asked.is_reached else "not reached",
        "truth": asked.entry.truth.value if asked.is_reached else "unreached",
        "checks": [(_ANSWERS[each.truth], each.condition, each.reason) for each in checks],
    }


def _end(why: Why) -> str | None:
    """What today's rules would do with it."""
    decision = why.decision
    if decision is None:
        return None
    by = f"the rule {decision.rule}" if decision.outcome is Outcome.RULE else decision.outcome.value
    if decision.destination is None:
        return f"{by}: it is left where it is"
    return f"{by}: {'/'.join(decision.destination.folder)}/"


def _became(row: Row) -> tuple[str, str]:
    """When, and what."""
    when = row.decided_at[:_DAY_AND_MINUTE].replace("T", " ")
    return when, f"{_did(row)}{f' ({row.reason})' if row.reason else ''}"


def _did(row: Row) -> str:
    where = "" if row.name is None else f" to {'/'.join(row.folder)}/"
    by = "" if row.said is None else f", as you said {row.said}"
    match row.state:
        case State.FILED:
            return f"filed{where}{by}"
        case State.REFILED:
            return f"filed{where}{by}, and filed anew since"
        case State.UNDONE:
            return f"filed{where}{by}, and taken back since"
        case State.UNDO:
            return "taken back"
        case State.LEFT:
            return "left where it was"
        case _:
            return row.state.value
