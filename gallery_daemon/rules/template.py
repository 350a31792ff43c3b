"""Templates for places in the library: `Outdoors/{class}/{date:%Y}/`.

A template is parsed once, against a list of known fields, and rendered into checked parts, never
into a path: neither its text nor a value can name `..` or an absolute place. It is not
`str.format`, which reaches `{date.__class__}` and everything behind it.

    {field}               the value, or `unknown` where there is none; of a date, what is known
    {date:%Y/%m}          a date in strftime's letters; a `/` makes a folder
    {date:%H}             `unknown` for letters that are not known, as of a day without an hour
    {date:%H|night}       the text if a letter is not known
    {camera|source|none}  the first field that has a value, else the text at the end
    {hash:12}             the first digits of the content's hash
    {sequence:4}          a number of at least four digits: the first that makes the name free
    {{ }}                 braces
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.rules.component import NUMBER, component, is_control
from gallery_daemon.rules.fields import DATE_FIELDS, DIGITS, FIELDS, SEQUENCE, Values

UNKNOWN = "unknown"
DIRECTIVES = "aAbBdfFGHjmMSuUVwWyY%"
"""The strftime letters that give one short text without a `/` in every locale."""

FOLDERS_LIMIT = 30
"""The most folders in a template; a hundred thousand nested ones could hardly be deleted."""

_KNOWN_WITH = {
    **dict.fromkeys("Yy", Granularity.YEAR),
    **dict.fromkeys("mbB", Granularity.MONTH),
    **dict.fromkeys("dFjaAuwUWVG", Granularity.DAY),
    "H": Granularity.HOUR,
    "M": Granularity.MINUTE,
    **dict.fromkeys("Sf", Granularity.SECOND),
}
_TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+")
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_DIRECTIVE = re.compile(r"%(.?)")


class TemplateError(ValueError):
    """A text is no template; `position` counts from 0, `unknown` is a field not known."""

    def __init__(self, message: str, position: int, unknown: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Field:
    """A field; `form` are strftime's letters for a date, `digits` how many of a hash or number.

    Without a form a date is its day, or as much of that as is known.
    """

    name: str
    form: str | None = None
    digits: int | None = None

    def sections(self, values: Values) -> list[str] | None:
        """The value, in several folders where `form` has a `/`.

        There is none where there is no value, or a letter of `form` is not known.
        """
        if self.name == SEQUENCE:
            return [NUMBER * (self.digits or 1)]
        value = values.get(self.name)
        if isinstance(value, PartialDate):
            return self._of_date(value) if self.is_known_with(value.granularity) else None
        text = (value or "").replace(NUMBER, "_").strip()
        return [text[: self.digits]] if text else None

    def known_sections(self, values: Values) -> list[str] | None:
        """What is known of a date, with `unknown` for the letters that are not; None of others."""
        value = values.get(self.name)
        return self._of_date(value) if isinstance(value, PartialDate) else None

    def is_known_with(self, granularity: Granularity) -> bool:
        """Whether a date that is known so finely has every letter of the form."""
        letters = _DIRECTIVE.findall(self.form or "")
        parts = (_KNOWN_WITH[letter] for letter in letters if letter in _KNOWN_WITH)
        return all(granularity.includes(part) for part in parts)

    def _of_date(self, value: PartialDate) -> list[str]:
        if self.form is None:
            day = min(value.granularity, Granularity.DAY, key=tuple(Granularity).index)
            return [PartialDate(value.when, day).text]
        return [_strftime(value, section) for section in self.form.split("/")]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What stands in braces: the first field that has a value, else `otherwise`.

    Without `otherwise` it is what is known of the first date, else `unknown`.
    """

    fields: tuple[Field, ...]
    otherwise: str | None = None

    def sections(self, values: Values) -> list[str]:
        """Texts with a folder's end between them."""
        for field in self.fields:
            sections = field.sections(values)
            if sections is not None:
                return sections
        if self.otherwise is not None:
            return [self.otherwise]
        known = (field.known_sections(values) for field in self.fields)
        return next(filter(None, known), [UNKNOWN])

    def used(self, values: Values) -> Field | None:
        """The field whose value it takes, or what is known of it; None: it takes a text."""
        whole = (field for field in self.fields if field.sections(values) is not None)
        known = (field for field in self.fields if field.known_sections(values) is not None)
        return next(whole, next(known, None) if self.otherwise is None else None)


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template; `text` is what a person wrote."""

    text: str
    pieces: tuple[str | Placeholder, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """The template that `text` says.

        Raises:
            TemplateError: it has an unknown field, an open brace, or leads out of the library.
        """
        _refuse_places(text)
        tokens = _TOKEN.finditer(text)
        return cls(text, tuple(_piece(token.group(), token.start()) for token in tokens))

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields."""
        choices = (piece for piece in self.pieces if isinstance(piece, Placeholder))
        return frozenset(field.name for choice in choices for field in choice.fields)

    def used(self, values: Values) -> tuple[Field, ...]:
        """The fields that its text is made of, where these are the values."""
        choices = (piece for piece in self.pieces if isinstance(piece, Placeholder))
        found = (choice.used(values) for choice in choices)
        return tuple(field for field in found if field is not None)

    @property
    def has_folders(self) -> bool:
        """Whether a `/` stands in it, also in a date."""
        return "/" in self.text

    def render(self, values: Values) -> tuple[str, ...]:
        """The parts of the place, each a name that can do no harm."""
        parts = [""]
        for piece in self.pieces:
            sections = piece.split("/") if isinstance(piece, str) else piece.sections(values)
            parts[-1] += sections[0]
            parts += sections[1:]
        if parts[-1] == "":  # what follows the last slash
            parts.pop()
        return tuple(component(text, numbered=SEQUENCE in self.fields) for text in parts)


def _refuse_places(text: str) -> None:
    """Refuse what is no place below the library, or no name."""
    for position, letter in enumerate(text):
        if letter == "\\":
            raise TemplateError("folders are separated by /, not by \\", position)
        if is_control(letter) or "\udc80" <= letter <= "\udcff":
            raise TemplateError("a template has no line breaks or control characters", position)
    if text.startswith(("/", "~")):
        raise TemplateError("a template is a place inside the library and cannot be absolute", 0)
    if not text.strip():
        raise TemplateError("a template cannot be empty", 0)
    if text.count("/") > FOLDERS_LIMIT:
        message = f"a template cannot have more than {FOLDERS_LIMIT} folders"
        raise TemplateError(message, len("/".join(text.split("/", FOLDERS_LIMIT + 1)[:-1])))
    # Braces are filled in: the slashes and dots that remain are the text's own, in their places.
    _refuse_parts(_PLACEHOLDER.sub(lambda found: "x" * len(found.group()), text), 0)


def _refuse_parts(text: str, offset: int) -> None:
    """Refuse `..`, hidden and empty parts in `text`, which begins at `offset`."""
    position = offset
    for each in text.removesuffix("/").split("/"):
        if each in {".", ".."}:
            raise TemplateError(f'a template cannot hold "{each}"', position)
        if each.startswith("."):
            raise TemplateError("a folder in the library cannot be hidden", position)
        if not each.strip():
            raise TemplateError("there is no folder's name before this /", position)
        position += len(each) + 1


def _piece(text: str, position: int) -> str | Placeholder:
    match text:
        case "{{" | "}}":
            return text[0]
        case "{":
            raise TemplateError('a "{" is not closed', position)
        case "}":
            raise TemplateError('a "}" has no "{"; for a brace itself write }}', position)
        case _:
            return _choice(text[1:-1], position + 1) if text.startswith("{") else text


def _choice(inside: str, position: int) -> Placeholder:
    fields: list[Field] = []
    *before, last = inside.split("|")
    for text in before:
        fields.append(_field(text, position))
        position += len(text) + 1
    if not fields or _is_field(last):
        return Placeholder((*fields, _field(last, position)))
    return Placeholder(tuple(fields), _fallback(last, position))


def _is_field(text: str) -> bool:
    """Whether the last alternative means a field; `%` never stands in a plain text."""
    return text.partition(":")[0].strip() in FIELDS or "%" in text


def _field(text: str, position: int) -> Field:
    head, colon, form = text.partition(":")
    name = head.strip()
    if name not in FIELDS:
        message = f'unknown field "{name}"; the fields are {", ".join(FIELDS)}'
        raise TemplateError(message, position, unknown=name)
    if not colon:
        return Field(name)
    if name in DIGITS:
        return Field(name, digits=_digits(form, DIGITS[name], position + len(head) + 1))
    if name not in DATE_FIELDS:
        message = f'only dates take a form after ":" ({", ".join(DATE_FIELDS)}), not {name}'
        raise TemplateError(message, position)
    _refuse_form(form, position + len(head) + 1)
    return Field(name, form)


def _digits(text: str, most: int, position: int) -> int:
    if (
        text.isascii()
        and text.isdecimal()
        and 1 <= int(text[:3]) <= most
        and len(text) <= len("64")
    ):
        return int(text)
    raise TemplateError(f'after ":" stands how many digits, from 1 to {most}', position)


def _fallback(text: str, position: int) -> str:
    fallback = text.strip()
    if not fallback:
        raise TemplateError('after the last "|" a field or a text must stand', position)
    if "/" in fallback:
        raise TemplateError("a fallback text is one name, without a /", position)
    return fallback


def _refuse_form(form: str, position: int) -> None:
    for found in _DIRECTIVE.finditer(form):
        if not found[1] or found[1] not in DIRECTIVES:
            message = f'"{found[0]}" is no part of a date here; use %Y %m %d %H %M %S %B %A'
            raise TemplateError(message, position + found.start())
    if form.endswith("/"):
        raise TemplateError("the form of a date cannot end with a /", position)
    _refuse_parts(form, position)


def _strftime(date: PartialDate, form: str) -> str:
    """As strftime, letter by letter: the C library never sees the text in between.

    Letters that are not known are one `unknown`, with those beside them and what is in between.
    """
    pieces: list[str] = []
    behind = 0
    is_open = False
    for found in _DIRECTIVE.finditer(form):
        known_with = _KNOWN_WITH.get(found[1])
        is_known = known_with is None or date.knows(known_with)
        if is_known or not is_open:
            pieces += form[behind : found.start()], _directive(date, found[0], is_known=is_known)
        is_open, behind = not is_known, found.end()
    return "".join((*pieces, form[behind:]))


def _directive(date: PartialDate, directive: str, *, is_known: bool) -> str:
    when = date.when
    if not is_known:
        return UNKNOWN
    if directive == "%Y":
        return f"{when.year:04}"  # glibc leaves out leading zeros
    if directive == "%F":
        return f"{when.year:04}-{when.month:02}-{when.day:02}"
    return when.strftime(directive)
