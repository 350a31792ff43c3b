"""Rules and outcomes: where photos go that a rule takes, and where those go that none takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.config.document import Node, ScalarNode, SequenceNode
from gallery_daemon.config.kinds.base import Flag, OneOf, Raw, Text
from gallery_daemon.config.kinds.text import FileName, Folder, is_like_leave
from gallery_daemon.config.mistakes import Mistakes, quoted
from gallery_daemon.config.section import Key, Table, Written
from gallery_daemon.config.settings import DEFAULT_MIN_CONFIDENCE, SidecarMode
from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.rules.condition import AllOf, Condition
from gallery_daemon.rules.conditions.model import MinConfidence, MinMargin, MinPrecision
from gallery_daemon.rules.decide import Placing, Rule
from gallery_daemon.rules.template import Template

if TYPE_CHECKING:
    from gallery_daemon.config.conditions import WhenReader
    from gallery_daemon.config.settings import Defaults

RULES_LIMIT = 1_000

NAME = Key(
    "name",
    Text(),
    "What the log and the journal call the rule; each name once.",
    example="memes",
)
WHEN: Key[Node] = Key(
    "when", Raw("conditions"), "All that must hold; without it the rule takes every photo."
)
TO: Key[Node] = Key(
    "to",
    Raw("a folder in the library"),
    "The folder in the library; {fields} are filled in, as {date:%Y} or {class}.",
)
LEAVE_IT = Key("leave", Flag(), "true: the photo stays where it is.")
AS = Key(
    "as",
    FileName(),
    "The photo's name in the library, such as {date:%Y-%m-%d} {stem}.{ext}.",
)
ACTION = Key("action", OneOf(Action), "How its photos come into the library.")
ON_CONFLICT = Key(
    "on_conflict",
    OneOf(OnConflict),
    "What is done where the name is taken; nothing is ever overwritten.",
)
IDENTICAL = Key("identical", OneOf(Identical), "What is done where the same bytes have the name.")
SIDECARS = Key(
    "sidecars",
    OneOf(SidecarMode),
    "Whether .xmp, .aae, films and edited versions go with their photo.",
)
ENABLED = Key("enabled", Flag(), "false: the rule is passed over.")
RULE = Table(
    "a rule",
    (NAME, WHEN, TO, LEAVE_IT, AS, ACTION, ON_CONFLICT, IDENTICAL, SIDECARS, ENABLED),
)


def default_conditions(defaults: Defaults) -> dict[str, Condition]:
    """The conditions that a map takes which names a class, by their key."""
    values: dict[type[MinConfidence | MinPrecision | MinMargin], float] = {
        MinConfidence: _min_confidence(defaults),
        MinPrecision: defaults.min_precision,
        MinMargin: defaults.min_margin,
    }
    return {kind.KEY: kind(value) for kind, value in values.items() if value > 0}


def _min_confidence(defaults: Defaults) -> float:
    """What is written; or else 0.80, unless `min_precision` says how sure the model must be."""
    if defaults.min_confidence is not None:
        return defaults.min_confidence
    return 0.0 if defaults.min_precision > 0 else DEFAULT_MIN_CONFIDENCE


def outcome_placing(to: Template | str | None, defaults: Defaults) -> Placing | None:
    """Where an outcome's photos go; none leaves them, also where the outcome is not written."""
    if not isinstance(to, Template):
        return None
    together = defaults.sidecars is SidecarMode.TOGETHER
    return Placing(
        to,
        None,
        defaults.action,
        defaults.on_conflict,
        together,
        identical=defaults.identical,
    )


def read_rules(
    node: Node, conditions: WhenReader, defaults: Defaults, mistakes: Mistakes
) -> tuple[Rule, ...]:
    """All rules that could be read, in their order."""
    if not isinstance(node, SequenceNode) or not node.items:
        hint = "begin each rule with - name: ..."
        mistakes.error(node.mark, "rules must be a list of rules", hint)
        return ()
    if len(node.items) > RULES_LIMIT:
        mistakes.error(node.mark, f"{len(node.items)} rules are more than {RULES_LIMIT}")
        return ()
    read: dict[str, Rule] = {}
    for item in node.items:
        rule = _read_rule(item, conditions, defaults, mistakes)
        if rule is None:
            continue
        # Names are what the log and the journal call rules by, so each stands for one.
        first = read.setdefault(rule.name, rule)
        if first is not rule:
            sentence = f"two rules are called {quoted(rule.name)}"
            mistakes.error(item.mark, sentence, f"the first stands in line {first.line}")
    return tuple(read.values())


def _read_rule(
    node: Node, conditions: WhenReader, defaults: Defaults, mistakes: Mistakes
) -> Rule | None:
    found = RULE.read(node, mistakes)
    if found is None:
        return None
    written = found.get(WHEN)
    when = AllOf(()) if written is None else conditions.read(written)
    name = found.get(NAME)
    placing = _read_placing(found, defaults, mistakes)
    if name is None or when is None:
        return None
    return Rule(name, when, placing, found.get_or(ENABLED, default=True), node.mark.line)


def _read_placing(found: Written, defaults: Defaults, mistakes: Mistakes) -> Placing | None:
    """Where the rule's photos go; none leaves them (or stands for a mistake, which is reported)."""
    rule = _named(found)
    written = found.get(TO)
    if LEAVE_IT in found:
        _read_leave(found, rule, mistakes)
        return None
    if written is None:
        sentence = f"{rule} says neither to nor leave"
        mistakes.error(found.mark, sentence, "add to: FOLDER/, or leave: true")
        return None
    if isinstance(written, ScalarNode) and is_like_leave(written.text):
        hint = f"write leave: true; for a folder of that name write to: {written.text}/"
        mistakes.error(written.mark, f"to: {quoted(written.text)} is not a folder", hint)
        return None
    to = Folder().read(written, TO.name, mistakes)
    if to is None:
        return None
    return Placing(
        to=to,
        as_=found.get(AS),
        action=found.get_or(ACTION, defaults.action),
        on_conflict=found.get_or(ON_CONFLICT, defaults.on_conflict),
        with_sidecars=found.get_or(SIDECARS, defaults.sidecars) is SidecarMode.TOGETHER,
        own_action=ACTION in found,
        identical=found.get(IDENTICAL) or defaults.identical,
    )


def _read_leave(found: Written, rule: str, mistakes: Mistakes) -> None:
    """Check that a rule which leaves photos says nothing else of where they go."""
    if found.get(LEAVE_IT) is False:
        mistakes.error(
            found.mark_of(LEAVE_IT), f"{rule} cannot say leave: false", "say to: FOLDER/"
        )
    if TO in found:
        mistakes.error(found.mark_of(TO), f"{rule} says both to and leave", "remove one of them")
    for key in (AS, ACTION, ON_CONFLICT, IDENTICAL, SIDECARS):
        if key in found:
            sentence = f"{rule} leaves its photos, so {key.name} means nothing"
            mistakes.error(found.mark_of(key), sentence, f"remove {key.name}")


def _named(found: Written) -> str:
    name = found.get(NAME)
    return "a rule" if name is None else f"rule {quoted(name)}"
