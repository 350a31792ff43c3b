"""Configurations for one pass: `sort SOURCE... --library DIR`, with or without a file.

Without a file every photo goes to the folder of its class; with one, the folders and the action of
the command line take the place of the file's.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from gallery_daemon.config.folders import is_inside, name_of, overlap
from gallery_daemon.config.kinds.local import absolute
from gallery_daemon.config.load import digest_of
from gallery_daemon.config.settings import Batch, Config, Limits, ModelChoice, WatchFolder
from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import GalleryError
from gallery_daemon.rules.condition import AllOf, AnyOf, Not
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence, MinPrecision
from gallery_daemon.rules.decide import Placing, Rule, RuleSet
from gallery_daemon.rules.template import Template

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Condition

MIN_PRECISION = 0.95
"""Of a hundred photos that are filed, so many are right; config.example.yaml asks for the same."""

OWN_MIN_PRECISION = MappingProxyType({"memes": 0.90})
"""The classes that are asked for another one: by 0.95 the shipped model would file no meme."""

MIN_CONFIDENCE = 0.60
"""What a model without that knowledge is asked for; a person looks on while `sort` runs."""

RULE_NAME = "everything"


def default_config(
    sources: tuple[str, ...],
    library: str,
    action: Action = Action.HARDLINK,
    *,
    knows_precision: bool,
) -> Config:
    """Everything to `{class}/`, what the model is less sure of to `Review/`.

    `knows_precision`: the model can tell how often it is right; with one of version 0.1, which
    cannot, a confidence decides as it did then.

    Raises:
        GalleryError: a source is the library or is inside it.
    """
    by_class, review = (
        Placing(Template.parse(text), None, action, OnConflict.DEDUPE, with_sidecars=True)
        for text in ("{class}/", "Review/")
    )
    when = _precise_enough() if knows_precision else MinConfidence(MIN_CONFIDENCE)
    everything = Rule(RULE_NAME, when, by_class, enabled=True, line=0)
    config = Config(
        file=None,
        watch=(),
        library=absolute(library, str(Path.cwd())),
        model=ModelChoice(),
        batch=Batch(),
        limits=Limits(),
        rules=RuleSet((everything,), uncertain=review),
        digest=digest_of(""),
    )
    return adapt(config, sources=sources)


def _precise_enough() -> Condition:
    """Each class is asked for its own precision, or for the usual one."""
    own = tuple(
        AllOf((ClassIs((name,)), MinPrecision(value))) for name, value in OWN_MIN_PRECISION.items()
    )
    others = Not(ClassIs(tuple(OWN_MIN_PRECISION)))
    return AnyOf((*own, AllOf((others, MinPrecision(MIN_PRECISION)))))


def adapt(
    config: Config,
    *,
    sources: tuple[str, ...] | None = None,
    library: str | None = None,
    action: Action | None = None,
) -> Config:
    """`config` with what the command line says instead; None keeps what the file says.

    The action replaces the default one: a rule that sets its own action keeps it.

    Raises:
        GalleryError: a source is the library or is inside it.
    """
    watch = config.watch if sources is None else _folders(sources, config.watch)
    place = config.library if library is None else absolute(library, str(Path.cwd()))
    for folder in watch:
        reason = overlap(folder.path, place)
        if reason is not None:
            raise GalleryError(reason, "choose a library outside, or inside the source")
    rules = config.rules if action is None else _with_action(config.rules, action)
    return replace(config, watch=watch, library=place, rules=rules)


def _folders(sources: tuple[str, ...], known: tuple[WatchFolder, ...]) -> tuple[WatchFolder, ...]:
    """One watch folder for each source; one that the file watches keeps its name and settings.

    A source inside another one is left out: the outer one holds its photos already.
    """
    paths = dict.fromkeys(absolute(source, str(Path.cwd())) for source in sources)
    by_path = {folder.path: folder for folder in known}
    names: set[str] = set()
    folders: list[WatchFolder] = []
    for path in paths:
        if any(is_inside(path, other) for other in paths):
            continue
        folder = by_path.get(path, WatchFolder(name_of(path), path))
        folders.append(replace(folder, name=_unused(folder.name, names)))
        names.add(folders[-1].name)
    return tuple(folders)


def _unused(name: str, names: set[str]) -> str:
    """The name, with a number where it is taken."""
    numbered = (f"{name} ({number})" for number in count(2))
    return next(each for each in chain((name,), numbered) if each not in names)


def _with_action(rules: RuleSet, action: Action) -> RuleSet:
    def changed(placing: Placing | None) -> Placing | None:
        if placing is None or placing.own_action:
            return placing
        return replace(placing, action=action)

    return RuleSet(
        tuple(replace(rule, placing=changed(rule.placing)) for rule in rules.rules),
        uncertain=changed(rules.uncertain),
        otherwise=changed(rules.otherwise),
        failed=changed(rules.failed),
    )
