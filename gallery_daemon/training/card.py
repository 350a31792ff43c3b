"""The model card of a bundle: what it is, how it was made, how good it is, in plain words.

All figures are read from the manifest, so a card can be written again at any time. What only a
person knows (known failures, licences) is a text of its own, at the end.

Source: Mitchell et al., "Model Cards for Model Reporting", 2019, arXiv 1810.03993.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any, cast

from gallery_daemon.model.manifest import BIN_FILE, INPUT_SIZE, XML_FILE
from gallery_daemon.model.precision import FEWEST, threshold, why_no_threshold
from gallery_daemon.training.card_tables import (
    aims,
    by_class,
    by_source,
    coverage,
    data,
    markdown_table,
    share,
)
from gallery_daemon.training.measures import PRECISIONS
from gallery_daemon.training.recipe import VALIDATION_SHARE
from gallery_daemon.training.report import HEADINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gallery_daemon.model.manifest import Manifest, Tally
    from gallery_daemon.training.card_tables import Said

CARD_FILE = "MODEL_CARD.md"
_NOTES_BEGIN = "## Known failures\n"
_NO_NOTES = f"""{_NOTES_BEGIN}
Not written yet. Look at the most confident mistakes in `report.html`, say here what they have in
common, and for what the model should not be used."""
_QUICK_ENDING = "_quick"
_LIKE_TRAINING = (
    "These pictures are like those that it learned from: photos from elsewhere are harder."
)
_UNSEEN = (
    "Each picture here was judged by a network that had seen nothing of its source; the figures "
    "are of those networks, the one in this bundle has seen all sources."
)
_THRESHOLDS = (
    "The confidence from which on so many of a hundred photos called so are so; in brackets the "
    "share of the calls that reaches it, and between which two percentages the precision is known "
    f"to be (95% Wilson interval). Of fewer than {FEWEST} pictures nothing is known."
)
_WIDTH = 118


def model_card(manifest: Manifest, sizes: Mapping[str, int], notes: str = "") -> str:
    """The card as Markdown; `sizes` are the bundle's files in bytes, `notes` what a person adds."""
    metrics = cast("Said", manifest.metrics or {})
    provenance = cast("Said", manifest.provenance or {})
    about = (
        f"A ResNet34 that says of a photo which of {len(manifest.classes)} classes it belongs to, "
        "and how sure it is. It is for sorting one's own photos into folders, not for anything "
        "that matters about people. Nothing it sees leaves the machine."
    )
    parts = [
        f"# Model card: {manifest.name}",
        about,
        "\n".join(map(_wrapped, _facts(manifest, sizes))),
        *_origin(provenance, manifest.name),
        *_aimed(metrics),
        *_measured(metrics),
        *_thresholds(manifest),
    ]
    return "\n\n".join((*map(_wrapped, parts), notes.strip() or _NO_NOTES)) + "\n"


def notes_of(card: str) -> str:
    """What a person wrote into a card: all from its known failures on."""
    _, heading, rest = card.partition(_NOTES_BEGIN)
    return heading + rest


def _wrapped(part: str) -> str:
    """A paragraph or point in lines of a readable length; anything of several lines as it is."""
    if "\n" in part or part.startswith("|"):
        return part
    point = re.match(r"- |\d+\. ", part)
    indent = " " * len(point[0]) if point else ""
    return textwrap.fill(
        part, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _facts(manifest: Manifest, sizes: Mapping[str, int]) -> Iterator[str]:
    """What goes in, what comes out, and how large it is."""
    looks = " or ".join(
        f"{each.size} x {each.size} pixels ({look} look, temperature {each.temperature:.2f})"
        for look, each in manifest.looks.items()
    )
    classes = ", ".join(manifest.classes)
    yield f"- **In**: an RGB picture, squeezed to {looks}, ImageNet's normalisation."
    yield f"- **Out**: calibrated probabilities of {classes}."
    weights = sum(size for name, size in sizes.items() if name.endswith(".safetensors"))
    said = f"- **Size**: {weights / 1e6:.1f} MB, half precision, safetensors"
    if manifest.int8 is None:
        yield f"{said}."
        return
    eight = sum(sizes.get(name, 0) for name in (XML_FILE, BIN_FILE))
    yield (
        f"{said}; and {eight / 1e6:.1f} MB in 8 bits for OpenVINO, which lead to the class of "
        f"float32 for {share(manifest.int8.agreement)} of {manifest.int8.pictures} pictures, with "
        f"a confidence {manifest.int8.difference:.3f} apart on average."
    )


def _origin(provenance: Said, name: str) -> Iterator[str]:
    """The command, the recipe and the data."""
    if not provenance:
        return
    version = provenance["versions"]["gallery-daemon"]
    finished = provenance.get("finished", True)
    yield (
        f"Made with this command of gallery-daemon {version}, on {provenance['device']} in "
        f"{provenance['precision']}; every argument, count and version is in `model.json`."
        f"{'' if finished else ' It was interrupted: this is the best so far.'}"
    )
    yield f"```sh\n{command(provenance, name)}\n```"
    yield "## Recipe"
    yield from _recipe(provenance)
    yield "## Data"
    sources = provenance["sources"]
    count = len({source for of_class in sources.values() for source in of_class})
    yield (
        f"{sum(provenance['pictures'].values()):,} pictures of {count} sources; "
        f"{provenance['skipped']} files were left out, as they could not be read or were the same "
        "as another. A source is the part of a file's name before `__`; `model.json` has them all."
    )
    yield data(sources)


def command(provenance: Mapping[str, Any], name: str) -> str:
    """What a person typed, or what comes to the same; folders by their names only."""
    recipe = provenance["recipe"]["name"]
    words = ["gallery-daemon train", *provenance["data"], f"--out {name}"]
    words += {"default": [], "fast": ["--fast"]}.get(recipe, [f"--recipe {recipe}"])
    if recipe == "fast" and provenance.get("int8"):
        words.append("--int8")
    if provenance.get("size", INPUT_SIZE) != INPUT_SIZE:
        words.append(f"--size {provenance['size']}")
    words += [f"--weights {provenance['weights']}", f"--seed {provenance['seed']}"]
    if provenance["split_by_source"]:
        words.append("--split-by-source")
    if provenance["validation"]:
        words.append(f"--val {provenance['validation']}")
    if provenance["validation_share"] != VALIDATION_SHARE:
        words.append(f"--val-share {provenance['validation_share']}")
    if provenance.get("folds"):
        words.append(f"--folds {provenance['folds']}")
    else:
        words += [f"--leave-source-out {','.join(each)}" for each in provenance["leave_source_out"]]
    return " ".join(words)


def _recipe(provenance: Said) -> Iterator[str]:
    recipe = provenance["recipe"]
    also = {
        "rare classes and sources drawn more often": (
            recipe["balance"] or recipe.get("source_balance")
        ),
        f"labels smoothed by {recipe['label_smoothing']:g}": recipe["label_smoothing"],
        "a rate that warms up and falls by a cosine": recipe["cosine"],
        "an average of the weights": recipe["average"],
    }
    words = ", ".join(what for what, is_so in also.items() if is_so)
    begins = f"`{recipe['name']}`, from the weights `{provenance['weights']}`"
    fitted = (
        "a last layer is fitted for each look, on features of whole pictures as that look shows "
        "them: a logistic regression, which has one best solution."
    )
    if not recipe["phases"]:
        yield f"{begins}{f', with {words}' if words else ''}. The layers below stay: {fitted}"
        return
    yield (
        f"{begins}, in batches of {provenance['batch_size']}{f', with {words}' if words else ''}. "
        "The best epoch by the pictures that validate was kept."
    )
    phases = enumerate(recipe["phases"], 1)
    full = provenance.get("size", INPUT_SIZE)
    yield "\n".join(_wrapped(f"{number}. {_phase(phase, full)}") for number, phase in phases)
    if recipe.get("quick_look"):
        yield f"At the end {fitted}"


def _phase(phase: Said, full: int) -> str:
    sizes = (phase.get("sizes") or [phase.get("size", full)]) if phase["augmented"] else [full]
    pixels = f"{sizes[0]}" if len(sizes) == 1 else f"{min(sizes)} to {max(sizes)}"
    first, small = phase["first_trained"], phase.get("thumbnails")
    what = "the last layer" if first == "fc" else f"all from `{first}` on"
    how = "varied pictures" if phase["augmented"] else "features of whole pictures"
    made_small = f", {small:.0%} of them made small as by a camera" if small else ""
    return (
        f"{phase['name']}: trains {what} for {phase['epochs']} epochs at a rate of "
        f"{phase['learning_rate']:g}, on {how} of {pixels} pixels{made_small}."
    )


def _aimed(metrics: Said) -> Iterator[str]:
    """The figures by which the program's own model is judged, where sources were left out."""
    full = metrics.get("left_out_sources")
    if full and "at_confidence" in full:
        yield "## What is aimed at, and where it stands"
        yield "On pictures of sources that it has not seen:"
        yield aims(full, metrics.get("left_out_sources_quick"), metrics.get("quick_against_full"))


def _measured(metrics: Said) -> Iterator[str]:
    """The tables of what was measured, what is harder first."""
    for key, seen in (("left_out_sources", _UNSEEN), ("validation", _LIKE_TRAINING)):
        full, quick = metrics.get(key), metrics.get(f"{key}{_QUICK_ENDING}")
        if not full:
            continue
        yield f"## {HEADINGS[key]}"
        yield f"{_summary(full)} {seen}"
        if "at_confidence" in full:
            yield coverage(full, quick)
        yield by_class(full)
        if quick:
            yield f"By a quick look: {_summary(quick)}"
            yield by_class(quick)
        if full["per_source"]:
            yield f"### By source: {HEADINGS[key].lower()}"
            yield by_source(full["per_source"])


def _summary(measures: Said) -> str:
    without = measures.get("macro_recall_without_other")
    beside = "" if without is None else f" ({share(without)} without other)"
    error = measures["expected_calibration_error"]
    before = measures["expected_calibration_error_before"]
    return (
        f"{measures['pictures']:,} pictures: accuracy {share(measures['accuracy'])}, macro recall "
        f"{share(measures['macro_recall'])}{beside}, macro F1 {share(measures['macro_f1'])}, "
        f"calibration error {error:.3f} ({before:.3f} before calibration)."
    )


def _thresholds(manifest: Manifest) -> Iterator[str]:
    """What `min_precision` comes to, for each look that has tallies."""
    looks = {look: each.tallies for look, each in manifest.looks.items() if each.tallies}
    if not looks:
        return
    yield "## What `min_precision` comes to"
    yield _THRESHOLDS
    for look, tallies in looks.items():
        if len(looks) > 1:
            yield f"By a {look} look:"
        yield markdown_table(
            ("class", *(f"{precision:.0%}" for precision in PRECISIONS)),
            (
                (name, *(_threshold(tally, wanted) for wanted in PRECISIONS))
                for name, tally in tallies.items()
            ),
        )


def _threshold(tally: Tally, wanted: float) -> str:
    found = threshold(tally, wanted)
    if found is None:
        return why_no_threshold(sum(tally.called))
    ends = f"{found.lowest * 100:.1f} to {found.highest * 100:.1f}%"
    return f"{found.confidence:.2f} ({found.share:.0%}; {ends})"
