"""`label`: say of which class photos are."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from gallery_daemon.cli import exits
from gallery_daemon.cli.fitting import path_line
from gallery_daemon.cli.options import ConfigFile, TaughtLibrary
from gallery_daemon.cli.plain import print_error
from gallery_daemon.cli.taught import config_to_teach
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands import lessons
from gallery_daemon.config.kinds.local import absolute
from gallery_daemon.config.mistakes import did_you_mean
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.daemon.wiring import classes_to_teach
from gallery_daemon.errors import GalleryError


def label(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE... CLASS", help="Photos, then their class.", show_default=False
        ),
    ],
    *,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back what was said of the FILEs; no CLASS.")
    ] = False,
    config: ConfigFile = None,
    library: TaughtLibrary = None,
) -> None:
    """Say of which class photos are, so that the model can learn it; nothing is moved.

    The next `refile` files them as that, and so does `run` or `sort` one that is not filed yet.
    What you say last of a photo counts, by this command or by dragging it. --undo takes back a
    lesson that came by dragging, too.

    Examples:
        gallery-daemon label ~/Pictures/Sorted/Review/IMG_2041.HEIC trees

        gallery-daemon label --undo ~/Pictures/Sorted/Review/IMG_2041.HEIC
    """
    loaded, clock = config_to_teach(config, library), SystemClock()
    names, class_name = (words, "") if undo else (words[:-1], words[-1])
    has_failed = False
    with contextlib.closing(open_to_plan()) as journal:
        if not undo:
            classes = classes_to_teach(loaded, journal)
            _refuse_class(class_name, classes, has_files=bool(names))
        for path in (absolute(name, str(Path.cwd())) for name in names):
            try:
                if undo:
                    lessons.unlabel(path, loaded.library, journal, clock)
                else:
                    lessons.label(path, class_name, loaded.library, journal, clock)
            except GalleryError as error:
                has_failed = True
                print_error(error)
            else:
                print(path_line(path, 0, after=" has no lesson now" if undo else f": {class_name}"))
    if has_failed:
        raise typer.Exit(exits.SOME)


def _refuse_class(name: str, classes: tuple[str, ...], *, has_files: bool) -> None:
    """Refuse a class that the model does not have, and files without one."""
    if has_files and name in classes:
        return
    if name in classes:
        raise GalleryError("say which photos", hint=f"gallery-daemon label FILE {name}")
    raise GalleryError(
        f"the model has no class {name}; it has {', '.join(classes)}",
        hint=did_you_mean(name, classes) or "gallery-daemon label FILE... CLASS",
    )
