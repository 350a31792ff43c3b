"""What the daemon tells besides its log lines: the day's summary, and figures for who measures.

The figures go to this machine alone: a Unix socket, or a port of the loopback interface. Nothing
else can be written here, so no photo's name and no count ever leaves the machine by mistake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.kinds.base import OneOf, Raw, Text, text_schema
from gallery_daemon.config.mistakes import quoted
from gallery_daemon.config.section import Key, Schema, Table
from gallery_daemon.config.settings import Listen, Telling, WhenToSumUp

if TYPE_CHECKING:
    from gallery_daemon.config.document import Node
    from gallery_daemon.config.mistakes import Mistakes
    from gallery_daemon.config.section import Written

_PORT = re.compile(r"(.+):(\d{1,5})", re.ASCII)
_LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "[::1]": "::1"}
_UNIX = "unix:"
# Source: sockaddr_un of unix(7): 108 bytes with the final NUL.
_SOCKET_BYTES = 107


@dataclass(frozen=True, slots=True)
class Local:
    """A place on this machine where figures can be fetched."""

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
            return self._socket(text.removeprefix(_UNIX), node, key, mistakes)
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

    def _socket(self, path: str, node: Node, key: str, mistakes: Mistakes) -> Listen | None:
        try:
            place = str(Path(path).expanduser())
        except RuntimeError:
            place = path
        if place.startswith("/") and len(place.encode("utf-8", "replace")) <= _SOCKET_BYTES:
            return Listen(path=place)
        sentence = f"{key}: {quoted(path)} is no absolute path of at most {_SOCKET_BYTES} bytes"
        hint = "write listen: unix:~/.local/state/gallery-daemon/metrics.sock"
        mistakes.error(node.mark, sentence, hint)
        return None


SUMMARY = Key("summary", OneOf(WhenToSumUp))
METRICS: Key[Node] = Key("metrics", Raw("a map"))
LISTEN = Key("listen", Local(), example="127.0.0.1:9464")
METRICS_MAP = Table("metrics", (LISTEN,))


def read_telling(found: Written, mistakes: Mistakes) -> Telling:
    """What is written of it."""
    node = found.get(METRICS)
    written = None if node is None else METRICS_MAP.read(node, mistakes)
    return Telling(
        summary=found.get_or(SUMMARY, Telling.summary),
        metrics=None if written is None else written.get(LISTEN),
    )
