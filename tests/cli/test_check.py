"""`check` in a process of its own: mistakes, warnings, and the tests of the rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_a_commented_configuration_can_be_had_and_used(run: Run) -> None:
    """`check --init` writes one that `check` accepts, and never writes over it."""
    first, second, third = run("check", "--init"), run("check"), run("check", "--init")

    assert (0, 0, 2) == (first.returncode, second.returncode, third.returncode)
    assert "rules" in second.stdout
    assert "exists already" in third.stderr


def test_a_broken_configuration_is_named_with_its_place(run: Run, tmp_path: Path) -> None:
    """File, line, column, what, and did you mean."""
    broken = tmp_path / "c.yaml"
    broken.write_text("version: 1\nwatch: /w\nlibrary: /l\nrulez: []\n")

    done = run("check", "--config", broken)

    assert 2 == done.returncode
    assert f'{broken}:4:1: error: unknown key "rulez"' in done.stderr
    assert "did you mean rules?" in done.stderr


def test_it_is_said_where_every_picture_is_read_whole(run: Run, tmp_path: Path) -> None:
    """By `looks: full`; of the usual way nothing is said."""
    config = tmp_path / "c.yaml"
    config.write_text(f"version: 1\nwatch: {tmp_path}\nlibrary: /l\nrules: [{{name: a, to: A/}}]\n")
    usual = run("check", "--config", config)
    config.write_text(f"{config.read_text()}looks: full\n")
    full = run("check", "--config", config)

    assert "read whole" not in usual.stdout
    assert "every picture is read whole" in full.stdout
    assert "looks: full" in full.stdout


def test_a_new_configuration_has_its_schema_beside_it(run: Run, tmp_path: Path) -> None:
    """The first line leads an editor there; one that is there stays, and any can be printed."""
    config, schema = tmp_path / "new/c.yaml", tmp_path / "new/config.schema.json"

    first = run("check", "--init", "--config", config)
    written = schema.read_text()
    schema.write_text("mine")
    config.unlink()
    second = run("check", "--init", "--config", config)
    printed = run("check", "--schema", "--config", config)

    assert (0, 0, 0) == (first.returncode, second.returncode, printed.returncode)
    assert "# yaml-language-server: $schema=config.schema.json" == config.read_text().split("\n")[0]
    assert "mine" == schema.read_text()
    assert printed.stdout == written
    assert "whatsapp_screenshots" in json.dumps(json.loads(written))


def test_check_runs_the_tests_of_the_rules(run: Run, tmp_path: Path) -> None:
    """Each on a line, like a test runner; one that fails says why, and the exit status is 2."""
    config = tmp_path / "c.yaml"
    config.write_text(
        "version: 1\nwatch: /w\nlibrary: /l\nrules:\n"
        "  - {name: memes, when: {class: memes, min_confidence: 0.92}, to: Memes/}\ntests:\n"
        "  - {given: {class: memes, confidence: 0.95}, expect: {rule: memes, to: Memes/}}\n"
        "  - {name: sure, given: {class: memes, confidence: 0.85}, expect: {rule: memes}}\n"
    )

    failing = run("check", "--config", config)
    refused = run("run", "--config", config)
    config.write_text(config.read_text().replace("0.85", "0.93"))
    holding = run("check", "--config", config)

    why = "expected rule memes, got uncertain (confidence 0.85 < 0.92, line 5)"
    assert [
        "ok      line 7",
        f"FAILED  sure: {why} ({config}:8:5)",
        "tests: 1 ok, 1 failed",
    ] == failing.stdout.splitlines()[1:]
    assert (2, 2, 0) == (failing.returncode, refused.returncode, holding.returncode)
    hint = f"  hint: if the rules are right, change the test: it stands in {config}:8;"
    assert f'{config}:8:5: error: the test "sure" fails: {why}' == refused.stderr.splitlines()[0]
    assert refused.stderr.splitlines()[1].startswith(hint)
    assert hint in failing.stderr
    assert "tests: 2 ok, 0 failed" in holding.stdout


def test_check_has_pictures_looked_at_and_nobody_else_does(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """The stand-in calls all a car; a file that is missing or no photo fails with its sentence."""
    config, starts = tmp_path / "c.yaml", tmp_path / "starts"
    config.write_text(
        f"version: 1\nwatch: {watch}\nlibrary: {tmp_path}/library\nrules:\n"
        '  - {name: all, to: "{class}/", as: "{hash8}.{ext}"}\ntests:\n'
        "  - {name: car, file: watch/keep.jpg, expect: {class: cars, to: cars/}}\n"
        "  - {name: meme, file: watch/keep.jpg, expect: {class: memes}}\n"
        "  - {name: gone, file: watch/gone.jpg, expect: {rule: all}}\n"
        "  - {name: broken, file: watch/broken.png, expect: {rule: all}}\n"
    )

    sorted_ = quick_run("sort", watch, "--config", config, "--log-format", "json")
    begun = starts.read_text() if starts.exists() else ""
    done = quick_run("check", "--config", config)

    car, meme, gone, broken, total = done.stdout.splitlines()[1:]
    assert "ok      car" == car
    assert meme.startswith("FAILED  meme: expected class memes, got cars ")
    assert f"FAILED  gone: {watch}/gone.jpg: No such file or directory ({config}:9:5)" == gone
    assert broken.startswith(f"FAILED  broken: {watch}/broken.png: ")
    assert "tests: 1 ok, 3 failed" == total
    assert 2 == done.returncode
    assert "4 tests are skipped: only `gallery-daemon check` looks at" in sorted_.stderr
    assert len(starts.read_text()) > len(begun)


def test_check_tells_machines_one_object_a_line(run: Run, tmp_path: Path) -> None:
    """Warnings, tests and the sum; of a wrong configuration its errors, each with its place."""
    config = tmp_path / "c.yaml"
    config.write_text(
        f"version: 1\nwatch: {tmp_path}\nlibrary: /l\nrules:\n"
        "  - {name: all, to: All/}\n  - {name: never, to: X/}\ntests:\n"
        "  - {name: one, given: {class: cars}, expect: {rule: all, to: All/}}\n"
        "  - {name: two, given: {name: a.jpg}, expect: {outcome: otherwise}}\n"
    )

    done = run("check", "--json", "--config", config)
    config.write_text(config.read_text().replace("to: X/", "too: X/"))
    wrong = run("check", "--json", "--config", config)
    nowhere = run("check", "--json", "--config", tmp_path / "no.yaml")

    warning, one, two, total = map(json.loads, done.stdout.splitlines())
    assert ("warning", str(config), 6) == (warning["kind"], warning["file"], warning["line"])
    assert ("test", "one", "ok", None) == (one["kind"], one["name"], one["result"], one["reason"])
    assert (
        {"rule": "all", "to": "All/"}
        == one["expected"]
        == {key: one["got"][key] for key in one["expected"]}
    )
    assert ("failed", "expected otherwise, got rule all", 9, 5) == (
        two["result"],
        two["reason"],
        two["line"],
        two["column"],
    )
    sums = {"kind": "summary", "errors": 0, "warnings": 1, "rules": 2}
    assert sums | {"ok": 1, "failed": 1, "skipped": 0} == total
    errors = [json.loads(line) for line in wrong.stdout.splitlines()]
    assert ["error", "error", "summary"] == [each["kind"] for each in errors]
    assert {"line": 6, "column": 19, "hint": "did you mean to?"}.items() <= errors[1].items()
    assert "error" == json.loads(nowhere.stdout.splitlines()[0])["kind"]
    assert (2, 2, 2) == (done.returncode, wrong.returncode, nowhere.returncode)


def test_where_the_classifier_does_not_start_the_other_tests_are_run(
    run: Run, watch: Path, tmp_path: Path
) -> None:
    """Those of pictures are skipped, and it says why and what to do."""
    config = tmp_path / "c.yaml"
    config.write_text(
        f"version: 1\nwatch: {watch}\nlibrary: {tmp_path}/library\n"
        "model: {path: default, engine: openvino, device: cuda}\nrules:\n"
        "  - {name: all, to: All/}\n  - {name: never, to: X/}\n"
        "tests:\n"
        "  - {file: watch/keep.jpg, expect: {rule: all}}\n"
        "  - {given: {name: a.jpg}, expect: {rule: all}}\n"
    )

    done = run("check", "--json", "--config", config)
    text = config.read_text()
    config.write_text(text.replace("a.jpg}, expect: {rule: all", "a.jpg}, expect: {rule: never"))
    failing = run("check", "--config", config)

    warning, picture, supposed, total = map(json.loads, done.stdout.splitlines())
    assert ("warning", "skipped", "ok") == (warning["kind"], picture["result"], supposed["result"])
    assert "does not run on the device cuda" in picture["reason"]
    assert {"errors": 0, "warnings": 1, "ok": 1, "skipped": 1}.items() <= total.items()
    assert "tests: 0 ok, 1 failed, 1 skipped" in failing.stdout
    assert (1, 2) == (done.returncode, failing.returncode)


def test_a_watch_folder_that_is_not_there_is_a_warning(run: Run, tmp_path: Path) -> None:
    """The configuration may be right all the same: a disk that is not mounted yet."""
    config, watch = tmp_path / "c.yaml", tmp_path / "in"
    rules = "rules:\n  - {name: all, to: All/}\n"
    config.write_text(f"version: 1\nwatch: {watch}\nlibrary: /l\n{rules}")

    missing = run("check", "--config", config)
    told = run("check", "--json", "--config", config)
    watch.mkdir()
    there = run("check", "--config", config)

    assert f"{config}: warning: the watch folder {watch} is not there, and" in missing.stderr
    warning, total = map(json.loads, told.stdout.splitlines())
    assert ("warning", None, 1) == (warning["kind"], warning["line"], total["warnings"])
    assert (0, 0, 0) == (missing.returncode, told.returncode, there.returncode)
    assert "" == there.stderr
