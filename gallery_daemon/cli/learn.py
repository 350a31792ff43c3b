"""`learn`: a new version of the model from the lessons, shown, asked for, adopted."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import exits, public
from gallery_daemon.cli.fitting import sentence
from gallery_daemon.cli.moves import waits
from gallery_daemon.cli.new_model import print_end, print_learning
from gallery_daemon.cli.options import ConfigFile, TaughtLibrary
from gallery_daemon.cli.progress import pass_display
from gallery_daemon.cli.taught import config_to_teach
from gallery_daemon.clock import SystemClock
from gallery_daemon.daemon.configuration import manifest_of, versions_of
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.learning.learn import Learner, Learning
    from gallery_daemon.learning.library_scan import LibraryLook
    from gallery_daemon.model.model_version import ModelVersion
    from gallery_daemon.model.model_versions import ModelVersions


def learn(
    *,
    config: ConfigFile = None,
    library: TaughtLibrary = None,
    new_class: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--new-class",
            metavar="NAME FOLDER",
            help="Learn a new class from the photos in this folder, 15 at least.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Adopt it if it passes the gate; else you are asked.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Learn from the photos that you have put right: make a new version of the model.

    You see what it would bring, by lessons that it did not learn from, and are asked. It can serve
    only if it passes the gate: it must be better on such lessons by more than chance, decide more
    of them better than worse than the version that serves, and forget no class. It learns from the
    features of the model's own pictures as well, and from no picture of others. A running daemon
    takes it up; `refile` then shows which photos would go elsewhere.

    Exit status 0: it serves, or there was nothing new to learn; 1: it does not serve, because the
    gate or you refused it, or because nobody said yes; 2: nothing could be learned.

    Examples:
        gallery-daemon learn

        gallery-daemon learn --new-class receipts ~/Pictures/Sorted/Receipts

        gallery-daemon learn --yes --json
    """
    # Matrices this small are slower on two threads than on one, and take ten times the work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    loaded = config_to_teach(config, library, new_class and new_class[0])
    versions = versions_of(loaded.model.bundle, loaded.library)
    with contextlib.closing(open_to_plan()) as journal, versions.locked():
        status = _learn(loaded, versions, journal, new_class, _Answer(yes=yes, as_json=as_json))
    if status:
        raise typer.Exit(status)


def _learn(
    loaded: Config,
    versions: ModelVersions,
    journal: Journal,
    new_class: tuple[str, str] | None,
    answer: _Answer,
) -> int:
    """Learn, show, ask, adopt; the exit status."""
    # numpy is not loaded where nothing is learned.
    from gallery_daemon.commands import learn as act  # noqa: PLC0415
    from gallery_daemon.learning.learn import refuse_unteachable  # noqa: PLC0415

    refuse_unteachable(versions.base)
    clock, given = SystemClock(), list[int]()
    if new_class is not None:
        given = act.teach_class(*new_class, loaded, journal, clock)
    look = act.look_for_lessons(loaded, journal, clock)
    _refuse_too_early(look, loaded.library, journal)
    learner = act.learner_of(loaded, versions, journal, clock)
    before = manifest_of(loaded.model).model_id
    with pass_display("looking at lessons") as display:
        learning = learner.candidate(display.update)
    if not answer.as_json:
        print_learning(learning)
    result, version = _adopted(learner, versions, learning, answer)
    if result == _DECLINED and given:
        # The folder was only tried out.
        journal.lessons.withdraw(given, clock.wall())
    if answer.as_json:
        waiting = {"waiting": len(look.waiting), "counts_in_s": math.ceil(look.counts_in_s)}
        said = public.of_learning(result, learning, version, before) | waiting
        public.print_json({"library": loaded.library} | said)
    else:
        print_end(result, learning, version, before)
        if look.waiting:
            print(sentence(waits(len(look.waiting), look.counts_in_s)))
    return 0 if result in {_ADOPTED, _KNOWN} else exits.SOME


def _refuse_too_early(look: LibraryLook, library: str, journal: Journal) -> None:
    """There is a lesson, or no photo that will be one.

    Raises:
        GalleryError: photos were moved just now, and nothing else could be learned from.
    """
    if look.waiting and not journal.lessons.active(library):
        raise GalleryError(
            f"there are no lessons yet; {waits(len(look.waiting), look.counts_in_s)}",
            hint="gallery-daemon learn, when they count",
        )


_ADOPTED, _KNOWN, _REFUSED = "adopted", "known", "refused"
_CANDIDATE, _DECLINED = "candidate", "declined"


def _adopted(
    learner: Learner, versions: ModelVersions, learning: Learning, answer: _Answer
) -> tuple[str, ModelVersion | None]:
    """What came of the candidate, and the version that it is, if it was kept."""
    if learning.is_known:
        return _KNOWN, None
    version = learner.keep(learning)
    if not learning.candidate.gate.passed:
        return _REFUSED, version
    says = answer.says()
    if says:
        versions.adopt(version.number)
        return _ADOPTED, version
    return (_CANDIDATE if says is None else _DECLINED), version


class _Answer:
    """Whether the person wants it to serve."""

    def __init__(self, *, yes: bool, as_json: bool) -> None:
        self._yes, self.as_json = yes, as_json

    def says(self) -> bool | None:
        """Yes or no; None: nobody was asked."""
        if self._yes:
            return True
        if self.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return None
        return typer.confirm("let it serve?")
