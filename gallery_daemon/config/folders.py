"""Watch folders and the library: absolute paths that do not lie in each other's way."""

from __future__ import annotations

import os
from pathlib import Path

from gallery_daemon.config.document import Node, ScalarNode, SequenceNode
from gallery_daemon.config.kinds.base import Flag, OneOf, OneOrMore, Text
from gallery_daemon.config.kinds.quantity import Duration
from gallery_daemon.config.kinds.text import Glob
from gallery_daemon.config.mistakes import Mark, Mistakes, quoted
from gallery_daemon.config.section import Key, Table
from gallery_daemon.config.settings import WatchFolder, WatchMode
from gallery_daemon.rules.component import is_control

FOLDERS_LIMIT = 100
_HOUR_S = 3600.0
_DAY_S = 86400.0

PATH_KIND = Text("a folder such as ~/Sync/Camera")
NAME = Key("name", Text())
PATH = Key("path", PATH_KIND, example="~/Sync/Camera")
MODE = Key("mode", OneOf(WatchMode))
POLL_EVERY = Key("poll_every", Duration(1, _DAY_S))
RECURSIVE = Key("recursive", Flag())
SETTLE = Key("settle", Duration(0, _HOUR_S))
RESCAN = Key("rescan", Duration(1, 7 * _DAY_S))
ONLY = Key("only", OneOrMore(Glob(folders=True)))
IGNORE = Key("ignore", OneOrMore(Glob(folders=True)))
WATCH = Table(
    "a watch folder",
    (NAME, PATH, MODE, POLL_EVERY, RECURSIVE, SETTLE, RESCAN, ONLY, IGNORE),
)


def read_watch(node: Node, base: str, mistakes: Mistakes) -> tuple[tuple[Mark, WatchFolder], ...]:
    """The watch folders that could be read, with their places: one path, one map, or a list."""
    items = each_of(node)
    if not items:
        mistakes.error(node.mark, "watch: the list is empty", "add - path: ~/Sync/Camera")
    if len(items) > FOLDERS_LIMIT:
        mistakes.error(node.mark, f"watch: {len(items)} folders are more than {FOLDERS_LIMIT}")
        return ()
    folders = [(item.mark, _read_folder(item, base, mistakes)) for item in items]
    read = tuple((mark, folder) for mark, folder in folders if folder is not None)
    _refuse_twins(read, mistakes)
    return read


def each_of(node: Node) -> tuple[Node, ...]:
    """The items of a list, or the one node that stands for a list of one."""
    return node.items if isinstance(node, SequenceNode) else (node,)


def read_path(node: Node, key: str, base: str, mistakes: Mistakes) -> str | None:
    """An absolute path; `~` is the home folder, and a relative path begins at `base`."""
    text = PATH_KIND.read(node, key, mistakes)
    return None if text is None else _absolute(text, node.mark, key, base, mistakes)


def overlap(watch: str, library: str) -> str | None:
    """Why a watch folder and a library cannot go together, as a sentence.

    Symlinks are followed, so that two names for one folder are seen. A library *in* the watch
    folder is fine: it is recognised and not watched.
    """
    inner, outer = os.path.realpath(watch), os.path.realpath(library)
    if inner == outer:
        return "the library is the watch folder"
    if is_inside(inner, outer):
        return f"the watch folder {watch} lies in the library"
    return None


def is_inside(inner: str, outer: str) -> bool:
    """Whether the path `inner` lies below `outer`."""
    return inner != outer and inner.startswith(outer.rstrip("/") + "/")


def name_of(path: str) -> str:
    """What a watch folder is called that was given no name; bytes that are no UTF-8 become `?`."""
    return (Path(path).name or path).encode("utf-8", "replace").decode()


def absolute(path: str, base: str) -> str:
    """An absolute path without `.`, `..` or double slashes; symlinks stay as they are written."""
    return "/" + os.path.normpath(Path(base, path)).lstrip("/")


def _read_folder(node: Node, base: str, mistakes: Mistakes) -> WatchFolder | None:
    if isinstance(node, ScalarNode):
        path = read_path(node, "watch", base, mistakes)
        return None if path is None else WatchFolder(name_of(path), path)
    found = WATCH.read(node, mistakes)
    text = None if found is None else found.get(PATH)
    if found is None or text is None:
        return None
    path = _absolute(text, found.mark_of(PATH), PATH.name, base, mistakes)
    if path is None:
        return None
    return WatchFolder(
        name=found.get_or(NAME, name_of(path)),
        path=path,
        mode=found.get_or(MODE, WatchFolder.mode),
        poll_every_s=found.get_or(POLL_EVERY, WatchFolder.poll_every_s),
        recursive=found.get_or(RECURSIVE, WatchFolder.recursive),
        settle_s=found.get_or(SETTLE, WatchFolder.settle_s),
        rescan_s=found.get_or(RESCAN, WatchFolder.rescan_s),
        only=found.get_or(ONLY, ()),
        ignore=found.get_or(IGNORE, ()),
    )


def _absolute(text: str, mark: Mark, key: str, base: str, mistakes: Mistakes) -> str | None:
    if text.startswith("$"):
        sentence = f"{key}: {quoted(text)}: variables are not expanded"
        mistakes.error(mark, sentence, "only ~ is: write the path out, or begin it with ~/")
        return None
    path = _at_home(text)
    if path is None or any(is_control(letter) for letter in path):
        mistakes.error(mark, f"{key}: {quoted(text)} is not a path", _home_hint(text))
        return None
    return absolute(path, base)


def _at_home(text: str) -> str | None:
    """The text with `~` written out; none for the home of someone who has none."""
    try:
        return str(Path(text).expanduser())
    except RuntimeError:
        return None


def _home_hint(text: str) -> str | None:
    """For `~Sync`, which asks for the home folder of a user called Sync."""
    return f"did you mean ~/{text[1:]}?" if text.startswith("~") else None


def _refuse_twins(folders: tuple[tuple[Mark, WatchFolder], ...], mistakes: Mistakes) -> None:
    """A photo that lies in two watch folders would be filed by both."""
    for index, (mark, folder) in enumerate(folders):
        for _, other in folders[:index]:
            if folder.name == other.name:
                sentence = f"two watch folders are called {quoted(folder.name)}"
                mistakes.error(mark, sentence, "give one of them another name: ...")
            ours, theirs = os.path.realpath(folder.path), os.path.realpath(other.path)
            if ours == theirs or _reaches(other, ours, theirs) or _reaches(folder, theirs, ours):
                sentence = f"the watch folder {folder.path} overlaps {other.path}"
                mistakes.error(mark, sentence, "watch the outer one only; it is recursive")


def _reaches(folder: WatchFolder, inner: str, outer: str) -> bool:
    """Whether `folder`, which is `outer`, also looks into `inner`."""
    return folder.recursive and is_inside(inner, outer)
