"""The tables of a model card, in Markdown, of what the manifest says under `metrics`.

They read JSON and no `Measures`, so that the card of a bundle that is finished can be written too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gallery_daemon.training.coverage import CONFIDENCES
from gallery_daemon.training.sources import readable, score_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Said = dict[str, Any]

_LARGEST = 3
_USUAL = "0.8"
_AT_USUAL = ("reach 0.80", "of those right", "wrong at 0.80")


def data(sources: Mapping[str, Mapping[str, int]]) -> str:
    """A row for each class, with its largest sources by name."""
    rows = []
    for name, of_class in sources.items():
        ranked = sorted(of_class, key=lambda source: (-of_class[source], source))
        largest = ", ".join(
            f"{source or 'unnamed'} {of_class[source]}" for source in ranked[:_LARGEST]
        )
        rows.append((name, str(sum(of_class.values())), str(len(of_class)), largest))
    return markdown_table(("class", "pictures", "sources", "the largest"), rows)


def aims(full: Said, quick: Said | None, agreement: Said | None) -> str:
    """Each figure that is aimed at, by both looks."""

    def row(what: str, aim: str, key: str) -> tuple[str, ...]:
        return (what, aim, share(full.get(key)), share((quick or {}).get(key)))

    def at_usual(what: str, aim: str, key: str) -> tuple[str, ...]:
        looks = (full, quick)
        return (
            what,
            aim,
            *(share(each["at_confidence"][_USUAL][key]) if each else "" for each in looks),
        )

    error = "expected_calibration_error"
    same = (agreement or {}).get("at_quick_threshold", {})
    return markdown_table(
        ("", "aim", "full look", "quick look"),
        (
            row("macro recall of the classes but `other`", "95%", "macro_recall_without_other"),
            at_usual("photos that reach 0.80", "80%", "share"),
            at_usual("of those, right", "97%", "right"),
            row("`other` filed into a class at 0.80", "3% at most", "other_filed"),
            (
                "expected calibration error",
                "0.04",
                f"{full[error]:.3f}",
                f"{quick[error]:.3f}" if quick else "",
            ),
            (
                "same class as the full look, where the quick look is sure enough",
                "99%",
                "",
                share(same.get("same")),
            ),
        ),
    )


def coverage(full: Said, quick: Said | None) -> str:
    """How many photos reach a confidence and how many of those are right, by both looks."""
    heads = ["confidence", "photos that reach it", "of those right"]
    looks = [full]
    if quick:
        heads += ["by a quick look", "of those right"]
        looks.append(quick)
    return markdown_table(
        heads,
        (
            (
                f"{confidence:.2f}",
                *(
                    share(look["at_confidence"][str(confidence)][key])
                    for look in looks
                    for key in ("share", "right")
                ),
            )
            for confidence in CONFIDENCES
        ),
    )


def by_class(measures: Said) -> str:
    """A row for each class that has pictures."""
    return markdown_table(
        ("class", "pictures", "precision", "recall", *_AT_USUAL),
        (
            (
                name,
                str(score["pictures"]),
                share(score["precision"]),
                share(score["recall"]),
                *_at_usual(score),
            )
            for name, score in measures["per_class"].items()
            if score["pictures"]
        ),
    )


def by_source(scores: Iterable[Said]) -> str:
    """The worst sources, and the range of the others."""
    found = readable([score_of(each) for each in scores])
    rows = [
        (
            each.source or "unnamed",
            each.name,
            str(each.support),
            share(each.recall),
            *(
                (share(each.at_usual.share), share(each.at_usual.accuracy))
                if each.at_confidence
                else ("", "")
            ),
            share(each.filed_wrongly),
        )
        for each in found.worst
    ]
    for group, words in ((found.better, "more"), (found.small, "with few pictures")):
        if group:
            recall = f"{share(group.recall)} ({group.lowest:.0%} to {group.highest:.0%})"
            name = f"{group.sources} {words}"
            rows.append((name, "", str(group.support), recall, "", "", share(group.filed_wrongly)))
    return markdown_table(("source", "class", "pictures", "recall", *_AT_USUAL), rows)


def markdown_table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; a bar in a cell does not end it."""
    names = tuple(heads)
    lines = [names, tuple("---" for _ in names), *rows]
    return "\n".join(
        f"| {' | '.join(each.replace('|', '&#124;') for each in line)} |" for line in lines
    )


def share(value: float | None) -> str:
    """A share 0..1 as a percentage; nothing for None."""
    return "" if value is None else f"{value:.1%}"


def _at_usual(score: Said) -> tuple[str, str, str]:
    usual = score.get("at_confidence", {}).get(_USUAL, {})
    return share(usual.get("share")), share(usual.get("right")), share(score["filed_wrongly"])
