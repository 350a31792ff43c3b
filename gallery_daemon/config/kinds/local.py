"""Kinds for what is on this machine: paths of files and folders, and addresses to listen on.

A relative path begins at the configuration's folder, wherever a command is started. An address is a
Unix socket or a port of the loopback interface; no other can be written, so that no photo's name
and no count leaves the machine by mistake.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gallery_daemon.config.document import ScalarNode
from gallery_daemon.config.kinds.base import Text, text_schema
from gallery_daemon.config.mistakes import quoted
from gallery_daemon.rules.component import is_control

if TYPE_CHECKING:
    from gallery_daemon.config.document import Node
    from gallery_daemon.config.mistakes import Mark, Mistakes
    from gallery_daemon.config.section import Schema

DEFAULT_MODEL = "default"

_PORT = re.compile(r"(.+):(\d{1,5})", re.ASCII)
_LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "[::1]": "::1"}
_UNIX = "unix:"
# `C:\\Users\\me`, `C:/Users/me` and `C:`; `\\\\server\\share`; `smb://nas/photos`.
_DRIVE = re.compile(r"([A-Za-z]):(?:[\\/]+(.*)|$)", re.DOTALL)
# What YAML makes of a backslash and a letter in double quotes: `"D:\\Photos"` is D, a colon, a
# paragraph separator, "hotos". Source: YAML 1.2.2, 5.7 Escaped Characters.
_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r",
    "\x1b": "e", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip
_SHARE = re.compile(r"\\\\\w")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(?:localhost)?(.*)", re.DOTALL)
# Source: sockaddr_un of unix(7): 108 bytes with the final NUL.
_SOCKET_BYTES = 107


def absolute(path: str, base: str) -> str:
    """An absolute path without `.`, `..` or double slashes; symlinks stay as they are written."""
    return "/" + os.path.normpath(Path(base, path)).lstrip("/")


@dataclass(frozen=True, slots=True)
class AbsolutePath:
    """A path; `~` is the home folder, and a relative path begins at the configuration's folder."""

    words: str = "a folder such as ~/Sync/Camera"

    @property
    def schema(self) -> Schema:
        """A text; which paths there are, the reader knows."""
        return text_schema()

    def read(self, node: Node, key: str, mistakes: Mistakes) -> str | None:
        """The absolute path; whether anything is there is not asked."""
        text = Text(self.words).read(node, key, mistakes)
        if text is None:
            return None
        text = _as_typed(text)
        elsewhere = path_elsewhere(text)
        if elsewhere is not None:
            sentence, hint = elsewhere
            mistakes.error(node.mark, f"{key}: {quoted(text)} is {sentence}", hint)
            return None
        if text.startswith(("$", "%")):
            sentence = f"{key}: {quoted(text)}: variables are not expanded"
            hint = "only ~ is: write the path out, or begin it with ~/"
            mistakes.error(node.mark, sentence, hint)
            return None
        path = _at_home(text)
        if path is None or any(is_control(letter) for letter in path):
            mistakes.error(node.mark, f"{key}: {quoted(text)} is not a path", _home_hint(text))
            return None
        return absolute(path, mistakes.folder)


@dataclass(frozen=True, slots=True)
class BundlePath:
    """The word `default`, or the path of a model bundle."""

    words: str = "default, or a folder"

    @property
    def schema(self) -> Schema:
        """As a path: the word is a text as well."""
        return text_schema()

    def read(self, node: Node, key: str, mistakes: Mistakes) -> str | None:
        """The word itself, or the absolute path."""
        if isinstance(node, ScalarNode) and node.text == DEFAULT_MODEL:
            return DEFAULT_MODEL
        return AbsolutePath().read(node, key, mistakes)


@dataclass(frozen=True)
class Listen:
    """Where figures can be fetched: a loopback `host` and `port`, or the `path` of a socket."""

    host: str = ""
    port: int = 0
    path: str | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.path is None else f"{_UNIX}{self.path}"


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """An address on this machine."""

    words: str = "127.0.0.1:PORT, or unix:/path/of/a/socket"

    @property
    def schema(self) -> Schema:
        """One of both."""
        return text_schema(r"^\s*(unix:.+|(127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5})\s*$")

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Listen | None:
        """The loopback address or the socket's absolute path."""
        text = Text(self.words).read(node, key, mistakes)
        if text is None:
            return None
        if text.startswith(_UNIX):
            return _socket(text.removeprefix(_UNIX), node.mark, key, mistakes)
        found = _PORT.fullmatch(text)
        if found is None or not 1 <= int(found[2]) <= 65_535:  # noqa: PLR2004 - ports have 16 bits
            hint = "write listen: 127.0.0.1:9464"
            mistakes.error(node.mark, f"{key}: {quoted(text)} is not {self.words}", hint)
            return None
        host = _LOOPBACK.get(found[1])
        if host is None:
            sentence = f"{key}: {quoted(text)} can be reached from other machines"
            hint = f"write {key}: 127.0.0.1:{found[2]}; nothing leaves this machine"
            mistakes.error(node.mark, sentence, hint)
            return None
        return Listen(host=host, port=int(found[2]))


def _socket(text: str, mark: Mark, key: str, mistakes: Mistakes) -> Listen | None:
    path = _at_home(text) or text
    if path.startswith("/") and len(path.encode("utf-8", "replace")) <= _SOCKET_BYTES:
        return Listen(path=path)
    sentence = f"{key}: {quoted(text)} is no absolute path of at most {_SOCKET_BYTES} bytes"
    hint = "write listen: unix:~/.local/state/gallery-daemon/metrics.sock"
    mistakes.error(mark, sentence, hint)
    return None


def _as_typed(text: str) -> str:
    r"""A path of Windows with the backslashes that YAML took for the beginnings of escapes."""
    if text[1:2] != ":" or text[2:3] not in _ESCAPES:
        return text
    return text.translate({ord(sign): f"\\{letter}" for sign, letter in _ESCAPES.items()})


def path_elsewhere(text: str) -> tuple[str, str] | None:
    """What a path is that this machine's file system does not know, and what to write instead."""
    drive, share, address = (each.match(text) for each in (_DRIVE, _SHARE, _ADDRESS))
    if drive is not None:
        below = (drive[2] or "").replace("\\", "/")
        return (
            "a path of Windows",
            f"this program runs on Linux; under WSL write /mnt/{drive[1].lower()}/{below}",
        )
    if share is not None:
        return "a share of Windows", "mount it, and write the folder where it is mounted"
    if address is None:
        return None
    if address[1].lower() == "file":
        return "an address", f"write the path alone: {unquote(address[2])}"
    return "an address", "mount it, and write the folder where it is mounted"


def _at_home(text: str) -> str | None:
    """The text with `~` written out; none for the home of someone who has none."""
    try:
        return str(Path(text).expanduser())
    except RuntimeError:
        return None


def _home_hint(text: str) -> str | None:
    """For `~Sync`, which asks for the home folder of a user called Sync."""
    return f"did you mean ~/{text[1:]}?" if text.startswith("~") else None
