"""The configuration as a JSON Schema, so that editors complete keys and mark mistakes.

It is made from the tables that the reader uses. The reader knows more (places, hints, which names
go together), so it decides; the schema takes whatever the reader takes, but for spaces round a
class. Editors read YAML 1.2, where `yes` and `1_000` are texts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gallery_daemon.config.conditions import WHEN
from gallery_daemon.config.folders import watch_schema
from gallery_daemon.config.given import GIVEN
from gallery_daemon.config.kinds.base import one_or_more
from gallery_daemon.config.kinds.local import BundlePath
from gallery_daemon.config.kinds.model import ProbabilitiesKind, ProbabilityKind
from gallery_daemon.config.kinds.text import Folder
from gallery_daemon.config.rules import RULE, RULES_LIMIT
from gallery_daemon.config.ruletests import EXPECT_MAP, FILE_PATH, TEST
from gallery_daemon.config.settings import FORMAT_VERSION, MODEL, TOP_LEVEL

if TYPE_CHECKING:
    from gallery_daemon.config.section import Schema

SCHEMA_FILE = "config.schema.json"
_DIALECT = "http://json-schema.org/draft-07/schema#"
_WHEN: Schema = {"allOf": [{"$ref": "#/definitions/when"}]}


def schema(classes: tuple[str, ...]) -> Schema:
    """The schema of a configuration whose model has these classes."""
    # A class called 2024 is a number to an editor.
    numbers = [int(name) for name in classes if name.isdecimal()]
    known: Schema = {"enum": [*classes, *numbers]}
    instead: dict[str, Schema] = {
        "version": {"enum": [int(FORMAT_VERSION), FORMAT_VERSION]},
        "watch": watch_schema(),
        "model": {"anyOf": [BundlePath().schema, MODEL.schema]},
        "rules": {"type": "array", "items": _rule(), "minItems": 1, "maxItems": RULES_LIMIT},
        "tests": {"type": "array", "items": _test(known)},
    }
    return {
        "$schema": _DIALECT,
        "title": "gallery-daemon's configuration",
        **TOP_LEVEL.table.schema(instead),
        "definitions": {"when": _when(known)},
    }


def schema_text(classes: tuple[str, ...]) -> str:
    """The schema as a file has it."""
    return json.dumps(schema(classes), indent=1) + "\n"


def _rule() -> Schema:
    rule = RULE.schema({"when": _WHEN, "to": Folder().schema})
    return rule | {"anyOf": [{"required": ["to"]}, {"required": ["leave"]}]}


def _when(known: Schema) -> Schema:
    """Conditions hold conditions, so they are a definition that refers to itself."""
    maps: Schema = {"type": "array", "items": _WHEN, "minItems": 1}
    inside = {
        "class": one_or_more(known),
        "probability": ProbabilityKind().schema | {"propertyNames": known},
        "all": maps,
        "any": maps,
        "not": _WHEN,
    }
    return WHEN.schema(inside) | {"minProperties": 1}


def _test(known: Schema) -> Schema:
    shares = ProbabilitiesKind().schema | {"propertyNames": known}
    given = GIVEN.table.schema({"class": known, "probabilities": shares})
    expect = EXPECT_MAP.schema({"class": known}) | {"minProperties": 1}
    keys = {"given": given, "file": FILE_PATH.schema, "expect": expect}
    one = [{"required": [key]} for key in ("given", "file")]
    return TEST.schema(keys) | {"oneOf": one}
