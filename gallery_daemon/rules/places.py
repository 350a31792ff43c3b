"""Which folders of the library stand for which class, read off the rules.

A folder is a *class place* if the rules give it to exactly one class: `Cars/` of a rule that takes
cars alone, or each `Outdoors/{class}/`. What is below it belongs to it, unless there is a more
exact place: of two, the one of more folders counts, then that of more of its own letters, then that
of more of a date's. Trailing folders that stand for no class, as in `Cars/{camera}/`, may be there
or not. A place without a letter of its own, such as `{date:%Y}/`, could be any folder, and is none.

A place that several classes share is ambiguous, whichever rules or fields make it so. Where a photo
lies then says nothing of its class.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, product
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.rules.component import component
from gallery_daemon.rules.demands import possible_classes
from gallery_daemon.rules.fields import DATE_FIELDS, SEQUENCE
from gallery_daemon.rules.template import UNKNOWN, Placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.rules.decide import Placing, RuleSet
    from gallery_daemon.rules.template import Template

_VARIANTS = 64
"""So many forms of one template are looked at: each `{date:%Y/%m|other}` doubles them."""
_NAMED = 3
"""So many classes or rules are named in a sentence; the others are counted."""

_DIGITS = {"Y": 4, "G": 4, "j": 3, "f": 6, "u": 1, "w": 1}
_WORDS = frozenset("aAbB")
# Fields that have a value of every photo, with all letters of a date.
_ALWAYS_THERE = frozenset({"mtime", "added", "name", "stem", "source", SEQUENCE})


@dataclass(frozen=True, slots=True)
class ClassPlace:
    """The folder belongs to exactly one class.

    `folder` is the place, itself or above it, without folders that stand for no class.
    """

    folder: tuple[str, ...]
    class_name: str
    owners: tuple[str, ...]

    @property
    def reason(self) -> str:
        """As a clause."""
        return f"{_shown(self.folder)} is the place of {self.class_name}, by {_named(self.owners)}"


@dataclass(frozen=True, slots=True)
class ReviewPlace:
    """Uncertain photos wait there, and no others."""

    folder: tuple[str, ...]

    @property
    def reason(self) -> str:
        """As a clause."""
        return f"{_shown(self.folder)} is where uncertain photos wait"


@dataclass(frozen=True, slots=True)
class AmbiguousPlace:
    """Photos of several classes go there, or such as could not be read (of no class)."""

    folder: tuple[str, ...]
    classes: tuple[str, ...]
    owners: tuple[str, ...]

    @property
    def reason(self) -> str:
        """As a clause."""
        of = f"photos of {_named(self.classes)}" if self.classes else "photos that cannot be read"
        return f"{of} go to {_shown(self.folder)} alike, by {_named(self.owners)}"


@dataclass(frozen=True, slots=True)
class NoPlace:
    """No rule gives the folder to a class."""

    @property
    def reason(self) -> str:
        """As a clause."""
        return "no rule gives this folder to a class"


FolderPlace: TypeAlias = ClassPlace | ReviewPlace | AmbiguousPlace | NoPlace


@dataclass(frozen=True, slots=True)
class _Text:
    """Letters that are there in any case; of a class name, `of_class`."""

    text: str
    of_class: bool = False


@dataclass(frozen=True, slots=True)
class _Value:
    """What a field may come to: a regular expression, and how many letters of a date are in it."""

    pattern: str
    letters: int = 0


_Piece: TypeAlias = _Text | _Value
_Component: TypeAlias = tuple[_Piece, ...]
_ANYTHING = _Value("[^/]+")


@dataclass(frozen=True, slots=True)
class _Owner:
    """What gives photos of these classes a place; `rule` is its name, if it is a rule."""

    name: str
    classes: frozenset[str]
    rule: str | None = None
    is_review: bool = False


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One form that a place may have; `classes` are those whose photos go there.

    `fixed` is how many of its folders there are up to the last that stands for the class.
    """

    pattern: str
    fixed: int
    exactness: tuple[int, int, int]
    classes: frozenset[str]
    owner: str
    is_review: bool

    def matches(self, folder: str, *, any_case: bool) -> bool:
        """Whether the folder, which ends with a slash, is such a place or below it."""
        return _compiled(self.pattern, any_case).match(folder) is not None


class ClassPlaces:
    """The places of one rule set and one model's classes."""

    def __init__(self, patterns: Iterable[_Pattern]) -> None:
        self._patterns = tuple(dict.fromkeys(patterns))

    @classmethod
    def of(cls, ruleset: RuleSet, classes: tuple[str, ...]) -> ClassPlaces:
        """The places that the enabled rules make of these classes, which are the model's."""
        return cls(chain.from_iterable(_patterns(ruleset, classes)))

    def of_folder(self, folder: tuple[str, ...], *, any_case: bool = False) -> FolderPlace:
        """What the folder stands for, by its components below the library.

        `any_case`: the disk does not tell `cars` from `Cars`.
        """
        text = _composed("".join(f"{part}/" for part in folder))
        matched = [each for each in self._patterns if each.matches(text, any_case=any_case)]
        if not matched:
            return NoPlace()
        most = max(each.exactness for each in matched)
        best = [each for each in matched if each.exactness == most]
        place = folder[: best[0].fixed]
        owners = tuple(dict.fromkeys(each.owner for each in best))
        if all(each.is_review for each in best):
            return ReviewPlace(place)
        named = tuple(sorted(frozenset().union(*(each.classes for each in best))))
        if len(named) == 1 and all(each.classes for each in best):
            return ClassPlace(place, named[0], owners)
        return AmbiguousPlace(place, named, owners)


def _patterns(ruleset: RuleSet, classes: tuple[str, ...]) -> Iterator[Iterator[_Pattern]]:
    every = frozenset(classes)
    for rule in ruleset.rules:
        if rule.enabled and rule.placing is not None:
            owner = _Owner(f'rule "{rule.name}"', possible_classes(rule.when, every), rule.name)
            yield _of_placing(rule.placing, owner)
    if ruleset.uncertain is not None:
        yield _of_placing(ruleset.uncertain, _Owner("uncertain", every, is_review=True))
    if ruleset.otherwise is not None:
        yield _of_placing(ruleset.otherwise, _Owner("otherwise", every))
    if ruleset.failed is not None:
        yield _of_placing(ruleset.failed, _Owner("failed", frozenset()))


def _of_placing(placing: Placing, owner: _Owner) -> Iterator[_Pattern]:
    """The forms of the place; of an owner without classes only what could not be read goes there.

    A rule that no photo can match has no place.
    """
    if owner.rule is not None and not owner.classes:
        return
    for name in sorted(owner.classes) if "class" in placing.to.fields else [None]:
        for form in _components(placing.to, name, owner.rule):
            # A form without the class in it is shared by all of them.
            has_class = any(isinstance(each, _Text) and each.of_class for each in chain(*form))
            of = frozenset({name}) if has_class and name is not None else owner.classes
            yield from _of_form(form, owner, of)


def _of_form(
    form: tuple[_Component, ...], owner: _Owner, classes: frozenset[str]
) -> Iterator[_Pattern]:
    """The pattern, and the one without its trailing folders that stand for no class."""
    short = form
    while short and not _is_fixed(short[-1]):
        short = short[:-1]
    for each in dict.fromkeys((form, short)):
        letters = sum(_letters(part) for part in each)
        if letters:
            pattern = "".join(f"{_regex(part)}/" for part in each)
            of_dates = sum(piece.letters for piece in chain(*each) if isinstance(piece, _Value))
            exactness = (len(each), letters, of_dates)
            yield _Pattern(pattern, len(short), exactness, classes, owner.name, owner.is_review)


def _is_fixed(part: _Component) -> bool:
    """Whether it says the class, or is nothing but letters of its own."""
    return all(isinstance(each, _Text) for each in part) or any(
        isinstance(each, _Text) and each.of_class for each in part
    )


def _letters(part: _Component) -> int:
    """How many letters and digits of its own it has."""
    texts = (each.text for each in part if isinstance(each, _Text))
    return sum(letter.isalnum() for letter in "".join(texts))


def _regex(part: _Component) -> str:
    if all(isinstance(each, _Text) for each in part):
        whole = component("".join(each.text for each in part if isinstance(each, _Text)))
        return re.escape(_composed(whole))
    return "".join(
        re.escape(_composed(each.text)) if isinstance(each, _Text) else each.pattern
        for each in part
    )


def _components(
    template: Template, class_name: str | None, rule: str | None
) -> Iterator[tuple[_Component, ...]]:
    """Every form that the folders of the template may have, for photos of that class."""
    choices = [
        [tuple((_Text(text),) for text in piece.split("/"))]
        if isinstance(piece, str)
        else list(_alternatives(piece, class_name, rule))
        for piece in template.pieces
    ]
    for chosen in islice(product(*choices), _VARIANTS):
        parts: list[_Component] = [()]
        for sections in chosen:
            parts[-1] += sections[0]
            parts += sections[1:]
        if all(each == _Text("") for each in parts[-1]):  # what follows the last slash
            parts.pop()
        yield tuple(parts)


def _alternatives(
    placeholder: Placeholder, class_name: str | None, rule: str | None
) -> Iterator[tuple[_Component, ...]]:
    """What may stand in its place, each with a folder's end between the components."""
    for field in placeholder.fields:
        if field.name == "class" and class_name is not None:
            yield ((_Text(class_name.replace("/", "_"), of_class=True),),)
            return  # a photo that was read has a class
        if field.name == "rule" and rule is not None:
            yield ((_Text(rule.replace("/", "_")),),)
            return
        if field.name in DATE_FIELDS:
            yield tuple((_date(section),) for section in (field.form or "").split("/"))
        else:
            yield ((_Value(r"\d+") if field.name == SEQUENCE else _ANYTHING,),)
        if field.name in _ALWAYS_THERE:
            return
    # A text that stands for a value which is missing is no more the place's own than the value.
    text = UNKNOWN if placeholder.otherwise is None else placeholder.otherwise
    yield ((_Value(re.escape(_composed(component(text)))),),)


def _date(form: str) -> _Value:
    """A section of a date's form; parts that are not known read `unknown`."""
    if not form:
        return _Value(r"\d{4}(?:-\d\d){0,2}", letters=3)
    pattern, letters = "", 0
    for each in re.finditer(r"%(.)|([^%]+)", form):
        letter, text = each[1], each[2]
        letters += letter is not None
        pattern += re.escape(text) if letter is None else _directive(letter)
    return _Value(rf"(?:{pattern}|[^/]*{UNKNOWN}[^/]*)", letters)


def _directive(letter: str) -> str:
    if letter == "%":
        return "%"
    if letter == "F":
        return r"\d{4}-\d\d-\d\d"
    return r"[^/\d]+" if letter in _WORDS else rf"\d{{{_DIGITS.get(letter, 2)}}}"


@lru_cache(maxsize=4096)
def _compiled(pattern: str, any_case: bool) -> re.Pattern[str]:  # noqa: FBT001 - a key of the cache
    return re.compile(pattern, re.IGNORECASE if any_case else 0)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _shown(folder: tuple[str, ...]) -> str:
    return "/".join(folder)


def _named(names: tuple[str, ...]) -> str:
    """A few names in a sentence."""
    if len(names) > _NAMED:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
