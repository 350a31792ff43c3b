"""What photos are decided by: the model bundle with its engine, and the rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import EngineChoice
from gallery_daemon.daemon.configuration import manifest_of, versions_of
from gallery_daemon.daemon.precision_limits import model_warnings
from gallery_daemon.doctor.finding import counted, fail, ok, warn
from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.engine import INT8, REFERENCE, libraries
from gallery_daemon.model.engines.measured import (
    EngineCache,
    circumstances,
    engines_file,
    has_graphics_card,
)
from gallery_daemon.model.manifest import (
    BANK_FILE,
    BIN_FILE,
    HEAD_FILE,
    WEIGHTS_FILE,
    XML_FILE,
    find_bundle,
    lacks,
)
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.tensors import refuse_misfits
from gallery_daemon.rules.analysis import warnings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gallery_daemon.config.settings import Config, ModelChoice
    from gallery_daemon.doctor.finding import Finding
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.rules.analysis import RuleWarning

CONFIGURATION = "configuration"
_MODEL = "model"


@dataclass(frozen=True, slots=True)
class BundleState:
    """The bundle as it was found.

    `problem` is why it cannot be used, `trouble` why not the version serves that should, `lacks`
    what a newer one would have. `engine` is the configured one or, if `is_measured`, the fastest;
    `speeds` are in pictures per second. `is_settled`: it will not be measured again. Without an
    `engine`, `serves` is the library that runs the bundle until engines are measured, and
    `has_card` says that a graphics card is there.
    """

    name: str
    problem: str | None
    hint: str | None = None
    trouble: str | None = None
    classes: int = 0
    lacks: str | None = None
    is_measured: bool = True
    is_settled: bool = True
    engine: str | None = None
    speeds: Mapping[str, float] = field(default_factory=dict)
    serves: str = REFERENCE.library
    has_card: bool = False


def look_at_model(choice: ModelChoice, library: str | None = None) -> BundleState:
    """The bundle, each file compared with its hash in the manifest, and what was learned on it.

    Without a `library` nothing was.
    """
    folder = find_bundle(choice.bundle)
    try:
        base, manifest = read_manifest(folder), manifest_of(choice)
    except BundleError as error:
        return BundleState(choice.bundle, error.sentence, error.hint)
    seen = BundleState(
        manifest.model_id,
        _damage(folder, base),
        classes=len(manifest.classes),
        lacks=lacks(manifest),
    )
    if library is not None:
        seen = replace(seen, trouble=versions_of(choice.bundle, library).serving().problem)
    if choice.engine is not EngineChoice.AUTO:
        return replace(seen, is_measured=False, engine=f"{choice.engine}, as configured")
    memory = EngineCache(engines_file(), circumstances(manifest, choice.engine, choice.device))
    known = memory.recall()
    if known is None:
        serves = libraries(manifest, choice.device)[0]
        return replace(seen, serves=serves, has_card=has_graphics_card())
    speeds = {str(kind): speed for kind, speed in known.speeds.items()}
    return replace(seen, is_settled=known.is_settled, engine=str(known.kind), speeds=speeds)


def judge_model(seen: BundleState) -> Iterator[Finding]:
    """Whether it is whole, and which engine runs it."""
    if seen.problem is not None:
        advice = (
            seen.hint or "copy or train it again; for the shipped one, install the package anew"
        )
        yield fail(_MODEL, f"{seen.name}: {seen.problem}", advice)
        return
    lacking = "" if seen.lacks is None else f"; {seen.lacks}"
    yield ok(_MODEL, f"{seen.name} is whole, {seen.classes} classes{lacking}")
    if seen.trouble is not None:
        yield warn(_MODEL, seen.trouble, "gallery-daemon model list, then: gallery-daemon learn")
    if seen.engine is None:
        serves = "the 8-bit network" if seen.serves == INT8.library else seen.serves
        card = "; with `engine: torch` the graphics card serves at once" if seen.has_card else ""
        yield ok(_MODEL, f"{serves} serves until the daemon is idle and measures engines{card}")
        return
    by_speed = sorted(seen.speeds.items(), key=lambda each: -each[1])
    speeds = ", ".join(f"{name} {speed:.0f}" for name, speed in by_speed)
    measured = f" (pictures/s: {speeds})" if seen.is_measured and speeds else ""
    again = "" if seen.is_settled else "; measured beside other work, and again when idle"
    yield ok(_MODEL, f"its engine is {seen.engine}{measured}{again}")


def _damage(folder: Path, manifest: Manifest) -> str | None:
    """The first of the bundle's files that is not the one which the manifest describes."""
    hashes: dict[str, str | None] = {
        WEIGHTS_FILE: manifest.weights_sha256,
        HEAD_FILE: manifest.head_sha256,
        BANK_FILE: manifest.bank_sha256,
    }
    if manifest.int8 is not None:
        hashes |= {XML_FILE: manifest.int8.xml_sha256, BIN_FILE: manifest.int8.bin_sha256}
    for name, wanted in hashes.items():
        if wanted is None:
            continue
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return f"{name} cannot be read: {(error.strerror or '').lower()}"
        if found != wanted:
            return f"{name} is not the file that its manifest describes"
    try:
        refuse_misfits(folder, manifest)
    except BundleError as error:
        return error.sentence
    return None


def look_at_rules(config: Config) -> tuple[RuleWarning, ...]:
    """Each rule that does something its author may not mean."""
    manifest = manifest_of(config.model)
    return (*warnings(config.rules, manifest.classes), *model_warnings(config.rules, manifest))


def judge_rules(config: Config, found: tuple[RuleWarning, ...]) -> Iterator[Finding]:
    """The configuration can be used, and one line for each of its warnings."""
    rules = counted(len(config.rules.rules), "rule")
    yield ok(CONFIGURATION, f"{config.file or 'command line'} can be used: {rules}")
    for each in found:
        place = f"{config.file}:{each.line}"
        yield warn(CONFIGURATION, f"{place}: {each.sentence}", "mend the rule, or take it away")
