"""`check`: is the configuration right, does it do what is meant, do its tests hold.

Each finding is a line for a person, or a JSON object on a line for an editor or CI.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import exits, public
from gallery_daemon.cli.config_file import existing_config, print_limits
from gallery_daemon.cli.fitting import sentence
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.plain import print_to_stderr, shown, told_if_slow
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.classify import run_all_tests
from gallery_daemon.commands.rules_text import write_example
from gallery_daemon.config.schema import schema_text
from gallery_daemon.config.settings import Config, ModelChoice
from gallery_daemon.daemon.configuration import (
    classes_of,
    default_path,
    hint_for,
    limits_of,
    manifest_of,
    missing_folders,
    read_configuration,
    warnings_of,
)
from gallery_daemon.errors import ConfigErrors, GalleryError
from gallery_daemon.journey.quick_looks import why_only_full

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gallery_daemon.rules.analysis import RuleWarning
    from gallery_daemon.rules.ruletest import RuleTestResult


def check(
    *,
    config: ConfigFile = None,
    init: Annotated[
        bool, typer.Option("--init", help="Write a commented configuration to start from.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of configurations for editors.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per line.")
    ] = False,
) -> None:
    """Check the configuration: every mistake with its line, warnings, and its tests.

    For each min_precision you see the confidence that it comes to with the present model; and
    why, where every picture is read whole.

    Exit status 0: it can be used; 1: the classifier does not start, so tests of pictures were
    skipped; 2: it is wrong, or a test of its rules fails.

    Examples:
        gallery-daemon check --init

        gallery-daemon check --config rules.yaml

        gallery-daemon check --json

        gallery-daemon check --schema > ~/.config/gallery-daemon/config.schema.json
    """
    if schema and init:
        raise GalleryError("--schema and --init exclude each other", hint="ask for one at a time")
    if as_json and (schema or init):
        raise GalleryError("--json goes with neither --schema nor --init", hint="leave it out")
    if schema:
        print(schema_text(_classes(config)), end="")
        return
    if init:
        _write_example(config or default_path())
        return
    with _error_as_json() if as_json else contextlib.nullcontext():
        path = existing_config(config)
        loaded = read_configuration(path)
    status = _check(loaded, path, as_json=as_json)
    if status:
        raise typer.Exit(status)


def _check(loaded: Config, path: Path, *, as_json: bool) -> int:
    """Print everything that is found; return the exit status."""
    warnings, file = (*missing_folders(loaded), *warnings_of(loaded)), str(path)
    _print_warnings(warnings, file, as_json=as_json)
    if not as_json:
        folders = ", ".join(folder.path for folder in loaded.watch)
        count = len(loaded.rules.rules)
        rules = "1 rule" if count == 1 else f"{count} rules"
        print(sentence(f"{path}: {rules}, {folders} -> {loaded.library}"))
        print_limits(loaded)
        why = why_only_full(loaded, manifest_of(loaded.model))
        if why is not None:
            print(sentence(f"every picture is read whole: {why}"))
    with told_if_slow("running the tests; those of pictures load the model ..."):
        results = run_all_tests(loaded, SystemClock())
    if as_json:
        for limit in limits_of(loaded):
            said = public.of_limit(limit) | {"message": limit.sentence}
            public.print_json({"kind": "precision_limit"} | said)
        _print_results_json(results, loaded, len(warnings))
    else:
        _print_results(results, file)
    if any(result.failure is not None for result in results):
        return exits.WRONG
    return exits.SOME if any(result.skipped for result in results) else 0


def _classes(config: Path | None) -> tuple[str, ...]:
    """The classes of the configuration's model, or the default model's if it cannot be read."""
    try:
        return classes_of(read_configuration(existing_config(config)).model)
    except GalleryError:
        return classes_of(ModelChoice())


def _write_example(path: Path) -> None:
    write_example(path)
    print(sentence(f"wrote {path}: edit it, then run `gallery-daemon check`"))


def _print_warnings(warnings: Iterable[RuleWarning], file: str, *, as_json: bool) -> None:
    """What the configuration does and may not mean; for a person, on standard error."""
    for warning in warnings:
        if as_json:
            public.print_json(public.of_warning(warning, file))
        else:
            place = f"{file}:{warning.line}" if warning.line else file
            print_to_stderr(f"{place}: warning: {warning.sentence}")


def _print_results(results: Sequence[RuleTestResult], file: str) -> None:
    """Each test on a line, and their sum, for a person."""
    for result in results:
        name, why = result.test.name, result.failure or result.skipped
        if result.failure is not None:
            place = f"{file}:{result.test.line}:{result.test.column}"
            print(sentence(f"FAILED  {name}: {why} ({place})"))
            print_to_stderr(f"  hint: {hint_for(result.test, file)}")
        else:
            print(shown(f"skipped {name}: {why}" if why else f"ok      {name}"))
    if results:
        counts = _counts(results)
        skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
        print(f"tests: {counts['ok']} ok, {counts['failed']} failed{skipped}")


def _print_results_json(results: Sequence[RuleTestResult], config: Config, warnings: int) -> None:
    """Each test as an object, and at last the sum of all."""
    for result in results:
        public.print_json(public.of_test(result, _word(result), config.file))
    rules = len(config.rules.rules)
    public.print_json(_summary(warnings=warnings, rules=rules) | _counts(results))


@contextlib.contextmanager
def _error_as_json() -> Iterator[None]:
    """Each mistake that is raised inside is printed as an object, then their sum.

    Raises:
        GalleryError: the same.
    """
    try:
        yield
    except GalleryError as error:
        errors = error.errors if isinstance(error, ConfigErrors) else (error,)
        for each in errors:
            public.print_json(public.of_error(each))
        public.print_json(_summary(errors=len(errors)) | _counts(()))
        raise


def _summary(*, errors: int = 0, warnings: int = 0, rules: int | None = None) -> public.Public:
    return {"kind": "summary", "errors": errors, "warnings": warnings, "rules": rules}


def _word(result: RuleTestResult) -> str:
    if result.failure is not None:
        return "failed"
    return "ok" if result.skipped is None else "skipped"


def _counts(results: Iterable[RuleTestResult]) -> public.Public:
    counts = Counter(map(_word, results))
    return {name: counts[name] for name in ("ok", "failed", "skipped")}
