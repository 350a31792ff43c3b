"""What is different between two rule sets, rule by rule, in sentences.

Rules are the same by their names. Of those that stand in another order as few as possible count as
moved. The order of the conditions in a rule, and the line of a rule in its file, are no difference.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import AllOf, AnyOf, Not

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from gallery_daemon.rules.condition import Condition
    from gallery_daemon.rules.decide import Placing, Rule, RuleSet

_SHOWN_LETTERS = 60
_LEAVE = "leave"


def changes(old: RuleSet, new: RuleSet) -> tuple[str, ...]:
    """A sentence for each rule that was added, moved, changed or removed, then the outcomes."""
    before = {rule.name: rule for rule in old.rules}
    after = {rule.name: rule for rule in new.rules}
    moved = _moved([name for name in before if name in after], list(after))
    sentences = []
    for name, rule in after.items():
        if name not in before:
            sentences.append(f'rule "{name}" added')
            continue
        parts = _differences(before[name], rule)
        if name in moved:
            sentences.append(f'rule "{name}" moved')
        if parts:
            sentences.append(f'rule "{name}" changed: {", ".join(parts)}')
    sentences += [f'rule "{name}" removed' for name in before if name not in after]
    return (*sentences, *_outcomes(old, new))


def _moved(old: list[str], new: list[str]) -> frozenset[str]:
    """Those that are not in the old order among each other."""
    known = frozenset(old)
    new = [name for name in new if name in known]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in old[block.a : block.a + block.size]}
    return known - stayed


def _differences(old: Rule, new: Rule) -> list[str]:
    differences = []
    before = {_without_order(each): each.text for each in old.conditions}
    after = {_without_order(each): each.text for each in new.conditions}
    gone = [text for condition, text in before.items() if condition not in after]
    come = [text for condition, text in after.items() if condition not in before]
    if gone or come:
        differences.append(f"when {_shown(', '.join(gone))} -> {_shown(', '.join(come))}")
    differences += _compared(_parts(old.placing), _parts(new.placing))
    if old.enabled is not new.enabled:
        differences.append("enabled" if new.enabled else "disabled")
    return differences


def _without_order(condition: Condition) -> Hashable:
    """Equal for two conditions that differ in nothing but where their parts stand."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return type(condition), frozenset(map(_without_order, parts))
        case Not(part):
            return Not, _without_order(part)
        case _:
            return condition.text


def _outcomes(old: RuleSet, new: RuleSet) -> list[str]:
    pairs = {
        "uncertain": (old.uncertain, new.uncertain),
        "otherwise": (old.otherwise, new.otherwise),
        "failed": (old.failed, new.failed),
    }
    parts = {name: _compared(_parts(was), _parts(now)) for name, (was, now) in pairs.items()}
    return [f"{name} changed: {', '.join(each)}" for name, each in parts.items() if each]


def _parts(placing: Placing | None) -> Mapping[str, str]:
    """A placing as the YAML has it."""
    if placing is None:
        return {"to": _LEAVE}
    return {
        "to": placing.to.text,
        "as": placing.as_.text if placing.as_ else "",
        "action": placing.action,
        "on_conflict": placing.on_conflict,
        "identical": placing.identical or "",
        "sidecars": "together" if placing.with_sidecars else "alone",
    }


def _compared(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """What differs; where one of the two leaves its photos, the other's way of filing does not."""
    both = [key for key in old if key in new]
    return [
        f"{key} {_shown(old[key])} -> {_shown(new[key])}" for key in both if old[key] != new[key]
    ]


def _shown(text: str) -> str:
    if len(text) > _SHOWN_LETTERS:
        return f"{text[:_SHOWN_LETTERS]}..."
    return text or "nothing"
