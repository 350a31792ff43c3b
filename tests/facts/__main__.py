"""`python -m tests.facts FOLDER`: what ExifTool says otherwise, and why, if that is known."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tests.facts.compare import FACTS, compare, facts_of_bytes
from tests.facts.exiftool import ask, is_installed
from tests.facts.reasons import reason_of


def main(folders: list[str]) -> int:
    """Print the comparison; 1 if a disagreement has no known reason."""
    if not folders:
        print(__doc__, file=sys.stderr)
        return 2
    if not is_installed():
        print("ExifTool is not installed (Debian: libimage-exiftool-perl); nothing is compared.")
        return 0
    paths = [path for each in folders for path in sorted(Path(each).rglob("*")) if path.is_file()]
    said = ask(paths)
    agreed: Counter[str] = Counter()
    by_reason: Counter[tuple[str, str]] = Counter()
    unexplained = refused = slow = 0
    for path in paths:
        ours, is_quick_same = facts_of_bytes(path.read_bytes(), path.name)
        if ours is None:
            refused += 1
            continue
        if not is_quick_same:
            slow += 1
            print(f"{path}: the quick way and the whole way differ")
        theirs = said.get(str(path), {})
        for each in compare(str(path), ours, theirs):
            if each.agrees:
                agreed[each.fact] += 1
                continue
            reason = reason_of(each, ours, theirs)
            by_reason[each.fact, reason or "?"] += 1
            unexplained += reason is None
            print(f"{each.name} | {each.fact} | {each.ours} | {each.theirs} | {reason or '?'}")
    print(f"\n{len(paths)} files, {refused} refused, {slow} quick ways differ")
    print("\n| fact | agree | disagree | unexplained |\n|---|---|---|---|")
    for fact in FACTS:
        differ = sum(count for (which, _), count in by_reason.items() if which == fact)
        print(f"| {fact} | {agreed[fact]} | {differ} | {by_reason[fact, '?']} |")
    print("\n| files | fact | reason |\n|---|---|---|")
    for (fact, reason), count in by_reason.most_common():
        print(f"| {count} | {fact} | {reason} |")
    return 1 if unexplained or slow else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
