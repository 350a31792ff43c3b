"""The whole configuration."""

from __future__ import annotations

from pathlib import Path

from gallery_daemon.config.load import check_text
from gallery_daemon.config.settings import (
    Batch,
    Device,
    EngineChoice,
    Limits,
    ModelChoice,
    WatchFolder,
    WatchMode,
)
from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.errors import BundleError, ConfigErrors
from gallery_daemon.rules.condition import AllOf
from gallery_daemon.rules.decide import Placing, Rule, RuleSet
from gallery_daemon.rules.template import Template
from tests.config.texts import FILE, HEAD, RULES, config_of, errors_of

HOME = str(Path.home())
EVERYTHING = """\
version: 1
watch:
  - ~/Sync/Camera
  - name: nas
    path: ../inbox
    mode: poll
    poll_every: 30s
    recursive: false
    settle: 1.5s
    rescan: 1h
    only: "*.jpg"
    ignore: ["*.gif", Trash/**]
library: /photos//sorted/../all/
model: {path: models/family, engine: torch, device: cuda, idle_timeout: 2m}
batch: {size: 4, wait: 50ms}
limits: {bytes: 20MB, pixels: 1_000_000, seconds: 5}
defaults: {action: copy, on_conflict: rename, identical: merge, sidecars: alone}
rules:
  - name: moved
    to: A/
    as: "{stem}.{ext}"
    action: move
    on_conflict: keep-both
    identical: leave
    sidecars: together
    enabled: false
  - {name: left, leave: true}
  - {name: usual, to: B}
uncertain: Review/
otherwise: leave
"""


def placing(to: str, action: Action = Action.COPY) -> Placing:
    return Placing(
        Template.parse(to),
        None,
        action,
        OnConflict.RENAME,
        with_sidecars=False,
        identical=Identical.MERGE,
    )


def test_everything_that_can_be_said_is_heard() -> None:
    """Paths come out absolute, durations in seconds, sizes in bytes."""
    config = config_of(EVERYTHING)

    assert FILE == config.file
    assert (
        WatchFolder("Camera", f"{HOME}/Sync/Camera"),
        WatchFolder(
            name="nas",
            path="/etc/inbox",
            mode=WatchMode.POLL,
            poll_every_s=30,
            recursive=False,
            settle_s=1.5,
            rescan_s=3600,
            only=("*.jpg",),
            ignore=("*.gif", "Trash/**"),
        ),
    ) == config.watch
    assert "/photos/all" == config.library
    assert (
        ModelChoice("/etc/gallery/models/family", EngineChoice.TORCH, Device.CUDA, 120)
        == config.model
    )
    assert Batch(4, 0.05) == config.batch
    assert Limits(20_000_000, 1_000_000, 5) == config.limits


def test_rules_and_outcomes_are_heard() -> None:
    """What a rule says itself holds, and the defaults for the rest."""
    config = config_of(EVERYTHING)

    moved = Placing(
        Template.parse("A/"),
        Template.parse("{stem}.{ext}"),
        Action.MOVE,
        OnConflict.KEEP_BOTH,
        with_sidecars=True,
        own_action=True,
        identical=Identical.LEAVE,
    )
    expected = RuleSet(
        (
            Rule("moved", AllOf(()), moved, enabled=False, line=19),
            Rule("left", AllOf(()), None, enabled=True, line=27),
            Rule("usual", AllOf(()), placing("B"), enabled=True, line=28),
        ),
        uncertain=placing("Review/"),
    )
    assert expected == config.rules


def test_what_is_not_said_has_its_default() -> None:
    """Hard links, sidecars together, the shipped model."""
    config = config_of(HEAD + RULES)

    assert ModelChoice("default") == config.model
    assert (Batch(), Limits()) == (config.batch, config.limits)
    (rule,) = config.rules.rules
    assert rule.placing == Placing(
        Template.parse("All/"), None, Action.HARDLINK, OnConflict.DEDUPE, with_sidecars=True
    )
    assert RuleSet((rule,)) == config.rules


def test_the_digest_tells_texts_apart() -> None:
    """12 hexadecimal digits, the same for the same text."""
    one, same, other = (config_of(HEAD + RULES + text) for text in ("", "", "# x\n"))

    assert one.digest == same.digest != other.digest
    assert 12 == len(one.digest)


def test_all_mistakes_are_found_at_once() -> None:
    """In the order of the text, whichever part found them."""
    text = (
        "version: 1\nwach: ~/a\nlibrary: ~\nrules:\n  - {name: x, when: {class: car}}\nfailed: 7:\n"
    )

    errors = errors_of(text.replace("7:", "[]"))

    assert [(1, 1), (2, 1), (3, 10), (5, 5), (5, 29), (6, 9)] == [
        (error.line, error.column) for error in errors
    ]


def test_a_model_that_cannot_be_read_is_one_mistake() -> None:
    """At its line; its classes are then not held against the rules."""

    def classes(model: ModelChoice) -> tuple[str, ...]:
        raise BundleError(f"there is no bundle {model.bundle}", hint="train one")

    def mistakes(model: str) -> list[tuple[int, int, str, str | None]]:
        rules = "rules: [{name: x, when: {class: receipts}, to: X/}]\n"
        try:
            check_text(f"{HEAD}model: {model}\n{rules}", FILE, classes)
        except ConfigErrors as error:
            return [(each.line, each.column, each.sentence, each.hint) for each in error.errors]
        return []

    assert [(4, 8, "model: there is no bundle /m", "train one")] == mistakes("/m")
    assert "did you mean default?" == mistakes("defaultt")[0][3]
    assert [(4, 15, "model: there is no bundle /m", "train one")] == mistakes("{path: /m}")
