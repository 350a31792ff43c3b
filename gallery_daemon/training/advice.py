"""What a report says beside its figures: what a model was made of, what that proves, what to do.

All of it is HTML, but for the values of `made_of` and `caution`, which the commands print.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from gallery_daemon.model.precision import FEWEST, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gallery_daemon.training.measures import Measures

# What YAML takes for a text without quotes, and no more.
_PLAIN = re.compile(r"/[\w./+@~-]*")


def made_of(provenance: Mapping[str, Any]) -> dict[str, str]:
    """What a model was trained from and with, as the manifest has it, under a person's words."""
    pictures, recipe = provenance["pictures"], provenance["recipe"]
    held_out = f"{provenance['validation_share']:.0%}, chosen by the seed {provenance['seed']}"
    if provenance["split_by_source"]:
        held_out = f"{provenance['validation_share']:.0%}, whole sources"
    if provenance["validation"]:
        held_out = f"the folder {provenance['validation']}"
    versions = ", ".join(f"{name} {text}" for name, text in provenance["versions"].items())
    return {
        "pictures from": ", ".join(provenance["data"]),
        "pictures of each class": ", ".join(f"{name} {each}" for name, each in pictures.items()),
        "skipped": str(provenance["skipped"]),
        "held out": held_out,
        "recipe": str(recipe["name"]),
        "started from": str(provenance["weights"]),
        "on": f"{provenance['device']} ({provenance['precision']})",
        "with": versions,
    }


def how_to_use(bundle: Path) -> str:
    """The line of the configuration, and what to ask before it comes into force."""
    line = model_line(bundle).encode(errors="replace").decode()
    return (
        f"Use it: write <code>{escape(line)}</code> "
        "into the configuration, then ask <code>gallery-daemon check</code>, which says what "
        "<code>min_precision</code> comes to now, and <code>gallery-daemon refile</code>, which "
        "shows what the model would do with what was filed before."
    )


def model_line(bundle: Path) -> str:
    """The line that names the bundle in a configuration, wherever that is: the path is whole."""
    text = str(bundle.absolute())
    return f"model: {text if _PLAIN.fullmatch(text) else _quoted(text)}"


def _quoted(text: str) -> str:
    """As YAML takes it to the letter."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def next_steps(measures: Measures, use: str) -> Iterator[str]:
    """What a person can do now, as HTML: the most useful first."""
    few = {name: each.support for name, each in measures.per_class.items() if each.support < FEWEST}
    if few:
        names = ", ".join(f"{escape(name)} ({count})" for name, count in few.items())
        yield (
            f"Add pictures: with fewer than {FEWEST} held-out pictures of a class no "
            f"<code>min_precision</code> can be promised for it. That is so of {names}; by default "
            "a fifth of the pictures is held out, so 150 of a class are a good number."
        )
    pair = _most_confused(measures)
    if pair is not None:
        truth, called, count = pair
        yield (
            f"Look at the {count} pictures of {escape(truth)} that were called {escape(called)}: "
            "a wrong label is quickly mended, and what really looks alike needs more pictures."
        )
    yield (
        "Measure on photos of other sources than those that trained: <code>gallery-daemon evaluate "
        "FOLDER --model BUNDLE --report report.html</code>."
    )
    if use:
        yield use


def _most_confused(measures: Measures) -> tuple[str, str, int] | None:
    """The class whose pictures were most often called one other, that one, and how many."""
    names = measures.classes
    pairs = [
        (count, truth, called)
        for truth, row in enumerate(measures.confusion)
        for called, count in enumerate(row)
        if truth != called and count
    ]
    if not pairs:
        return None
    count, truth, called = max(pairs, key=lambda pair: pair[0])
    return names[truth], names[called], count


def caution(measures: Measures) -> str | None:
    """How little such a result proves, as a sentence; None: no class has few pictures."""
    few = {name: each.support for name, each in measures.per_class.items() if each.support < FEWEST}
    if not few:
        return None
    pictures = measures.pictures
    lowest, _ = wilson_interval(round(measures.accuracy * pictures), pictures)
    names = ", ".join(f"{name} {count}" for name, count in few.items())
    return (
        f"caution: this is little to go by. In truth the accuracy may be {lowest:.0%}, and less on"
        f" photos from elsewhere: of some classes there are fewer than {FEWEST} pictures ({names})"
    )


def of_few(measures: Measures) -> str:
    """How little is known from few pictures, of the smallest class."""
    supports = {name: each.support for name, each in measures.per_class.items() if each.support}
    smallest = min(supports, key=lambda name: supports[name])
    count = supports[smallest]
    lowest, _ = wilson_interval(count, count)
    of_them = "the one picture" if count == 1 else f"all {count} pictures"
    return (
        f"How little few pictures prove: if {of_them} of {escape(smallest)}, fewest of all, "
        f"were called rightly, in truth it might still be only {lowest:.0%} of them."
    )
