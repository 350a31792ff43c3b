"""The JSON Schema and the reader: the one takes what the other takes, both refuse what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.config.conditions import WHEN
from gallery_daemon.config.given import GIVEN
from gallery_daemon.config.rules import RULE
from gallery_daemon.config.ruletests import EXPECT_MAP, TEST
from gallery_daemon.config.schema import schema, schema_text
from gallery_daemon.config.settings import (
    BATCH,
    DEFAULTS,
    LEARN,
    LIMITS,
    METRICS,
    MODEL,
    TOP_LEVEL,
    WATCH,
    ModelChoice,
)
from gallery_daemon.daemon.configuration import classes_of
from tests.config.editor import marks_of
from tests.config.texts import CLASSES, HEAD, RULES, errors_of
from tests.docs.pages import whole_text

if TYPE_CHECKING:
    from gallery_daemon.config.section import Table

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = REPOSITORY.parent / "shared" / "examples"

# Each table of the reader: its place in the schema, and a text to put a key into.
RULE_HEAD = f"{HEAD}rules:\n  - name: x\n    to: X/\n"
TABLES: dict[str, tuple[Table, str, str]] = {
    "config": (TOP_LEVEL.table, "", f"{HEAD}{RULES}%s\n"),
    "watch": (
        WATCH.table,
        "properties watch anyOf 1",
        f"version: 1\nlibrary: ~/l\n{RULES}watch:\n  path: ~/in\n  %s\n",
    ),
    "model": (
        MODEL.table,
        "properties model anyOf 1",
        f"{HEAD}{RULES}model:\n  path: default\n  %s\n",
    ),
    "batch": (BATCH.table, "properties batch", f"{HEAD}{RULES}batch:\n  %s\n"),
    "learn": (LEARN.table, "properties learn", f"{HEAD}{RULES}learn:\n  %s\n"),
    "limits": (LIMITS.table, "properties limits", f"{HEAD}{RULES}limits:\n  %s\n"),
    "defaults": (
        DEFAULTS.table,
        "properties defaults",
        f"{HEAD}{RULES}defaults:\n  %s\n",
    ),
    "metrics": (
        METRICS.table,
        "properties metrics",
        f"{HEAD}{RULES}metrics:\n  listen: 127.0.0.1:9464\n  %s\n",
    ),
    "rule": (RULE, "properties rules items", f"{RULE_HEAD}    %s\n"),
    "when": (WHEN, "definitions when", f"{RULE_HEAD}    when:\n      %s\n"),
    "test": (
        TEST,
        "properties tests items",
        f"{HEAD}{RULES}tests:\n  - given: {{name: a.jpg}}\n    expect: {{rule: all}}\n    %s\n",
    ),
    "given": (
        GIVEN.table,
        "properties tests items properties given",
        f"{HEAD}{RULES}tests:\n  - expect: {{rule: all}}\n    given:\n      %s\n",
    ),
    "expect": (
        EXPECT_MAP,
        "properties tests items properties expect",
        f"{HEAD}{RULES}tests:\n  - given: {{name: a.jpg}}\n    expect:\n      %s\n",
    ),
}
VALUES = """
cars|[cars, trees]|0.9|.5|1|1_000|0|007|1e3|0x1F|yes|On|'yes'|true|FALSE|null|10s|1.5 h|0 ms
300|20MB|20 mib|2026-07-01|2026-07-01 18:30|2026-07-01T18:30:05|IMG_*|'*.jpg'|'**'|Trips/**
a b|'  jpg '|.jpg|3|landscape|[landscape, square]|{min: 1}|{max: 2, min: 1}|{min: 20MB}
{min: 1_0}|{after: 2026-07-01}|{}|[]|[a, 7, 1.5]|leave|Memes/|'{class}/'|'{stem}.{ext}'
'{name}'|hardlink|dedupe|together|auto|poll|cpu|torch|default|~/x|/abs|x/y/|{name: a.jpg}
{class: cars}|[{class: cars}]|{rule: all}|{to: All/}|all|.inf|{path: ~/x}|[~/x, {path: ~/y}]
{size: 4}|{bytes: 1GB}|uncertain|[{given: {class: cars}, expect: {to: A}}]
{lat: 48.1, lon: -11.6, km: 5}|[{lat: -1_0, lon: 1_0.5, km: 1_0, name: 7}]|{lat: 1, lon: -.5}
{cars: '>= 0.3'}|{cars: ' <1 , >.5', trees: < 0.1}|{cars: 0.3}|'4:3'|[16:9, ' 4.5 : 3 ']|4:x
{month: [jun, 7]}|{month: {min: Nov, max: ' february '}}|{weekday: SAT}|{weekday: 6}|{hour: 022}
{hour: {min: 22}, year: '2024'}|{year: [2024, {max: 2020}]}|{month: 13}|merge|keep|{min: 1.9}
{cars: 0.7, trees: 0.2}|{cars: 1}|{cars: 0.5, trees: .5}|0123abcd|'0123ABCDEF '|12345678|1234567e8
[{file: a.jpg, expect: {class: cars, as: b.jpg}}]
[{name: y, leave: true}]|[{name: y, when: {not: {ext: png}}, to: A}]|{min_confidence: 0}
""".replace("\n", "|").strip("|").split("|")  # fmt: skip
values = (
    st.sampled_from(VALUES)
    | st.text(max_size=6).map(json.dumps)
    | st.text(alphabet="ab/.!~*{}|1_", min_size=1, max_size=6).map(json.dumps)
)


@pytest.mark.parametrize("name", TABLES)
def test_every_key_of_the_reader_is_in_the_schema_and_described(name: str) -> None:
    """The same keys, the same that must be there, and a sentence for each."""
    table, place, _ = TABLES[name]
    found: Any = schema(CLASSES)
    for step in place.split():
        found = found[int(step)] if step.isdecimal() else found[step]

    assert set(table.names) == set(found["properties"])
    assert found["additionalProperties"] is False
    assert {key.name for key in table.keys if key.example} == set(found.get("required", ()))
    for key in table.keys:
        assert key.says
        assert key.description == found["properties"][key.name]["description"]


@given(st.data(), st.sampled_from(sorted(TABLES)), values)
def test_the_schema_takes_what_the_reader_takes(data: st.DataObject, name: str, value: str) -> None:
    """Any key with any value: where the reader has nothing to say, an editor marks nothing."""
    table, _, text = TABLES[name]
    key = data.draw(st.sampled_from([each for each in table.names if f"\n{each}:" not in text]))
    written = text % f"{key}: {value}"

    if not errors_of(written):
        assert [] == marks_of(written), written


@pytest.mark.parametrize("name", TABLES)
def test_a_misspelt_key_is_refused_by_both(name: str) -> None:
    """In every map."""
    written = TABLES[name][2] % "watchx: 1"

    assert any("watchx" in error.sentence for error in errors_of(written))
    assert any("watchx" in mark for mark in marks_of(written)) or "anyOf" in TABLES[name][1]
    assert marks_of(written)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("config", "uncertain: [a]"),
        ("config", "library: {a: b}"),
        ("config", "rules: []"),
        ("watch", "settle: 5"),
        ("watch", "mode: inotfy"),
        ("model", "device: tpu"),
        ("batch", "size: 0"),
        ("batch", "size: 1.5"),
        ("limits", "bytes: 500"),
        ("defaults", "min_confidence: 1.2"),
        ("rule", "enabled: maybe"),
        ("rule", "as: name"),
        ("rule", "to: /Memes"),
        ("when", "class: dogs"),
        ("when", "class: []"),
        ("when", "name: a/b"),
        ("when", "has_gps: 1"),
        ("when", "width: 100"),
        ("when", "width: {}"),
        ("when", "taken: {after: yesterday}"),
        ("when", "taken: {}"),
        ("when", "taken: {month: 13}"),
        ("when", "taken: {weekday: 6}"),
        ("when", "taken: {hour: [1, {min: 24}]}"),
        ("when", "near: {lat: 1, lon: 1}"),
        ("when", "near: {lat: 91, lon: 1, km: 1}"),
        ("when", "aspect: wide"),
        ("when", "aspect: {}"),
        ("when", "screenshot: 1"),
        ("when", "probability: {}"),
        ("when", "probability: {cars: 0.3}"),
        ("when", "probability: {dogs: '> 0.3'}"),
        ("when", "any: {class: cars}"),
        ("when", "not: {}"),
        ("when", "orientation: [landscape, tall]"),
        ("given", "class: dogs"),
        ("given", "size: big"),
        ("given", "position: {lat: 1}"),
        ("given", "date: yesterday"),
        ("given", "hash: 012z"),
        ("given", "probabilities: {}"),
        ("given", "probabilities: {cars: 2}"),
        ("given", "probabilities: {dogs: 0.5}"),
        ("test", "file: a.jpg"),
        ("test", "file: [a.jpg]"),
        ("expect", "class: dogs"),
        ("expect", "as: [a.jpg]"),
        ("expect", "outcome: failed"),
    ],
)
def test_a_wrong_value_is_refused_by_both(name: str, entry: str) -> None:
    """Of a wrong type, out of its range, or no such word."""
    written = TABLES[name][2] % entry

    assert errors_of(written)
    assert marks_of(written)


def test_all_that_people_start_from_is_taken() -> None:
    """The example and every configuration of the README and the manual."""
    blocks = re.findall(r"```yaml\n(.*?)```", whole_text(), re.DOTALL)
    whole = [block for block in blocks if "version" in yaml.safe_load(block)]

    assert len(whole) > 1
    for text in (*whole, (REPOSITORY / "config.example.yaml").read_text("utf-8")):
        assert [] == marks_of(text)


@pytest.mark.data
@pytest.mark.parametrize("name", ["minimal", "syncthing-phone"])
def test_the_small_examples_are_taken(name: str) -> None:
    """As the reader takes them."""
    path = EXAMPLES / f"{name}.yaml"
    if not path.exists():
        pytest.skip("needs ../shared/examples")

    assert [] == marks_of(path.read_text("utf-8"))


def test_the_shipped_schema_is_that_of_the_code() -> None:
    """It is a schema, has the default model's classes, and the example names it."""
    shipped = REPOSITORY / "gallery_daemon/share/config.schema.json"
    first = (REPOSITORY / "config.example.yaml").read_text("utf-8").partition("\n")[0]

    assert schema_text(classes_of(ModelChoice())) == shipped.read_text("utf-8")
    jsonschema.Draft7Validator.check_schema(json.loads(shipped.read_text("utf-8")))
    assert f"# yaml-language-server: $schema={shipped.relative_to(REPOSITORY)}" == first


def test_a_class_that_is_a_number_may_be_written_as_one() -> None:
    """An editor reads 2024 as a number, and the reader as a text."""
    when: Any = schema(("2024", "cars"))["definitions"]

    assert ["2024", "cars", 2024] == when["when"]["properties"]["class"]["anyOf"][0]["enum"]
