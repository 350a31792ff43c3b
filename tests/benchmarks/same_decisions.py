"""Whether two looks decide as full looks alone do, over real pictures and several rule sets.

    python -m tests.benchmarks.same_decisions [--data phone galleries held-out left-out]
                                              [--every K] [--model BUNDLE] [--json FILE]

For each set of pictures (`looked_at` has them) and each rule set (`rule_sets`): how many photos
their quick look decides, and how many come to the decision of their full look, by class. Then each
one that does not, with both predictions. `galleries` takes one picture in K; the others take all.
Needs `../shared/data`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gallery_daemon.journey.quick_looks import is_enough_for
from tests.benchmarks.looked_at import DATA
from tests.benchmarks.rule_sets import rule_sets
from tests.benchmarks.same import tallied
from tests.benchmarks.two_looks import TwoLooks
from tests.conftest import SHARED_DATA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.decision import Decision
    from gallery_daemon.photo import Prediction
    from tests.benchmarks.same import Disagreement, Tallied

_EVERY = 20
# Smaller probabilities are not told.
_LEAST_TOLD = 0.005


def main() -> None:
    """Print the tables and the disagreements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA))
    parser.add_argument(
        "--every", type=int, default=_EVERY, help="of the galleries, one in so many"
    )
    parser.add_argument("--model", default="default")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not SHARED_DATA.is_dir():
        sys.exit("needs ../shared/data")
    looks = TwoLooks.of(options.model)
    configs = rule_sets(looks.manifest.classes, options.model)
    told: dict[str, object] = {"model": looks.manifest.model_id}
    console = Console(width=150)
    for name in options.data:
        pictures = list(DATA[name](looks, SHARED_DATA, options.every if name == "galleries" else 1))
        found = {
            rules: tallied(pictures, config.rules, is_enough_for(config))
            for rules, config in configs.items()
        }
        console.print(_table(name, found))
        _print_disagreements(found)
        told[name] = {rules: _told(each) for rules, each in found.items()}
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n")


def _table(name: str, found: Mapping[str, Tallied]) -> Table:
    table = Table("class", "photos", title=f"{name}: same decision / decided by the quick look, %")
    for rules in found:
        table.add_column(rules, justify="right")
    first = next(iter(found.values()))
    for label in (*first.classes, None):
        photos = first.photos.total() if label is None else first.photos[label]
        shares = (
            f"{each.same_share(label):.2%} / {each.quick_share(label):.1%}"
            for each in found.values()
        )
        table.add_row(label or "all", str(photos), *shares)
    return table


def _print_disagreements(found: Mapping[str, Tallied]) -> None:
    for rules, each in found.items():
        for one in each.disagreements:
            print(f"{rules}: {_words(one)}")


def _words(one: Disagreement) -> str:
    seen = one.looked_at
    return (
        f"{seen.name} ({seen.truth})\n"
        f"    quick {_decision(one.by_quick)}: {_prediction(seen.quick)}\n"
        f"    full  {_decision(one.by_full)}: {_prediction(seen.full)}"
    )


def _decision(decision: Decision) -> str:
    to = decision.destination
    folder = "stays" if to is None else "/".join(to.folder) + "/"
    return f"{decision.rule or decision.outcome} -> {folder}"


def _prediction(prediction: Prediction) -> str:
    shares = sorted(prediction.probabilities.items(), key=lambda item: -item[1])
    words = [f"{name} {share:.3f}" for name, share in shares if share >= _LEAST_TOLD]
    for what in ("precision", "familiarity"):
        value = getattr(prediction, what)
        words += [f"{what} {value:.3f}"] if value is not None else []
    return ", ".join(words)


def _told(each: Tallied) -> dict[str, object]:
    return {
        "photos": each.photos.total(),
        "same": each.same_share(),
        "quick": each.quick_share(),
        "by_class": {
            name: {
                "photos": each.photos[name],
                "same": each.same_share(name),
                "quick": each.quick_share(name),
            }
            for name in each.classes
        },
        "disagreements": [
            {
                "picture": one.looked_at.name,
                "by_quick": _decision(one.by_quick),
                "by_full": _decision(one.by_full),
                "quick": dict(one.looked_at.quick.probabilities),
                "full": dict(one.looked_at.full.probabilities),
            }
            for one in each.disagreements
        ],
    }


if __name__ == "__main__":
    main()
