"""Every mistake in what a configuration says, with the place and the words that people get.

Texts begin in line 1. `HEAD` has three lines, so what follows it begins in line 4, and a rule's
keys after `RULE` in line 6.
"""

from __future__ import annotations

import pytest

from tests.config.texts import HEAD, RULE, RULES, TO, errors_of, says

SHAPE = [
    ("", 1, 1, "the configuration is empty", "check --init"),
    ("# only a comment\n", 1, 1, "the configuration is empty", "check --init"),
    ("- a\n", 1, 1, "the configuration must be a map with the keys version, watch", None),
    ("word\n", 1, 1, "the configuration must be a map with the keys version, watch", None),
    (f"{HEAD}{RULES}---\na: 1\n", 6, 1, "more than one YAML document", "remove the ---"),
    (f"{HEAD}{RULES}library: ~/x\n", 6, 1, 'the key "library" is given twice', "line 3"),
    (f"{RULE}{TO}    to: Y/\n", 7, 5, 'the key "to" is given twice', "line 6"),
    (f"{HEAD}{RULES}? [a]\n: b\n", 6, 3, "a key must be a text", "write key: value"),
    (f"{HEAD}{RULES}<<: {{a: b}}\n", 6, 1, 'unknown key "<<"', "merge keys"),
    (f"watch: ~/a\nlibrary: ~/b\n{RULES}", 1, 1, "lacks the key version", "add version: 1"),
    (f"version: 1\nlibrary: ~/b\n{RULES}", 1, 1, "lacks the key watch", "add watch: ~/Sync"),
    (f"version: 1\nwatch: ~/b\n{RULES}", 1, 1, "lacks the key library", "add library: ~/Pic"),
    (HEAD, 1, 1, "lacks the key rules", "add rules:"),
    (HEAD.replace("1", "2") + RULES, 1, 10, 'version: "2" is not known', "write version: 1"),
    (HEAD.replace("1", "[1]") + RULES, 1, 10, "version: that is not known", "write version: 1"),
    (f"{HEAD}rules: []\n", 4, 8, "rules must be a list of rules", "- name:"),
    (f"{HEAD}rules: {{name: x}}\n", 4, 8, "rules must be a list of rules", "- name:"),
    (f"{HEAD}rules: [x]\n", 4, 9, "a rule must be a map with the keys name", None),
]

KEYS = [
    (f"{HEAD}{RULES}uncertian: leave\n", 6, 1, 'unknown key "uncertian"', "uncertain?"),
    (f"{HEAD}{RULES}teach: true\n", 6, 1, 'unknown key "teach"', None),
    (f"{HEAD}{RULES}model: {{path: default, devise: cpu}}\n", 6, 24, '"devise"', "device?"),
    (f"{HEAD}{RULES}batch: {{sizee: 1}}\n", 6, 9, 'unknown key "sizee" in batch', "size?"),
    (f"{HEAD}{RULES}limits: {{pixel: 1}}\n", 6, 10, 'unknown key "pixel"', "pixels?"),
    (f"{HEAD}{RULES}defaults: {{Action: copy}}\n", 6, 12, '"Action"', "action?"),
    (f"{RULE}    too: X/\n{TO}", 6, 5, 'unknown key "too" in a rule', "did you mean to?"),
    (f"{RULE}    destination: X/\n{TO}", 6, 5, '"destination"', "did you mean to?"),
    (f"{RULE}    on: X\n{TO}", 6, 5, 'unknown key "on" in a rule; the keys are name,', None),
    (f"{RULE}    when: {{clas: cars}}\n{TO}", 6, 12, '"clas" in when', "class?"),
    (f"{RULE}    when: {{not: {{clas: cars}}}}\n{TO}", 6, 18, '"clas" in when', "class?"),
    (f"{RULE}    when: {{width: {{mim: 1}}}}\n{TO}", 6, 20, '"mim" in width', "min?"),
    (f"{RULE}    when: {{min_margin: 0,8}}\n{TO}", 6, 26, '"8"', "decimal number has a point"),
    (
        "version: 1\nwatch: [{path: ~/a, setle: 5s}]\nlibrary: ~/b\n" + RULES,
        2,
        21,
        'unknown key "setle" in a watch folder',
        "settle?",
    ),
]

FOLDERS = [
    (HEAD.replace("~/Sync/Camera", "~"), 2, 8, "watch has no value", 'home folder write "~/"'),
    (HEAD.replace("~/Sync/Camera", "null"), 2, 8, "watch has no value", None),
    (HEAD.replace("~/Sync/Camera", "[]"), 2, 8, "watch: the list is empty", "~/Sync/Camera"),
    (HEAD.replace("~/Sync/Camera", f"[{'x, ' * 101}]"), 2, 8, "101 folders are more than", None),
    (HEAD.replace("~/Sync/Camera", "[{path: $a}]"), 2, 16, 'path: "$a": variables', "only ~ is"),
    (HEAD.replace("~/Sync/Camera", "{path: a, name: yes}"), 2, 24, "reads yes as true", "quotes"),
    (HEAD.replace("~/Sync/Camera", "{path: a, mode: [a]}"), 2, 24, "mode: a list is not", None),
    (HEAD.replace("~/Sync/Camera", "{path: a, settle: []}"), 2, 26, "settle: a list is", None),
    (HEAD.replace("~/Sync/Camera", "on"), 2, 8, "reads on as true", 'in quotes: "on"'),
    (HEAD.replace("~/Sync/Camera", "'  '"), 2, 8, "watch is empty", None),
    (HEAD.replace("~/Sync/Camera", "{name: a}"), 2, 8, "lacks the key path", "add path:"),
    (HEAD.replace("~/Pictures", "$HOME"), 3, 10, "variables are not expanded", "only ~ is"),
    (HEAD.replace("~/P", "~nobody-here/P"), 3, 10, "is not a path", "~/nobody-here/"),
    (HEAD.replace("~/Pictures/Sorted", '"a\\0b"'), 3, 10, '"a\\x00b" is not a path', None),
    (HEAD.replace("~/Pictures/Sorted", "[a, b]"), 3, 10, "library: a list is not a folder", None),
    (HEAD.replace("Pictures/Sorted", "Sync/Camera"), 2, 8, "the library is the watch", "outside"),
    (HEAD.replace("Pictures/Sorted", "Sync"), 2, 8, "lies in the library", "outside"),
    (HEAD.replace("~/Sync/Camera", "[~/a, ~/b/a]"), 2, 14, 'are called "a"', "another name"),
    (HEAD.replace("~/Sync/Camera", "[~/a, ~/a/b]"), 2, 14, "overlaps", "the outer one"),
    (HEAD.replace("~/Sync/Camera", "[~/a/b, ~/a]"), 2, 16, "overlaps", "the outer one"),
    (
        HEAD.replace("~/Sync/Camera", "{path: a, settle: 1:30}"),
        2,
        26,
        'settle: "1:30" is not a duration such as 10s',
        "write settle: 90s, or settle: 90m",
    ),
    (HEAD.replace("~/Sync/Camera", "{path: a, rescan: 15}"), 2, 26, '"15"', "rescan: 15s"),
    (HEAD.replace("~/Sync/Camera", "{path: a, rescan: 1y}"), 2, 26, '"1y"', None),
    (HEAD.replace("~/Sync/Camera", "{path: a, settle: 2h}"), 2, 26, "from 0s to 3600s", None),
    (HEAD.replace("~/Sync/Camera", "{path: a, mode: pol}"), 2, 24, "auto, inotify, poll", "poll?"),
    (HEAD.replace("~/Sync/Camera", "{path: a, recursive: 1}"), 2, 29, "not true or false", None),
    (HEAD.replace("~/Sync/Camera", "{path: a, only: []}"), 2, 24, "could match nothing", "only"),
]

WITH_RULES = [(f"{folders}{RULES}", *rest) for folders, *rest in FOLDERS]

RULE_MISTAKES = [
    (f"{HEAD}rules:\n  - to: X/\n", 5, 5, "a rule lacks the key name", "add name: memes"),
    (f"{HEAD}rules:\n  - name: no\n{TO}", 5, 11, "YAML reads no as false", 'quotes: "no"'),
    (f"{RULE}{TO}  - name: x\n{TO}", 7, 5, 'two rules are called "x"', "line 5"),
    (f"{HEAD}rules: [{{name: x, to: a}}, {{name: x, to: b}}]\n", 4, 27, "two rules", "line 4"),
    (f"{HEAD}rules: [{'x, ' * 1001}]\n", 4, 8, "1001 rules are more than 1000", None),
    (RULE, 5, 5, 'rule "x" says neither to nor leave', "leave: true"),
    (f"{RULE}{TO}    leave: true\n", 6, 9, 'rule "x" says both to and leave', "remove one"),
    (f"{RULE}    leave: false\n", 6, 12, 'rule "x" cannot say leave: false', "to: FOLDER/"),
    (f"{RULE}    leave: true\n    action: copy\n", 7, 13, "action means nothing", "remove action"),
    (f"{RULE}    to: leave\n", 6, 9, '"leave" is not a folder', "write leave: true"),
    (f"{RULE}    to: A/{{clas}}/\n", 6, 12, 'unknown field "clas"; the fields are', "class?"),
    (f'{RULE}    to: "A/{{clas}}/"\n', 6, 13, 'unknown field "clas"', "class?"),
    (f"{RULE}    to: A/../../etc\n", 6, 11, 'cannot hold ".."', None),
    (f"{RULE}    to: /etc\n", 6, 9, "cannot be absolute", "write to: etc/"),
    (f"{RULE}    to: ~/x\n", 6, 9, "cannot be absolute", "write to: x/"),
    (f"{RULE}    to: |\n      A\n      B\n", 6, 9, "no line breaks", None),
    (f"{RULE}    to: A/{{name}}\n", 6, 9, "is not a folder in the library", "new name in as"),
    (f"{RULE}{TO}    as: '{{date}}'\n", 7, 9, "loses the photo's extension", "{date}.{ext}"),
    (f"{RULE}{TO}    as: 'a/{{name}}'\n", 7, 9, "a file name cannot hold a /", "in to"),
    (f"{RULE}{TO}    as: [a]\n", 7, 9, "as: a list is not a file name", None),
    (f"{RULE}{TO}    action: hardlnk\n", 7, 13, "one of hardlink, copy, move,", "hardlink?"),
    (
        f"{RULE}{TO}    on_conflict: keep\n",
        7,
        18,
        "one of dedupe, rename, keep-both, skip",
        "keep-both?",
    ),
    (f"{RULE}{TO}    identical: merg\n", 7, 16, "one of merge, keep, leave", "merge?"),
    (f"{RULE}    leave: true\n    identical: keep\n", 7, 16, "identical means nothing", "remove"),
    (f"{RULE}    to: A {{sequence}}/\n", 6, 9, "a folder cannot have a {sequence}", "in as"),
    (f"{RULE}{TO}    as: 'a {{sequence:x}}.{{ext}}'\n", 7, 22, "how many digits", None),
    (f"{RULE}{TO}    enabled: 'true'\n", 7, 14, '"true" is not true or false', None),
    (f"{HEAD}{RULES}otherwise: Leave\n", 6, 12, '"Leave" is not leave', "did you mean leave?"),
    (f"{HEAD}{RULES}otherwise: no\n", 6, 12, '"no" is not leave', "did you mean leave?"),
    (f"{HEAD}{RULES}failed: [a]\n", 6, 9, "failed: a list is not leave, or a folder", None),
    (f"{HEAD}{RULES}defaults: 5\n", 6, 11, "defaults must be a map with the keys", None),
    (f"{HEAD}{RULES}model: [a]\n", 6, 8, "model must be a map", None),
    (f"{HEAD}{RULES}model: {{path: ~}}\n", 6, 15, "path has no value", "home folder"),
    (f"{HEAD}{RULES}batch: {{size: 0}}\n", 6, 15, "a whole number from 1 to 256", None),
    (f"{HEAD}{RULES}batch: {{size: 1.5}}\n", 6, 15, "a whole number from 1 to 256", None),
    (f"{HEAD}{RULES}batch: {{wait: 3}}\n", 6, 15, 'wait: "3" is not a duration', "wait: 3s"),
    (f"{HEAD}{RULES}batch: 7\n", 6, 8, "batch must be a map with the keys size, wait", None),
    (f"{HEAD}{RULES}learn: true\n", 6, 8, "learn must be a map with the keys when, after", None),
    (f"{HEAD}{RULES}learn: {{when: always}}\n", 6, 15, "one of idle, ask, never", None),
    (f"{HEAD}{RULES}learn: {{after: 2}}\n", 6, 16, "a whole number from 5 to 10000", None),
    (f"{HEAD}{RULES}limits: 7\n", 6, 9, "limits must be a map with the keys bytes,", None),
    (f"{HEAD}{RULES}limits: {{bytes: 20}}\n", 6, 17, '"20" is not a size', "bytes: 20MB"),
    (f"{HEAD}{RULES}limits: {{bytes: 2 MX}}\n", 6, 17, '"2 MX" is not a size', None),
]


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence", "hint"),
    [*SHAPE, *KEYS, *WITH_RULES, *RULE_MISTAKES],
)
def test_a_mistake_is_named_at_its_place(
    text: str, line: int, column: int, sentence: str, hint: str | None
) -> None:
    """File, line and column, the offending text, what is allowed, and what may have been meant."""
    error = errors_of(text)[0]

    assert (line, column) == (error.line, error.column)
    assert says(error, sentence, hint)
