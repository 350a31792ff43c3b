"""`explain`: why a photo is where it is, or where it would go, and what would change that.

`explained` has the words; here is who is asked for what.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import public
from gallery_daemon.cli.config_file import existing_config, lacks_config, read_to_look
from gallery_daemon.cli.explained import (
    print_ignored,
    print_left_today,
    print_lesson,
    print_no_photo,
    print_past,
    print_present_end,
    print_replaced,
    print_resemblance,
    print_today,
)
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.plain import print_error, print_to_stderr, told_if_slow
from gallery_daemon.cli.taught import config_to_teach
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.explain import (
    explain_file,
    ignored_by_name,
    readable,
    recognised,
    why_no_photo,
)
from gallery_daemon.commands.lessons import what_is_said
from gallery_daemon.config.kinds.local import absolute
from gallery_daemon.config.settings import ModelChoice
from gallery_daemon.daemon.configuration import (
    classes_of,
    default_path,
    manifest_of,
    read_configuration,
)
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.precision_limits import precision_limits
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.past_decisions import PastDecision
    from gallery_daemon.journal.record import Row
    from gallery_daemon.learning.resembled import Resemblance
    from gallery_daemon.model.manifest import Manifest

_LOADING = "loading the model ..."


def explain(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A photo, or its place in the library.")
    ],
    *,
    config: ConfigFile = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="BUNDLE", help="`default` or a bundle's folder; the configuration's."),
    ] = None,
    resembles: Annotated[
        bool, typer.Option("--resembles", help="Say which pictures and lessons it is most like.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say why a photo went where it is, or where it would go; nothing is filed.

    You see each rule with each condition and whether it held, and what would have to change for
    another rule to take the photo. A photo that was filed is explained by the rules and the model
    of that time, with one line on what today's would do. A file that `run` passes over by its name
    is explained by the pattern; --model adds the rest. Of a video or a sidecar it says what `run`
    does with it, or with which photo it went. With --resembles the photo is looked at again, and
    compared with the pictures that the model was made of and with your lessons that it learned.

    Examples:
        gallery-daemon explain ~/Sync/Camera/IMG_2041.HEIC

        gallery-daemon explain --json ~/Pictures/Sorted/Memes/IMG_2041.HEIC
    """
    place = absolute(str(file), str(Path.cwd()))
    if model is not None:
        classes_of(ModelChoice(model))  # a mistyped bundle is reported before anything is started
    # Read once, and only where it is needed: what is wrong with it is said once.
    read = cache(lambda: read_to_look(config))
    before, known = _recorded(place, read)
    if known is None:
        said = _explain_new(place, read(), model, as_json=as_json)
    else:
        said = _explain_known(place, known, config, read, model, as_json=as_json)
    lesson = _lesson_of(place, config, read)
    if as_json:
        said |= {} if lesson is None else {"lesson": lesson}
        if resembles:
            said["resembles"] = public.of_resemblance(_resemblance(place, known, read(), model))
        replaced = {"before": public.of_row(before)} if before else {}
        public.print_json({"path": place} | said | replaced)
        return
    if lesson is not None:
        print_lesson(lesson)
    if before:
        print_replaced(before)
    if resembles:
        print_resemblance(_resemblance(place, known, read(), model))


def _resemblance(
    place: str, known: PastDecision | None, config: Config, model: str | None
) -> Resemblance:
    # numpy, which no other explanation needs.
    from gallery_daemon.commands.resemblance import resemblance_of  # noqa: PLC0415

    config = replace(config, model=_model(model, config))
    with told_if_slow(_LOADING):
        return resemblance_of(readable(place, known), config, SystemClock())


def _lesson_of(place: str, config: Path | None, read: Callable[[], Config]) -> str | None:
    """What was said of the file by where it lies, or by command; or why its place says nothing."""
    path = journal_path()
    if not path.exists():
        return None
    # What is wrong with the rules, the model or the journal was said before.
    with contextlib.suppress(GalleryError):
        loaded = config_to_teach(None) if lacks_config(config) else read()
        with contextlib.closing(Journal(path, read_only=True)) as journal:
            return what_is_said(place, loaded, journal, SystemClock())
    return None


def _recorded(place: str, read: Callable[[], Config]) -> tuple[Row | None, PastDecision | None]:
    """What the journal has of another file that was at the path before, and of this one."""
    path = journal_path()
    if not path.exists():
        return None, None
    with contextlib.closing(Journal(path, read_only=True)) as journal:
        known = journal.past_decisions.on(place)
        if known is None:
            with contextlib.suppress(GalleryError):
                known = recognised(place, read(), journal, SystemClock())
        return journal.past_decisions.replaced_at(place, known), known


def _explain_new(place: str, config: Config, model: str | None, *, as_json: bool) -> public.Public:
    """Explain a file that the journal does not know: print it, or return what JSON says of it."""
    # With --model, an ignored file is classified, too.
    ignored = ignored_by_name(place, config) if model is None else None
    if ignored is not None:
        if not as_json:
            print_ignored(place, ignored)
        return {"today": public.of_ignored(place, ignored, config)}
    why = why_no_photo(place, config)
    if why is not None:
        if not as_json:
            print_no_photo(place, why)
        return {"today": public.of_no_photo(place, why, config)}
    with told_if_slow(_LOADING):
        today = explain_file(place, config, SystemClock(), bundle=model)
    manifest = manifest_of(_model(model, config))
    if not as_json:
        print_today(today, config, manifest)
    limits = precision_limits(config.rules, manifest)
    return {"today": public.of_explained(today, config, limits)}


def _explain_known(
    place: str,
    known: PastDecision,
    config: Path | None,
    read: Callable[[], Config],
    model: str | None,
    *,
    as_json: bool,
) -> public.Public:
    """Explain a file that the journal knows: print it, or return what JSON says of it."""
    if not as_json:
        print_past(place, known, _present_manifest(config, model))
    said: public.Public = {"then": public.of_past_decision(known)}
    if lacks_config(config):
        # Nothing is wrong: what was asked for has been said.
        _print_note(default_path())
        return said
    try:
        loaded = read()
        # Today's rules judge the photo, whose sidecar goes with it.
        place = place if known.sidecar is None else known.row.path
        why = why_no_photo(place, loaded) if known.prediction is None else None
        if why is not None:
            if not as_json:
                print_left_today(why)
            return said | {"today": public.of_no_photo(place, why, loaded)}
        with told_if_slow(_LOADING):
            today = explain_file(place, loaded, SystemClock(), known, bundle=model)
    except GalleryError as error:
        # The past is shown even if the present rules cannot be read.
        print_error(error)
        return said
    if not as_json:
        print_present_end(known, today, loaded)
    limits = precision_limits(loaded.rules, manifest_of(_model(model, loaded)))
    return said | {"today": public.of_explained(today, loaded, limits)}


def _print_note(path: Path) -> None:
    print_to_stderr(f"note: what today's rules would do is not said: there are none at {path}")
    print_to_stderr("  hint: write a commented configuration with: gallery-daemon check --init")


def _present_manifest(config: Path | None, model: str | None) -> Manifest | None:
    """That of today's model; None where it cannot be told."""
    with contextlib.suppress(GalleryError):
        if model is not None:
            return manifest_of(ModelChoice(model))
        return manifest_of(read_configuration(existing_config(config)).model)
    return None


def _model(given: str | None, config: Config) -> ModelChoice:
    """The model that was asked for, or the configuration's."""
    return config.model if given is None else ModelChoice(given)
