"""`check`: is the configuration right, and what does it do that one may not mean."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Annotated

import typer

from gallery_daemon.cli.checked import (
    error_as_json,
    print_results,
    print_results_json,
    print_warnings,
)
from gallery_daemon.cli.config_file import existing_config
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.plain import shown
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.picturetests import run_all_tests
from gallery_daemon.config.schema import SCHEMA_FILE, schema_text
from gallery_daemon.config.settings import Config
from gallery_daemon.daemon.configuration import (
    classes_of,
    default_path,
    read_configuration,
    warnings_of,
)
from gallery_daemon.daemon.unit import EXAMPLE_CONFIG, shipped_text
from gallery_daemon.errors import GalleryError
from gallery_daemon.model.manifest import DEFAULT_BUNDLE

_EXIT_UNSEEN = 1
_EXIT_WRONG = 2
_MODELINE = re.compile(r"(# yaml-language-server: \$schema=)\S+")


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
    """Check the configuration: every mistake with its line, what may not be meant, and its tests.

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
    with error_as_json() if as_json else contextlib.nullcontext():
        path = existing_config(config)
        loaded = read_configuration(path)
    status = _check(loaded, path, as_json=as_json)
    if status:
        raise typer.Exit(status)


def _check(loaded: Config, path: Path, *, as_json: bool) -> int:
    """All is told that is found; the exit status."""
    warnings, file = warnings_of(loaded), str(path)
    print_warnings(warnings, file, as_json=as_json)
    if not as_json:
        folders = ", ".join(folder.path for folder in loaded.watch)
        count = len(loaded.rules.rules)
        rules = "1 rule" if count == 1 else f"{count} rules"
        print(shown(f"{path}: {rules}, {folders} -> {loaded.library}"))
    results = run_all_tests(loaded, SystemClock())
    if as_json:
        print_results_json(results, loaded, len(warnings))
    else:
        print_results(results, file)
    if any(result.failure is not None for result in results):
        return _EXIT_WRONG
    return _EXIT_UNSEEN if any(result.skipped for result in results) else 0


def _classes(config: Path | None) -> tuple[str, ...]:
    """Those of the configuration's model; of one that cannot be read, the default model's."""
    try:
        return classes_of(read_configuration(existing_config(config)).model.bundle)
    except GalleryError:
        return classes_of(DEFAULT_BUNDLE)


def _write_example(path: Path) -> None:
    """The shipped example lies at `path`, its schema beside it; what is there stays."""
    # In the checkout the example names the schema by its place in the package.
    text = _MODELINE.sub(rf"\g<1>{SCHEMA_FILE}", shipped_text(EXAMPLE_CONFIG), count=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise GalleryError(f"{path} exists already", hint="edit it, or move it aside") from error
    except OSError as error:
        raise GalleryError(f"cannot write {path}: {error.strerror}") from error
    with (
        contextlib.suppress(OSError),
        path.with_name(SCHEMA_FILE).open("x", encoding="utf-8") as file,
    ):
        file.write(schema_text(classes_of(DEFAULT_BUNDLE)))
    print(f"wrote {path}: edit it, then run `gallery-daemon check`")
