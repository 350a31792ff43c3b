"""An event as a line for a person: time, event, photo, and the rest as key=value.

A terminal that is narrower than the line gets less: first what matters least is left out, then the
photo is called by its name and its place by the folder, and a sentence goes on in a second line.
The JSON form always has everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gallery_daemon.logs.width import CUT, shorten, width_of, with_tilde

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence

_QUIET = (
    "source", "precision", "familiarity", "look", "model", "batch", "waited_ms", "classify_ms",
    "taken_from",
)  # fmt: skip
"""What a person at a terminal is not told of a photo."""

_LEAST = ("total_ms", "taken", "action", "outcome")
"""What is left out of a photo's line that is too wide, one after the other."""

_COLOURS = {"info": "32", "warning": "33", "error": "31", "debug": "2"}
_BOLD, _DIM = "1", "2"
_NAME_WIDTH = 18
_INDENT = " " * 9
"""Below the event's name, where a second line begins."""
_NAME_ROOM = 30
"""The columns that a photo's name gets in any case, unless with fewer the line fits."""
_LEAST_NAME_ROOM = 16
"""The least columns of a photo's name: what tells a camera's names apart, and the extension."""
_SPLIT_SECOND = re.compile(r"\.\d+")


@dataclass(frozen=True, slots=True)
class _Word:
    """What is never broken; `is_key`: its value follows without a space."""

    text: str
    colour: str = ""
    is_key: bool = False


class ConsoleLine:
    """Renders an event as a short line, or as two in a narrow terminal."""

    def __init__(self, *, colour: bool, width: Callable[[], int | None] = lambda: None) -> None:
        """`width` gives the terminal's columns now; None: lines have no end."""
        self._colour, self._width = colour, width

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
        """The line, without its newline."""
        width = self._width()
        clock = _Word(str(event.pop("timestamp"))[11:19])
        colour, name = _COLOURS[str(event.pop("level"))], str(event.pop("event"))
        said = dict(event)
        if "photo" in said:
            for key in _QUIET:
                said.pop(key, None)
            if "taken" in said:
                said["taken"] = _SPLIT_SECOND.sub("", str(said["taken"]))
        if width is not None:
            said = {key: _homely(value) for key, value in said.items()}
        line = [clock, _Word(f"{name:<{_NAME_WIDTH}}", colour), *_words(said)]
        if width is None or _width(line) <= width:
            return self._painted(line)
        if "photo" in said:
            _shorten(said, width - len(_INDENT) - len(f"{name} "))
        line = [clock, _Word(name, colour), *_words(said, width - len(_INDENT))]
        return "\n".join(map(self._painted, _broken(line, width)))

    def _painted(self, line: Sequence[_Word]) -> str:
        painted = (self._paint(each) + ("" if each.is_key else " ") for each in line)
        return "".join(painted).removesuffix(" ")

    def _paint(self, word: _Word) -> str:
        is_plain = not (self._colour and word.colour)
        return word.text if is_plain else f"\x1b[{word.colour}m{word.text}\x1b[0m"


def _words(said: Mapping[str, Any], room: int | None = None) -> list[_Word]:
    """What follows the event's name; with a `room`, paths of the rest are shortened for it."""
    rest = dict(said)
    words = [
        _Word(each, _BOLD if number == 0 else "") for number, each in enumerate(_journey(rest))
    ]
    for key, value in rest.items():
        text = plain(value)
        if text.startswith(("/", "~/")):
            parts = [shorten(text, None if room is None else room - len(f"{key}="))]
        else:
            parts = text.split(" ")
        words += [_Word(f"{key}=", _DIM, is_key=True), *map(_Word, parts)]
    return words


def _journey(rest: dict[str, Any]) -> Iterator[str]:
    """What every photo's line begins with: photo, destination, class and confidence."""
    if "photo" not in rest:
        return
    yield plain(rest.pop("photo"))
    if "destination" in rest:
        yield f"-> {plain(rest.pop('destination'))}"
    if "class" in rest:
        sure = _sure(rest)
        yield f"({' '.join(filter(None, (rest.pop('class'), sure)))})"


def _sure(said: dict[str, Any]) -> str:
    """How sure the model was, and how sure it had to be where that was not enough; taken out.

    With two decimals, or with more where 0.977 would read as the 0.98 that it lacks.
    """
    sure, needed = said.pop("confidence", None), said.pop("needs_confidence", None)
    if not isinstance(sure, float):
        return sure or ""
    if needed is None:
        return f"{sure:.2f}"
    digits = 2 if f"{sure:.2f}" != f"{needed:.2f}" else 4
    return f"{sure:.{digits}f}, needs {needed:.{digits}f}"


def _shorten(said: dict[str, Any], width: int) -> None:
    """Leave out what matters least, then shorten the photo and its place, until it fits."""
    for key in _LEAST:
        if _width(_words(said)) <= width:
            return
        said.pop(key, None)
    photo, place = plain(said["photo"]), plain(said.get("destination", ""))
    name = photo.rpartition("/")[2]
    if not place:
        left = width - _width(_words(said | {"photo": ""}))
        said["photo"] = shorten(photo, max(left, min(width_of(name), _NAME_ROOM)))
        return
    folder, _, new_name = place.rpartition("/")
    # Of a photo that keeps its name the folder says it all.
    place = f"{folder}/" if name == new_name else place
    last = f"{CUT}/{folder.rpartition('/')[2]}/" + ("" if name == new_name else new_name)
    wide, least = min(width_of(name), _NAME_ROOM), width_of(last)
    left = _room_beside(said, width, wide + least)
    if min(width_of(name), _LEAST_NAME_ROOM) + least <= left < wide + least:
        # A shorter name saves a second line.
        wide = left - least
    said["photo"] = shorten(name, max(left - width_of(place), wide))
    room = left - width_of(said["photo"])
    # Where the line must be broken, the place may have more than its end.
    said["destination"] = shorten(place, room if room >= least else width // 2)


def _room_beside(said: dict[str, Any], width: int, wanted: int) -> int:
    """The columns for a filed photo and its place; where they are too few, the rule goes.

    The class and the folder say as much.
    """

    def room() -> int:
        return width - _width(_words(said | {"photo": "", "destination": ""}))

    if room() < wanted:
        said.pop("rule", None)
    return room()


def _broken(line: Sequence[_Word], width: int) -> Iterator[list[_Word]]:
    """The line in as many as it takes, broken between words."""
    now: list[_Word] = []
    used = 0
    for number, word in enumerate(line):
        value = line[number + 1].text if word.is_key else ""
        wide = width_of(word.text + value)
        if used > len(_INDENT) and used + wide > width and not (now and now[-1].is_key):
            yield now
            now, used = [_Word(_INDENT[1:])], len(_INDENT)
        now.append(word)
        used += width_of(word.text) + (not word.is_key)
    yield now


def _homely(value: object) -> object:
    """What is said at a terminal has `~` for the home folder, as every command's output."""
    if isinstance(value, str):
        return with_tilde(value)
    return tuple(map(_homely, value)) if isinstance(value, (list, tuple)) else value


def _width(line: Sequence[_Word]) -> int:
    return sum(width_of(each.text) + (not each.is_key) for each in line) - 1


def plain(value: object) -> str:
    """A value on one line that no terminal can misread: anything unprintable is escaped."""
    if isinstance(value, dict):
        return ", ".join(f"{plain(name)} {plain(item)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
