"""An event as one short line for a person, whatever is in its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping


class ConsoleLine:
    """Renders an event as one short line: time, event, photo, and the rest as key=value."""

    _COLOURS: Mapping[str, str] = {"info": "32", "warning": "33", "error": "31", "debug": "2"}

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
        """The line, without its newline."""
        clock = str(event.pop("timestamp"))[11:19]
        name = self._paint(self._COLOURS[str(event.pop("level"))], f"{event.pop('event'):<18}")
        parts = [clock, name, *self._journey(event)]
        parts += [f"{self._paint('2', key + '=')}{_plain(value)}" for key, value in event.items()]
        return " ".join(parts)

    def _journey(self, event: MutableMapping[str, Any]) -> list[str]:
        """The words every photo's line begins with: photo, destination, class and confidence."""
        if "photo" not in event:
            return []
        parts = [self._paint("1", _plain(event.pop("photo")))]
        if "destination" in event:
            parts.append(f"-> {_plain(event.pop('destination'))}")
        if "class" in event:
            confidence = event.pop("confidence", None)
            certain = "" if confidence is None else f" {confidence:.2f}"
            parts.append(f"({event.pop('class')}{certain})")
        for quiet in ("source", "model", "batch", "waited_ms", "classify_ms", "taken_from"):
            event.pop(quiet, None)
        return parts

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text


def _plain(value: object) -> str:
    """A value on one line that no terminal can misread: anything unprintable is escaped."""
    if isinstance(value, dict):
        return ", ".join(f"{_plain(name)} {_plain(item)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
