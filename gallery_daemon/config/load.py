"""A configuration file becomes a `Config`, or *all* that is wrong with it is gathered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from gallery_daemon.config.conditions import WhenReader
from gallery_daemon.config.document import Node, ScalarNode, compose
from gallery_daemon.config.folders import each_of, overlap, read_path, read_watch
from gallery_daemon.config.kinds.base import OneOf, Raw
from gallery_daemon.config.kinds.quantity import Duration, Number, Size
from gallery_daemon.config.kinds.text import FolderOrLeave
from gallery_daemon.config.mistakes import Mark, Mistakes, did_you_mean, quoted
from gallery_daemon.config.rules import Defaults, read_defaults, read_rules
from gallery_daemon.config.ruletests import RuleTestReader
from gallery_daemon.config.section import Key, Table, Written
from gallery_daemon.config.settings import (
    Batch,
    Config,
    Device,
    EngineChoice,
    Limits,
    ModelChoice,
    WatchFolder,
)
from gallery_daemon.config.telling import METRICS, SUMMARY, read_telling
from gallery_daemon.errors import ConfigErrors, GalleryError
from gallery_daemon.openat import NotRegularError, open_regular
from gallery_daemon.rules.decide import Placing, RuleSet
from gallery_daemon.rules.template import Template

Classes = Callable[[str], tuple[str, ...]]
"""Gives the classes of a model bundle, `default` or a path; raises a GalleryError."""

FORMAT_VERSION = "1"
DEFAULT_MODEL = "default"

VERSION: Key[Node] = Key("version", Raw("the number 1"), example="1")
WATCH: Key[Node] = Key(
    "watch", Raw("a folder, or a list of watch folders"), example="~/Sync/Camera"
)
LIBRARY: Key[Node] = Key("library", Raw("a folder"), example="~/Pictures/Sorted")
MODEL: Key[Node] = Key("model", Raw("default, a folder, or a map"))
BATCH: Key[Node] = Key("batch", Raw("a map"))
LIMITS: Key[Node] = Key("limits", Raw("a map"))
DEFAULTS: Key[Node] = Key("defaults", Raw("a map"))
RULES: Key[Node] = Key("rules", Raw("a list of rules"), example='[{name: all, to: "{class}/"}]')
UNCERTAIN: Key[Template | str] = Key("uncertain", FolderOrLeave())
OTHERWISE: Key[Template | str] = Key("otherwise", FolderOrLeave())
FAILED: Key[Template | str] = Key("failed", FolderOrLeave())
TESTS: Key[Node] = Key("tests", Raw("a list of tests"))
CONFIG = Table(
    "the configuration",
    (
        VERSION,
        WATCH,
        LIBRARY,
        MODEL,
        BATCH,
        LIMITS,
        DEFAULTS,
        RULES,
        UNCERTAIN,
        OTHERWISE,
        FAILED,
        SUMMARY,
        METRICS,
        TESTS,
    ),
)

BUNDLE: Key[Node] = Key("path", Raw("default, or a folder"), example=DEFAULT_MODEL)
ENGINE = Key("engine", OneOf(EngineChoice))
DEVICE = Key("device", OneOf(Device))
IDLE_TIMEOUT = Key("idle_timeout", Duration(1, 7 * 86400))
MODEL_MAP = Table("model", (BUNDLE, ENGINE, DEVICE, IDLE_TIMEOUT))

BATCH_SIZE = Key("size", Number(1, 256, whole=True))
BATCH_WAIT = Key("wait", Duration(0, 60))
BATCH_MAP = Table("batch", (BATCH_SIZE, BATCH_WAIT))

BYTES = Key("bytes", Size())
PIXELS = Key("pixels", Number(1, 10**10, whole=True))
SECONDS = Key("seconds", Number(1, 3600))
LIMITS_MAP = Table("limits", (BYTES, PIXELS, SECONDS))


def read_config(
    root: Node, *, text: str, base: str, classes: Classes, mistakes: Mistakes
) -> Config:
    """The configuration in `root`; relative paths begin at the folder `base`.

    Raises:
        ConfigErrors: all mistakes that were found.
    """
    found = CONFIG.read(root, mistakes) or Written(root.mark, {}, {})
    _check_version(found, mistakes)
    watch, library = _read_folders(found, base, mistakes)
    model, model_place = _read_model(found, base, mistakes)
    defaults = _read_defaults(found, mistakes)
    sources = _sources(found, watch)
    known = _classes_of(model, classes, model_place, mistakes)
    conditions = WhenReader(known, sources, defaults.conditions, mistakes)
    written = found.get(RULES)
    rules = () if written is None else read_rules(written, conditions, defaults, mistakes)
    batch, limits = _read_batch(found, mistakes), _read_limits(found, mistakes)
    telling = read_telling(found, mistakes)
    names = None if mistakes.errors else tuple(rule.name for rule in rules)
    asked = found.get(TESTS)
    tests = (
        () if asked is None else RuleTestReader(known, sources, names, base, mistakes).read(asked)
    )
    mistakes.raise_errors()
    assert library is not None  # or a mistake was reported
    return Config(
        file=mistakes.file,
        watch=watch,
        library=library,
        model=model,
        batch=batch,
        limits=limits,
        rules=RuleSet(
            rules,
            uncertain=_outcome(found, UNCERTAIN, defaults),
            otherwise=_outcome(found, OTHERWISE, defaults),
            failed=_outcome(found, FAILED, defaults),
        ),
        digest=digest_of(text),
        telling=telling,
        tests=tests,
    )


def digest_of(text: str) -> str:
    """12 hexadecimal digits that tell one configuration from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _check_version(found: Written, mistakes: Mistakes) -> None:
    node = found.get(VERSION)
    if node is not None and not (isinstance(node, ScalarNode) and node.text == FORMAT_VERSION):
        written = quoted(node.text) if isinstance(node, ScalarNode) else "that"
        sentence = f"version: {written} is not known; this program reads version {FORMAT_VERSION}"
        mistakes.error(node.mark, sentence, f"write version: {FORMAT_VERSION}")


def _read_folders(
    found: Written, base: str, mistakes: Mistakes
) -> tuple[tuple[WatchFolder, ...], str | None]:
    """The watch folders and the library, checked against each other."""
    node, mark = found.get(WATCH), found.get(LIBRARY)
    watch = () if node is None else read_watch(node, base, mistakes)
    library = None if mark is None else read_path(mark, LIBRARY.name, base, mistakes)
    if library is not None:
        for where, folder in watch:
            reason = overlap(folder.path, library)
            if reason is not None:
                mistakes.error(
                    where, reason, "choose a library outside, or inside the watch folder"
                )
    return tuple(folder for _, folder in watch), library


def _sources(found: Written, watch: tuple[WatchFolder, ...]) -> tuple[str, ...] | None:
    """The watch folders' names; none if one of them could not be read."""
    node = found.get(WATCH)
    complete = node is not None and len(watch) == len(each_of(node))
    return tuple(folder.name for folder in watch) if complete else None


def _read_model(found: Written, base: str, mistakes: Mistakes) -> tuple[ModelChoice, Mark]:
    """The model, and where its bundle is named; a bundle that could not be read is empty."""
    node = found.get(MODEL)
    if node is None:
        return ModelChoice(), found.mark
    if isinstance(node, ScalarNode):
        return ModelChoice(_read_bundle(node, MODEL.name, base, mistakes)), node.mark
    written = MODEL_MAP.read(node, mistakes) or Written(node.mark, {}, {})
    bundle = written.get(BUNDLE)
    choice = ModelChoice(
        bundle="" if bundle is None else _read_bundle(bundle, BUNDLE.name, base, mistakes),
        engine=written.get_or(ENGINE, ModelChoice.engine),
        device=written.get_or(DEVICE, ModelChoice.device),
        idle_timeout_s=written.get_or(IDLE_TIMEOUT, ModelChoice.idle_timeout_s),
    )
    return choice, written.mark_of(BUNDLE)


def _read_bundle(node: Node, key: str, base: str, mistakes: Mistakes) -> str:
    if isinstance(node, ScalarNode) and node.text == DEFAULT_MODEL:
        return DEFAULT_MODEL
    return read_path(node, key, base, mistakes) or ""


def _classes_of(
    model: ModelChoice, classes: Classes, mark: Mark, mistakes: Mistakes
) -> tuple[str, ...] | None:
    """The model's classes; none if it cannot be read, which is a mistake like any other."""
    if not model.bundle:
        return None
    try:
        return classes(model.bundle)
    except GalleryError as error:
        meant = did_you_mean(Path(model.bundle).name, (DEFAULT_MODEL,))
        mistakes.error(mark, f"model: {error.sentence}", meant or error.hint)
        return None


def _read_defaults(found: Written, mistakes: Mistakes) -> Defaults:
    node = found.get(DEFAULTS)
    return Defaults() if node is None else read_defaults(node, mistakes)


def _read_batch(found: Written, mistakes: Mistakes) -> Batch:
    node = found.get(BATCH)
    written = None if node is None else BATCH_MAP.read(node, mistakes)
    if written is None:
        return Batch()
    return Batch(
        size=int(written.get_or(BATCH_SIZE, Batch.size)),
        wait_s=written.get_or(BATCH_WAIT, Batch.wait_s),
    )


def _read_limits(found: Written, mistakes: Mistakes) -> Limits:
    node = found.get(LIMITS)
    written = None if node is None else LIMITS_MAP.read(node, mistakes)
    if written is None:
        return Limits()
    return Limits(
        photo_bytes=written.get_or(BYTES, Limits.photo_bytes),
        photo_pixels=int(written.get_or(PIXELS, Limits.photo_pixels)),
        photo_s=written.get_or(SECONDS, Limits.photo_s),
    )


def _outcome(found: Written, key: Key[Template | str], defaults: Defaults) -> Placing | None:
    """Where an outcome's photos go; none leaves them, which is also what no word means."""
    value = found.get(key)
    return defaults.placing(value) if isinstance(value, Template) else None


BYTES_LIMIT = 256 * 1024
"""Some hundred times a long configuration, and two seconds' work for the YAML reader."""

_TOP = Mark(1, 1)


def load(path: str, classes: Classes) -> Config:
    """The configuration in the file at `path`.

    `classes` gives the classes of a model bundle (`default`, or an absolute path) and raises a
    GalleryError where it cannot.

    Raises:
        ConfigErrors: the file cannot be read, or says something wrong; every mistake is in it.
    """
    return check_text(_text(path, Mistakes(path)), path, classes)


def digest_of_file(path: str) -> str | None:
    """The digest that the configuration in the file would have; None: it cannot be read."""
    try:
        return digest_of(_text(path, Mistakes(path)))
    except ConfigErrors:
        return None


def check_text(text: str, file: str, classes: Classes) -> Config:
    """The configuration in `text`, as if it stood in `file`, where relative paths begin.

    Raises:
        ConfigErrors: the text says something wrong; every mistake is in it.
    """
    mistakes = Mistakes(file)
    base = str(Path(file).absolute().parent)
    root = compose(text, mistakes)
    return read_config(root, text=text, base=base, classes=classes, mistakes=mistakes)


def _text(path: str, mistakes: Mistakes) -> str:
    """The file's text.

    Raises:
        ConfigErrors: it cannot be read.
    """
    try:
        with open_regular(path, follow_links=True) as file:
            content = file.read(BYTES_LIMIT + 1)
    except FileNotFoundError as error:
        hint = f"write one with: gallery-daemon check --init --config {path}"
        raise mistakes.fatal(_TOP, "there is no such file", hint) from error
    except NotRegularError as error:
        sentence = "the configuration is not a regular file"
        raise mistakes.fatal(_TOP, sentence, "give the path of a text file") from error
    except OSError as error:
        sentence = f"the configuration cannot be read: {str(error.strerror).lower()}"
        raise mistakes.fatal(_TOP, sentence, "give the path of a readable file") from error
    if len(content) > BYTES_LIMIT:
        sentence = f"the configuration is larger than {BYTES_LIMIT // 1024} KiB"
        raise mistakes.fatal(_TOP, sentence, "is this the right file?")
    return _decode(content, mistakes)


def _decode(content: bytes, mistakes: Mistakes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8", "replace")) + 1
        mark = Mark(before.count(b"\n") + 1, column)
        hint = "save the file as UTF-8"
        raise mistakes.fatal(mark, "the configuration is not UTF-8", hint) from error
