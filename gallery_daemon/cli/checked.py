"""What `check` found: lines for a person, or one JSON object a line for an editor or CI."""

from __future__ import annotations

import contextlib
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from gallery_daemon.cli.plain import shown
from gallery_daemon.errors import ConfigError, ConfigErrors, GalleryError
from gallery_daemon.rules.ruletest import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.config.settings import Config
    from gallery_daemon.rules.analysis import RuleWarning
    from gallery_daemon.rules.ruletest import Expected, RuleTestResult


def print_warnings(warnings: Iterable[RuleWarning], file: str, *, as_json: bool) -> None:
    """What may not be meant; for a person on standard error."""
    for warning in warnings:
        if as_json:
            _print(_warned(warning, file))
        else:
            place = f"{file}:{warning.line}" if warning.line else file
            print(shown(f"{place}: warning: {warning.sentence}"), file=sys.stderr)


def print_results(results: tuple[RuleTestResult, ...], file: str) -> None:
    """Each test on a line, and their sum, for a person."""
    for result in results:
        name, why = result.test.name, result.failure or result.skipped
        if result.failure is not None:
            place = f"{file}:{result.test.line}:{result.test.column}"
            print(shown(f"FAILED  {name}: {why} ({place})"))
        else:
            print(shown(f"skipped {name}: {why}" if why else f"ok      {name}"))
    if results:
        counts = _counts(results)
        skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
        print(f"tests: {counts['ok']} ok, {counts['failed']} failed{skipped}")


def print_results_json(results: tuple[RuleTestResult, ...], config: Config, warnings: int) -> None:
    """Each test as an object, and at last the sum of all."""
    for result in results:
        test = result.test
        _print(
            {
                "kind": "test",
                "name": test.name,
                "file": config.file,
                "line": test.line,
                "column": test.column,
                "result": _result(result),
                "expected": _expected(test.expected),
                "got": _got(result),
                "reason": result.failure or result.skipped,
            }
        )
    rules = len(config.rules.rules)
    _print(_summary(warnings=warnings, rules=rules) | _counts(results))


@contextlib.contextmanager
def error_as_json() -> Iterator[None]:
    """What is raised in it, each mistake as an object, and their sum.

    `file`, `line` and `column` are there where a mistake has a place.

    Raises:
        GalleryError: the same.
    """
    try:
        yield
    except GalleryError as error:
        errors = error.errors if isinstance(error, ConfigErrors) else (error,)
        for each in errors:
            _print(_told(each))
        _print(_summary(errors=len(errors)) | _counts(()))
        raise


def _warned(warning: RuleWarning, file: str) -> dict[str, object]:
    return {
        "kind": "warning",
        "file": file,
        "line": warning.line or None,
        "column": None,
        "message": warning.sentence,
        "hint": None,
    }


def _told(error: GalleryError) -> dict[str, object]:
    place: dict[str, object] = {"file": None, "line": None, "column": None}
    if isinstance(error, ConfigError):
        place = {"file": error.file, "line": error.line, "column": error.column}
    return {"kind": "error"} | place | {"message": error.sentence, "hint": error.hint}


def _summary(*, errors: int = 0, warnings: int = 0, rules: int | None = None) -> dict[str, object]:
    return {"kind": "summary", "errors": errors, "warnings": warnings, "rules": rules}


def _result(result: RuleTestResult) -> str:
    if result.failure is not None:
        return "failed"
    return "ok" if result.skipped is None else "skipped"


def _counts(results: tuple[RuleTestResult, ...]) -> dict[str, object]:
    counts = Counter(map(_result, results))
    return {name: counts[name] for name in ("ok", "failed", "skipped")}


def _expected(expected: Expected) -> dict[str, object]:
    """What the test says, by its keys."""
    folder = expected.folder
    said = {
        "class": expected.top_class,
        "rule": expected.rule,
        "to": None if folder is None else "".join(f"{each}/" for each in folder),
        "as": expected.name,
        "outcome": expected.outcome,
        "leave": expected.is_left or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _got(result: RuleTestResult) -> dict[str, object] | None:
    """What came of the photo; None where nobody looked at it, or could."""
    if result.found is None:
        return None
    decision, says = result.found.decision, result.prediction
    place = place_of(decision)
    to, name = (None, None) if place is None else place
    got: dict[str, object] = {
        "rule": decision.rule,
        "outcome": decision.outcome,
        "to": to,
        "as": name,
    }
    if says is None or not says.confidence:
        return {"class": None, "confidence": None} | got
    return {"class": says.top_class, "confidence": round(says.confidence, 4)} | got


def _print(told: dict[str, object]) -> None:
    print(json.dumps(told), flush=True)
