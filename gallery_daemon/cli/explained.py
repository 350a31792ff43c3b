"""What `explain` says of a photo at a terminal: facts, bars, the rules as a tree, and the end.

Every answer is a word ("holds", "fails", "nearly"), so that nothing is said by colour alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.filesize import decimal
from rich.text import Text
from rich.tree import Tree

from gallery_daemon.cli import public
from gallery_daemon.cli.fitting import homely, sentence
from gallery_daemon.cli.moments import to_the_second
from gallery_daemon.cli.plain import shown
from gallery_daemon.cli.render import print_words
from gallery_daemon.commands.explain import is_changed
from gallery_daemon.daemon.precision_limits import interval_of, precision_limits
from gallery_daemon.decision import Outcome, Truth
from gallery_daemon.journal.record import State
from gallery_daemon.model.precision import threshold
from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.photo import LookKind, TakenFrom
from gallery_daemon.rules.component import NUMBER
from gallery_daemon.rules.conditions.model import STRANGE_BELOW
from gallery_daemon.rules.explain import near_misses_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.commands.explain import Explained
    from gallery_daemon.config.settings import Config
    from gallery_daemon.decision import Decision, TraceEntry
    from gallery_daemon.journal.past_decisions import PastDecision
    from gallery_daemon.journal.record import Row
    from gallery_daemon.learning.resembled import Resemblance
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.photo import Prediction, Taken
    from gallery_daemon.rules.explain import NearMiss

_BAR = 20
_NEAR_MISSES = 3
_ROUNDING = 1e-6
"""How far a precision may be from the tally that it was read of; engines compute in float32."""
_LOOKS = {
    LookKind.FULL: "a full look",
    LookKind.QUICK: "a quick look, which was enough: a full one would change nothing",
}
_WORDS: Mapping[Truth, tuple[str, str]] = {
    Truth.YES: ("holds", "green"),
    Truth.UNSURE: ("nearly", "yellow"),
    Truth.NO: ("fails", "red"),
}


def print_today(today: Explained, config: Config, manifest: Manifest) -> None:
    """Print everything about a photo that was never filed."""
    console = Console(highlight=False, markup=False)
    facts, photo = today.facts, today.photo
    console.print(Text(homely(photo.path), style="bold"))
    gps = "GPS" if facts.has_gps else "no GPS"
    exif = f"EXIF, {gps}" if facts.has_exif else "no EXIF"
    size = decimal(photo.identity.size_bytes)
    _print(console, f"{facts.format}, {facts.width}x{facts.height}, {size}, {exif}")
    camera = f", {facts.camera}" if facts.camera else ""
    _print(console, f"{_taken(facts.taken)}{camera}")
    if today.is_outside:
        _print(console, f"in no watch folder: judged as if it lay in {photo.candidate.source}")
    _print_bars(console, today.prediction, manifest)
    for limit in precision_limits(config.rules, manifest):
        if limit.top_class == today.prediction.top_class:
            _print(console, limit.sentence)
    file = config.file or ""
    tree = Tree(f"rules of {homely(file)}")
    for asked in today.explanation.rules:
        _grow(tree, asked.entry, f"line {asked.line}", is_reached=asked.is_reached)
    console.print(tree)
    _print_end(console, "outcome", _outcome(today, config))
    _print_misses(console, today.explanation.near_misses, Path(file).name)


def print_past(place: str, known: PastDecision, manifest: Manifest | None) -> None:
    """Print what was done with a file and why, from the journal.

    `manifest` is that of today's model, which may be the one of that time.
    """
    console = Console(highlight=False, markup=False)
    row = known.asked
    console.print(Text(homely(place), style="bold"))
    when = to_the_second(row.decided_at)
    _print(console, f"{row.state} on {when}; what follows is of that time (journal, {row.id})")
    if place != row.path:
        _print(console, homely(f"came from {row.path}"))
    if place not in {row.path, row.destination}:
        _print(console, "the same file was renamed or moved since")
    if is_changed(place, row):
        _print(console, "the file has changed since")
    if known.sidecar is not None:
        _print(console, homely(_with_its_photo(known.sidecar, known.row)))
    if known.taken is not None:
        _print(console, _taken(known.taken))
    if known.prediction is not None:
        _print_bars(console, known.prediction, manifest)
    if known.row.said is not None:
        _print(console, f"you said that it is {known.row.said}, and the rules went by that")
    if known.trace:
        tree = Tree("the rules of that time, up to the one that matched")
        for entry in known.trace:
            _grow(tree, entry, "", is_reached=True)
        console.print(tree)
    outcome = f"rule {known.row.rule}" if known.row.rule else known.row.outcome or "none"
    is_there = row.destination is not None and row.state is not State.UNDONE
    where = f" -> {row.action} to {row.destination}" if is_there else ""
    why = f" ({row.reason})" if row.reason else ""
    _print_end(console, "outcome", shown(f"{outcome}{where}{why}"))
    _print_misses(console, near_misses_of(known.trace), "")


def _with_its_photo(sidecar: Row, photo: Row) -> str:
    names = (row.relative.rpartition("/")[2] for row in (sidecar, photo))
    of = " is a sidecar of ".join(names)
    if sidecar.state is State.FILED:
        return f"{of} and was filed with it, to {sidecar.destination}; the rest is of the photo"
    return f"{of}; the rest is of the photo"


def print_ignored(place: str, why: str) -> None:
    """Print why `run` passes over a file by its name."""
    console = Console(highlight=False, markup=False)
    console.print(Text(homely(place), style="bold"))
    _print_end(console, "outcome", f"passed over by `run`: {shown(why)}")


def print_no_photo(place: str, why: str) -> None:
    """Print why no rule is asked about a file."""
    console = Console(highlight=False, markup=False)
    console.print(Text(homely(place), style="bold"))
    _print_end(console, "outcome", _left(why))


def print_left_today(why: str) -> None:
    """Print why no rule of today is asked about a file."""
    _print_end(Console(highlight=False, markup=False), "today", _left(why))


def _left(why: str) -> str:
    return f"left where it is by `run`: {shown(why)}"


def print_lesson(lesson: str) -> None:
    """Print what was said of the photo, or why its place says nothing."""
    _print(Console(highlight=False, markup=False), f"lesson: {lesson}")


def print_resemblance(found: Resemblance) -> None:
    """Print what the photo is most like, of the model's pictures and of the lessons."""
    lessons = (
        f"{Path(each.photo).name} ({each.class_name}, {each.similarity:.2f})"
        for each in found.lessons
    )
    of_yours = f"; of your lessons {', '.join(lessons)}" if found.lessons else ""
    _print(Console(highlight=False, markup=False), f"resembles: {found.words}{of_yours}")


def print_replaced(before: Row) -> None:
    """Print what became of a file that was there before, or of this one before it changed."""
    where = f" to {before.destination}" if before.state is State.FILED else ""
    which = f"another file, or this one before it changed (journal, {before.id})"
    console = Console(highlight=False, markup=False)
    when = to_the_second(before.decided_at)
    _print_end(console, "before", shown(f"{before.state} on {when}{where}: {which}"))


def print_present_end(known: PastDecision, today: Explained, config: Config) -> None:
    """Print in one line what the present rules would do with a photo that was filed."""
    end, now = _end(today.explanation.decision, config), today.prediction
    is_same = known.prediction is not None and known.prediction.model == now.model
    model = "" if is_same else f" ({now.model} says {now.top_class} {now.confidence:.2f})"
    console = Console(highlight=False, markup=False)
    whose = "" if known.sidecar is None else "its photo: "
    _print_end(console, "today", f"{whose}{end}{shown(model)}")


def _taken(taken: Taken) -> str:
    date = PartialDate(taken.when.replace(microsecond=0), taken.granularity)
    if taken.origin is TakenFrom.MTIME:
        return f"no date taken is known; the file is of {date} (by {taken.origin})"
    is_open = not date.knows(Granularity.HOUR)
    rest = f"; the {date.granularity.finer} is not known" if is_open else ""
    return f"taken {date} (by {taken.origin}){rest}"


def _print(console: Console, line: str) -> None:
    print_words(console, Text(sentence(line, 2)))


def _print_end(console: Console, what: str, words: str) -> None:
    print_words(console, Text.assemble((f"{what}: ", "bold"), homely(words)))


def _print_bars(console: Console, prediction: Prediction, manifest: Manifest | None) -> None:
    """The model, each class's probability, and what the model knows of itself and the photo."""
    _print(console, f"model {prediction.model}, {_LOOKS[prediction.look]}")
    width = max(map(len, prediction.probabilities))
    by_size = sorted(prediction.probabilities.items(), key=lambda item: -item[1])
    full, empty = ("█", "·") if console.encoding.startswith("utf") else ("#", ".")
    for number, (name, value) in enumerate(by_size):
        length = round(value * _BAR)
        bar = full * length + empty * (_BAR - length)
        style = "bold" if number == 0 else ""
        console.print(Text(f"    {shown(name):<{width}}  {bar}  {value:.3f}", style=style))
    if prediction.precision is not None:
        _print(console, _precision(prediction, prediction.precision, manifest))
    if prediction.familiarity is not None:
        _print(console, _familiarity(prediction.familiarity))


def _precision(prediction: Prediction, precision: float, manifest: Manifest | None) -> str:
    """What the precision means, and how sure it is where the manifest is of the same model."""
    is_same = manifest is not None and manifest.model_id == prediction.model
    look = manifest.looks.get(prediction.look) if manifest and is_same else None
    tally = None if look is None else look.tallies.get(prediction.top_class)
    found = None if tally is None else threshold(tally, precision - _ROUNDING)
    sure = "" if found is None else f" ({interval_of(found)})"
    called = f"of a hundred pictures called {prediction.top_class} as surely"
    return f"precision {precision:.3f}: {called}, {precision * 100:.0f} are so{sure}"


def _familiarity(familiarity: float) -> str:
    strange = "; it counts as strange" if familiarity < STRANGE_BELOW else ""
    share = f"{familiarity * 100:.0f} of a hundred pictures of known kinds"
    return f"familiarity {familiarity:.2f}: {share} are as far from what was taught{strange}"


def _grow(tree: Tree, entry: TraceEntry, place: str, *, is_reached: bool) -> None:
    """Add the rule with its conditions to the tree."""
    word, colour = _WORDS[entry.truth]
    if not is_reached:
        word, colour = f"not reached ({word})", "dim"
    elif entry.truth is Truth.YES:
        word = "matches"
    where = f"  {place}" if place else ""
    branch = tree.add(Text.assemble((shown(entry.rule), "bold"), where, "  ", (word, colour)))
    for check in entry.checks:
        answer, paint = _WORDS[check.truth]
        paint = paint if is_reached else "dim"
        reason = f"  ({shown(check.reason)})"
        branch.add(Text.assemble((f"{answer:<6}", paint), f"  {shown(check.condition)}", reason))


def _outcome(today: Explained, config: Config) -> str:
    """A line: what would become of a photo that was never filed."""
    planned, decision = today.planned, today.explanation.decision
    end, place = _end(decision, config), decision.destination
    if planned is not None and place is not None:
        end = f"{_by(decision)} -> {planned.action} to {planned.destination}"
        why = planned.reason
        if planned.state is not State.FILED:
            end = f"{_by(decision)} -> {planned.state}"
        elif NUMBER in place.name:
            why = "the first number that is free now"
        end = shown(f"{end} ({why})" if why else end)
    if today.passed_over is None:
        return end
    return f"passed over by `run`: {shown(today.passed_over)}; else {end}"


def _end(decision: Decision, config: Config) -> str:
    """A line: the decision, whichever names are taken."""
    place = decision.destination
    if place is None:
        return shown(f"{_by(decision)} -> left where it is")
    return shown(f"{_by(decision)} -> {place.action} to {public.first_path(place, config)}")


def _by(decision: Decision) -> str:
    return f"rule {decision.rule}" if decision.outcome is Outcome.RULE else decision.outcome


def _print_misses(console: Console, misses: tuple[NearMiss, ...], file: str) -> None:
    if not misses:
        return
    console.print(Text("nearest other rules, and what keeps the photo from them:", style="bold"))
    for miss in misses[:_NEAR_MISSES]:
        place = "" if miss.line is None else f", {file}:{miss.line}"
        _print(console, f"{miss.rule}: {miss.sentence}{place}")
