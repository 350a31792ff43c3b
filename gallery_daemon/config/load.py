"""A configuration file becomes a `Config`, or *all* that is wrong with it is gathered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gallery_daemon.config.conditions import WhenReader
from gallery_daemon.config.document import Node, ScalarNode, compose
from gallery_daemon.config.folders import each_of, overlap, read_watch
from gallery_daemon.config.given import PrecisionAt, unknown_precision
from gallery_daemon.config.kinds.local import DEFAULT_MODEL, BundlePath
from gallery_daemon.config.mistakes import TOP, Mark, Mistakes, did_you_mean, quoted
from gallery_daemon.config.rules import default_conditions, outcome_placing, read_rules
from gallery_daemon.config.ruletests import RuleTestReader
from gallery_daemon.config.section import Written
from gallery_daemon.config.settings import (
    FORMAT_VERSION,
    MODEL,
    TOP_LEVEL,
    Config,
    ModelChoice,
    TopLevel,
    WatchFolder,
)
from gallery_daemon.errors import ConfigErrors, GalleryError
from gallery_daemon.openat import NotRegularError, open_regular
from gallery_daemon.rules.decide import RuleSet

Classes = Callable[[ModelChoice], tuple[str, ...]]
"""Gives the classes of a model; raises a GalleryError."""
PrecisionOf = Callable[[ModelChoice], PrecisionAt]
"""Gives for a model how often it is right; raises a GalleryError."""
VersionOf = Callable[[str, str], str | None]
"""Gives for a bundle and a library the folder of the version that serves, if one does."""

BYTES_LIMIT = 256 * 1024
"""Some hundred times a long configuration, and two seconds' work for the YAML reader."""


def no_precision(_model: ModelChoice) -> PrecisionAt:
    """Of a model that does not know how often it is right."""
    return unknown_precision


def no_version(_bundle: str, _library: str) -> None:
    """The bundle itself serves."""


def load(
    path: str,
    classes: Classes,
    precision_of: PrecisionOf = no_precision,
    version_of: VersionOf = no_version,
) -> Config:
    """The configuration in the file at `path`.

    `classes` gives the classes of a model (whose bundle is `default`, or an absolute path) and
    raises a GalleryError where it cannot; `precision_of` gives how often it is right, for tests of
    rules; `version_of` says which version of it serves.

    Raises:
        ConfigErrors: the file cannot be read, or says something wrong; every mistake is in it.
    """
    return check_text(text_of(path), path, classes, precision_of, version_of)


def text_of(path: str) -> str:
    """The text of the file at `path`, as a person sees it: without a byte order mark.

    Raises:
        ConfigErrors: the file cannot be read, or is none of UTF-8.
    """
    return _text(path, Mistakes(path))


def digest_of_file(path: str) -> str | None:
    """The digest that the configuration in the file would have; None: it cannot be read."""
    try:
        return digest_of(text_of(path))
    except ConfigErrors:
        return None


def check_text(
    text: str,
    file: str,
    classes: Classes,
    precision_of: PrecisionOf = no_precision,
    version_of: VersionOf = no_version,
) -> Config:
    """The configuration in `text`, as if it stood in `file`, where relative paths begin.

    Raises:
        ConfigErrors: the text says something wrong; every mistake is in it.
    """
    mistakes = Mistakes(file)
    _refuse_long(len(text.encode("utf-8", "surrogatepass")), mistakes)
    root = compose(text, mistakes)
    models = _Models(classes, precision_of, version_of)
    return _read_config(root, digest_of(text), models, mistakes)


def digest_of(text: str) -> str:
    """12 hexadecimal digits that tell one configuration from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


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
        raise mistakes.fatal(TOP, "there is no such file", hint) from error
    except NotRegularError as error:
        sentence = "the configuration is not a regular file"
        raise mistakes.fatal(TOP, sentence, "give the path of a text file") from error
    except OSError as error:
        sentence = f"the configuration cannot be read: {str(error.strerror).lower()}"
        raise mistakes.fatal(TOP, sentence, "give the path of a readable file") from error
    _refuse_long(len(content), mistakes)
    return _decode(content, mistakes)


def _refuse_long(size_bytes: int, mistakes: Mistakes) -> None:
    if size_bytes > BYTES_LIMIT:
        sentence = f"the configuration is larger than {BYTES_LIMIT // 1024} KiB"
        raise mistakes.fatal(TOP, sentence, "is this the right file?")


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


@dataclass(frozen=True, slots=True)
class _Models:
    """What is asked about the model that a configuration names."""

    classes: Classes
    precision_of: PrecisionOf
    version_of: VersionOf

    def serving(self, model: ModelChoice, library: str | None) -> ModelChoice:
        """The model with the version that serves; none if bundle or library could not be read."""
        if not model.bundle or library is None:
            return model
        return replace(model, version=self.version_of(model.bundle, library))


def _read_config(root: Node, digest: str, models: _Models, mistakes: Mistakes) -> Config:
    """The configuration in `root`.

    Raises:
        ConfigErrors: all mistakes that were found.
    """
    found = TOP_LEVEL.table.read(root, mistakes) or Written(root.mark, {}, {})
    top = TOP_LEVEL.make(found)
    _check_version(top.version, mistakes)
    watch = _read_watch(top, mistakes)
    model, model_mark = _read_model(top.model, found.mark, mistakes)
    model = models.serving(model, top.library)
    sources = _sources(top, watch)
    known = _classes_of(model, models.classes, model_mark, mistakes)
    conditions = WhenReader(known, sources, default_conditions(top.defaults), mistakes)
    rules = _read_rules(top, conditions, mistakes)
    names = None if mistakes.errors else tuple(rule.name for rule in rules.rules)
    # A bundle whose classes can be read has a manifest that can be.
    precision = unknown_precision if known is None else models.precision_of(model)
    tests = RuleTestReader(known, sources, names, mistakes, precision)
    read_tests = () if top.tests is None else tests.read(top.tests)
    mistakes.raise_errors()
    assert top.library is not None  # or a mistake was reported
    return Config(
        file=mistakes.file,
        watch=watch,
        library=top.library,
        model=model,
        batch=top.batch,
        limits=top.limits,
        rules=rules,
        digest=digest,
        looks=top.looks,
        learn=top.learn,
        summary=top.summary,
        metrics=top.metrics,
        tests=read_tests,
    )


def _read_rules(top: TopLevel, conditions: WhenReader, mistakes: Mistakes) -> RuleSet:
    """The rules that could be read, and where photos go that none of them takes."""
    defaults = top.defaults
    return RuleSet(
        () if top.rules is None else read_rules(top.rules, conditions, defaults, mistakes),
        uncertain=outcome_placing(top.uncertain, defaults),
        otherwise=outcome_placing(top.otherwise, defaults),
        failed=outcome_placing(top.failed, defaults),
    )


def _check_version(node: Node | None, mistakes: Mistakes) -> None:
    if node is not None and not (isinstance(node, ScalarNode) and node.text == FORMAT_VERSION):
        written = quoted(node.text) if isinstance(node, ScalarNode) else "that"
        sentence = f"version: {written} is not known; this program reads version {FORMAT_VERSION}"
        mistakes.error(node.mark, sentence, f"write version: {FORMAT_VERSION}")


def _read_watch(top: TopLevel, mistakes: Mistakes) -> tuple[WatchFolder, ...]:
    """The watch folders, each checked against the library."""
    watch = () if top.watch is None else read_watch(top.watch, mistakes)
    for mark, folder in watch:
        reason = None if top.library is None else overlap(folder.path, top.library)
        if reason is not None:
            hint = "choose a library outside, or inside the watch folder"
            mistakes.error(mark, reason, hint)
    return tuple(folder for _, folder in watch)


def _sources(top: TopLevel, watch: tuple[WatchFolder, ...]) -> tuple[str, ...] | None:
    """The watch folders' names; none if one of them could not be read."""
    complete = top.watch is not None and len(watch) == len(each_of(top.watch))
    return tuple(folder.name for folder in watch) if complete else None


def _read_model(node: Node | None, map_mark: Mark, mistakes: Mistakes) -> tuple[ModelChoice, Mark]:
    """The model, and where its bundle is named; a bundle that could not be read is empty."""
    if node is None:
        return ModelChoice(), map_mark
    if isinstance(node, ScalarNode):
        return ModelChoice(BundlePath().read(node, "model", mistakes) or ""), node.mark
    found = MODEL.table.read(node, mistakes) or Written(node.mark, {}, {})
    bundle = MODEL.keys["bundle"]
    return MODEL.make(found, bundle=found.get_or(bundle, "")), found.mark_of(bundle)


def _classes_of(
    model: ModelChoice, classes: Classes, mark: Mark, mistakes: Mistakes
) -> tuple[str, ...] | None:
    """The model's classes; none if it cannot be read, which is a mistake like any other."""
    if not model.bundle:
        return None
    try:
        return classes(model)
    except GalleryError as error:
        meant = did_you_mean(Path(model.bundle).name, (DEFAULT_MODEL,))
        mistakes.error(mark, f"model: {error.sentence}", meant or error.hint)
        return None
