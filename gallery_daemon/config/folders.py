"""Watch folders as they are written; one that overlaps another or is in the library is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.document import Node, ScalarNode, SequenceNode
from gallery_daemon.config.kinds.local import AbsolutePath
from gallery_daemon.config.mistakes import Mark, Mistakes, quoted
from gallery_daemon.config.settings import WATCH, WatchFolder

if TYPE_CHECKING:
    from gallery_daemon.config.section import Schema

FOLDERS_LIMIT = 100

_PATH = AbsolutePath()
_NAME = WATCH.keys["name"]


def watch_schema() -> Schema:
    """One path, one map, or a list of both."""
    one: list[Schema] = [_PATH.schema, WATCH.schema]
    many = {"type": "array", "items": {"anyOf": one}, "minItems": 1, "maxItems": FOLDERS_LIMIT}
    return {"anyOf": [*one, many]}


def read_watch(node: Node, mistakes: Mistakes) -> tuple[tuple[Mark, WatchFolder], ...]:
    """The watch folders that could be read, with their places: one path, one map, or a list."""
    items = each_of(node)
    if not items:
        mistakes.error(node.mark, "watch: the list is empty", "add - path: ~/Sync/Camera")
    if len(items) > FOLDERS_LIMIT:
        mistakes.error(node.mark, f"watch: {len(items)} folders are more than {FOLDERS_LIMIT}")
        return ()
    folders = [(item.mark, _read_folder(item, mistakes)) for item in items]
    read = tuple((mark, folder) for mark, folder in folders if folder is not None)
    _refuse_clashes(read, mistakes)
    return read


def each_of(node: Node) -> tuple[Node, ...]:
    """The items of a list, or the one node that stands for a list of one."""
    return node.items if isinstance(node, SequenceNode) else (node,)


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
    """Whether the path `inner` is below `outer`."""
    return inner != outer and inner.startswith(outer.rstrip("/") + "/")


def name_of(path: str) -> str:
    """What a watch folder is called that was given no name; bytes that are no UTF-8 become `?`."""
    return (Path(path).name or path).encode("utf-8", "replace").decode()


def _read_folder(node: Node, mistakes: Mistakes) -> WatchFolder | None:
    if isinstance(node, ScalarNode):
        path = _PATH.read(node, "watch", mistakes)
        return None if path is None else WatchFolder(name_of(path), path)
    found = WATCH.table.read(node, mistakes)
    path = None if found is None else found.get(WATCH.keys["path"])
    if found is None or path is None:
        return None
    return WATCH.make(found, name=found.get_or(_NAME, name_of(path)))


def _refuse_clashes(folders: tuple[tuple[Mark, WatchFolder], ...], mistakes: Mistakes) -> None:
    """Report folders with one name, and those that share photos, which both would file."""
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
