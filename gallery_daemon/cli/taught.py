"""Which library is taught, and by which rules: for the commands about lessons and versions.

They work beside `run --watch FOLDER --library FOLDER`, too, which has no configuration: then the
built-in rules say which folder stands for which class. And they work when rules name a class that
no version knows now, for it is by learning that one knows it again.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.cli.config_file import existing_config, lacks_config
from gallery_daemon.config.kinds.local import absolute
from gallery_daemon.config.oneshot import default_config
from gallery_daemon.daemon.configuration import (
    default_knows_precision,
    read_configuration,
    with_version,
)
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config


def config_to_teach(
    given: Path | None, library: Path | None = None, new_class: str | None = None
) -> Config:
    """The configuration of the library that is meant.

    Without a configuration it has the built-in rules; the library is then the one that was named,
    or the only one that anything was filed into.

    Args:
        given: the file that was named.
        library: the library that was named.
        new_class: rules may name it already.

    Raises:
        GalleryError: there is none, it is wrong, or several libraries could be meant.
    """
    place = None if library is None else absolute(os.fspath(library), str(Path.cwd()))
    if lacks_config(given):
        return _built_in(place)
    besides = () if new_class is None else (new_class,)
    return read_configuration(
        existing_config(given), library=place, taught=lambda name: (*_taught(name), *besides)
    )


def _built_in(library: str | None) -> Config:
    """As `run` and `sort` have it without a configuration."""
    place = library or _only_library()
    knows_precision = default_knows_precision()
    return with_version(default_config((), place, knows_precision=knows_precision))


def _only_library() -> str:
    known = _used_libraries()
    if not known:
        existing_config(None)  # says how to get one
    if len(known) > 1:
        raise GalleryError(
            f"which library? There is no configuration, and photos were filed into"
            f" {', '.join(known)}",
            hint=f"name one: --library {known[0]}",
        )
    return known[0]


def _used_libraries() -> list[str]:
    """Those that anything was filed into."""
    if not journal_path().exists():
        return []
    with contextlib.closing(Journal(journal_path(), read_only=True)) as journal:
        return journal.libraries()


def _taught(library: str) -> list[str]:
    """The classes that lessons of the library name; none where the journal cannot be read."""
    if not journal_path().exists():
        return []
    with (
        contextlib.suppress(GalleryError),
        contextlib.closing(Journal(journal_path(), read_only=True)) as journal,
    ):
        return [lesson.class_name for lesson in journal.lessons.active(library)]
    return []
