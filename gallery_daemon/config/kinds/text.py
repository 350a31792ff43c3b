"""Kinds for names and places: globs, extensions, templates.

Each refuses what could never match or never be a name, because a pattern that matches nothing looks
the same as one that works until the photos pile up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.config.document import Node, ScalarNode
from gallery_daemon.config.kinds.base import Text, text_schema
from gallery_daemon.config.mistakes import Mistakes, did_you_mean, quote_it, quoted
from gallery_daemon.rules.fields import FIELDS, SEQUENCE
from gallery_daemon.rules.template import Template, TemplateError

if TYPE_CHECKING:
    from gallery_daemon.config.section import Schema

LETTERS_LIMIT = 1_000
"""The longest pattern: a name has at most 255 bytes, and a longer pattern costs more to match."""

_BELOW = r"^(?!\s*[/~])[^\\]*$"

_Flaw: TypeAlias = tuple[str, str | None]
"""Why a pattern could match nothing, and what to do."""


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern for a name, or with `folders` for a path below the watch folder."""

    folders: bool = False
    words: str = "a pattern such as IMG_*"

    @property
    def schema(self) -> Schema:
        """A name has no `/`, and a path does not begin with one."""
        return text_schema(r"^(?!\s*[!/~])" if self.folders else r"^(?!\s*!)[^/]*$")

    def read(self, node: Node, key: str, mistakes: Mistakes) -> str | None:
        """The pattern."""
        text = Text(self.words).read(node, key, mistakes)
        if text is None:
            return None
        flaw = (
            _too_long(text)
            or _negated(key, text)
            or (_bad_path if self.folders else _bad_name)(key, text)
        )
        if flaw is None:
            return text
        sentence, hint = flaw
        mistakes.error(node.mark, f"{key}: {quoted(text)}: {sentence}", hint)
        return None


@dataclass(frozen=True, slots=True)
class Extension:
    """A pattern for an extension, with or without its dot."""

    words: str = "an extension such as jpg"

    @property
    def schema(self) -> Schema:
        """At most the first letter is a dot."""
        return text_schema(r"^\s*\.?[^./]+$")

    def read(self, node: Node, key: str, mistakes: Mistakes) -> str | None:
        """The pattern without the dot."""
        text = Text(self.words).read(node, key, mistakes)
        if text is None:
            return None
        bare = text.removeprefix(".")
        if bare and "." not in bare and "/" not in bare:
            return bare
        hint = f"write {key}: {bare.rpartition('.')[2]}" if "." in bare else None
        mistakes.error(node.mark, f"{key}: {quoted(text)} is not {self.words}", hint)
        return None


@dataclass(frozen=True, slots=True)
class Folder:
    """A template for a folder in the library."""

    words: str = 'a folder in the library such as Memes/ or "{class}/"'

    @property
    def schema(self) -> Schema:
        """A place below the library."""
        return text_schema(_BELOW)

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Template | None:
        """The template."""
        template = _template(node, key, self.words, mistakes)
        if template is None:
            return None
        if SEQUENCE in template.fields:
            sentence = f"{key}: a folder cannot have a {{sequence}}, which numbers files"
            mistakes.error(node.mark, sentence, "write it in as")
            return None
        last = template.text.rpartition("/")[2]
        if "{name}" not in last and "{ext}" not in last:
            return template
        hint = f"write the folder in {key}, with a / at its end, and the new name in as"
        mistakes.error(node.mark, f"{key}: {quoted(template.text)} is not {self.words}", hint)
        return None


@dataclass(frozen=True, slots=True)
class FileName:
    """A template for a file's name, which keeps the photo's extension."""

    words: str = 'a file name such as "{date:%Y-%m-%d} {stem}.{ext}"'

    @property
    def schema(self) -> Schema:
        """A name that ends with the photo's extension."""
        return text_schema(r"^[^/\\]*(\.\{ext\}|\{name\})\s*$")

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Template | None:
        """The template."""
        template = _template(node, key, self.words, mistakes)
        if template is None:
            return None
        if template.has_folders:
            mistakes.error(node.mark, f"{key}: a file name cannot hold a /", "put folders in to")
            return None
        if not template.text.endswith((".{ext}", "{name}")):
            sentence = f"{key}: {quoted(template.text)} loses the photo's extension"
            mistakes.error(node.mark, sentence, quote_it(f"{template.text}.{{ext}}", key))
            return None
        return template


LEAVE = "leave"
_LIKE_LEAVE = frozenset(
    "leave leaves left keep stay skip ignore none nothing no off false".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class FolderOrLeave:
    """A folder's template, or `leave`."""

    words: str = 'leave, or a folder in the library such as Review/ or "{class}/"'

    @property
    def schema(self) -> Schema:
        """The word, or a place below the library."""
        return {"anyOf": [{"enum": [LEAVE]}, text_schema(_BELOW)]}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Template | str | None:
        """The template, or `LEAVE`."""
        if isinstance(node, ScalarNode) and node.text == LEAVE:
            return LEAVE
        if isinstance(node, ScalarNode) and is_like_leave(node.text):
            hint = f"did you mean leave? For a folder of that name write {node.text}/"
            mistakes.error(node.mark, f"{key}: {quoted(node.text)} is not {self.words}", hint)
            return None
        return Folder(self.words).read(node, key, mistakes)


def is_like_leave(text: str) -> bool:
    """Whether a single word says that photos should stay where they are."""
    return text.strip().lower() in _LIKE_LEAVE


def _template(node: Node, key: str, words: str, mistakes: Mistakes) -> Template | None:
    text = Text(words).read(node, key, mistakes)
    if text is None:
        return None
    assert isinstance(node, ScalarNode)
    try:
        return Template.parse(text)
    except TemplateError as error:
        spaces = len(node.text) - len(node.text.lstrip())
        hint = did_you_mean(error.unknown, FIELDS) if error.unknown is not None else None
        if text.startswith(("/", "~")):
            last = text.rstrip("/").rpartition("/")[2].lstrip("~") or "Memes"
            hint = (
                f"it begins in the library: write {key}: {last}/; the library itself is `library`"
            )
        mistakes.error(node.at(spaces + error.position), f"{key}: {error.message}", hint)
        return None


def _too_long(text: str) -> _Flaw | None:
    if len(text) <= LETTERS_LIMIT:
        return None
    return (
        f"a pattern cannot have more than {LETTERS_LIMIT} letters",
        "write a list of shorter ones",
    )


def _negated(key: str, text: str) -> _Flaw | None:
    if not text.startswith("!"):
        return None
    return "a pattern cannot be negated with !", f'use not: {{{key}: "{text[1:]}"}}'


def _bad_name(key: str, text: str) -> _Flaw | None:
    if "/" not in text:
        return None
    return "it holds a / and so matches nothing", "use path for folders" if key == "name" else None


def _bad_path(key: str, text: str) -> _Flaw | None:
    components = text.split("/")
    if text.startswith(("/", "~")):
        return "a path begins below the watch folder", f"write {key}: {text.strip('~/') or '**'}"
    if text.endswith("/"):
        return "no photo's path ends with a /", f'write {key}: "{text}**"'
    if not {"", ".", ".."}.isdisjoint(components):
        return "a path has no empty, . or .. components", None
    return None
