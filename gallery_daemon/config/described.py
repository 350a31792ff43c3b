"""What every key of the configuration means, in a sentence, for who edits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.config.conditions import CONDITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG: Mapping[str, str] = {
    "version": "The format of this file: 1.",
    "watch": "The folders to look at: a path, or a list of watch folders.",
    "library": "The root of the sorted photos; it may lie in a watch folder, and is not watched.",
    "model": "`default`, a folder made by `gallery-daemon train`, or a map that says more.",
    "batch": "How many photos are classified together.",
    "limits": "What a single photo may cost; beyond it, it is left and quarantined.",
    "defaults": "What holds for every rule that does not say otherwise.",
    "rules": "Tried from top to bottom; the first that matches takes the photo.",
    "uncertain": "Where photos go that a rule missed on confidence or margin alone; or leave.",
    "otherwise": "Where photos go that no rule takes; or leave.",
    "failed": "Where files go that cannot be read as photos; or leave.",
    "tests": "Photos as they might come, and what the rules shall do with them.",
    "summary": "Whether each day is summed up in a line of the log (daily).",
    "metrics": "Where figures for Prometheus can be fetched; nowhere, if not said.",
}
METRICS: Mapping[str, str] = {
    "listen": "127.0.0.1:PORT or unix:/path/of/a/socket; this machine alone.",
}
WATCH: Mapping[str, str] = {
    "name": "What `source` in a rule and {source} in a template call the folder.",
    "path": "The folder; ~ is your home.",
    "mode": "How it is watched; auto polls where the file system sends no events.",
    "poll_every": "How often it is polled, such as 60s.",
    "recursive": "Whether subfolders are looked into (true).",
    "settle": "A photo is touched when nobody has changed it for so long (5s).",
    "rescan": "The folder is listed again every so often (15m).",
    "only": "Only photos whose name, or path with a /, fits one of these globs.",
    "ignore": "No photos whose name, or path with a /, fits one of these globs.",
}
MODEL: Mapping[str, str] = {
    "path": "`default`, or a folder made by `gallery-daemon train`.",
    "engine": "What runs the network; auto measures once and remembers.",
    "device": "Where torch runs the network.",
    "idle_timeout": "The classifier process ends after so long without photos (5m).",
}
BATCH: Mapping[str, str] = {
    "size": "Up to so many photos are classified together (16).",
    "wait": "A batch waits so long for more, counted from its first photo (200ms).",
}
LIMITS: Mapping[str, str] = {
    "bytes": "The largest file (500MB).",
    "pixels": "The most pixels, width times height (250_000_000).",
    "seconds": "The longest that reading it may take (30).",
}
DEFAULTS: Mapping[str, str] = {
    "action": "How photos come into the library (hardlink).",
    "on_conflict": "What is done where the name is taken (dedupe); nothing is ever overwritten.",
    "identical": "What is done where the same bytes have the name (as on_conflict says).",
    "sidecars": "Whether .xmp, .aae and a live photo's .mov go with their photo (together).",
    "min_confidence": "How sure the model must be where a rule names a class (0.80).",
    "min_margin": "How far ahead of the second class the first must be (0).",
}
RULE: Mapping[str, str] = {
    "action": "How its photos come into the library.",
    "on_conflict": "What is done where the name is taken; nothing is ever overwritten.",
    "identical": "What is done where the same bytes have the name.",
    "sidecars": "Whether .xmp, .aae and a live photo's .mov go with their photo.",
    "name": "What the log and the journal call the rule; each name once.",
    "when": "All that must hold; without it the rule takes every photo.",
    "to": "The folder in the library; {fields} are filled in, as {date:%Y} or {class}.",
    "leave": "true: the photo stays where it is.",
    "as": "The photo's name in the library, such as {date:%Y-%m-%d} {stem}.{ext}.",
    "enabled": "false: the rule is passed over.",
}
WHEN: Mapping[str, str] = {
    **{key.name: f"{key.says[0].upper()}{key.says[1:]}." for key in CONDITIONS},
    "all": "Each of these maps of conditions holds.",
    "any": "At least one of these maps of conditions holds.",
    "not": "This map of conditions does not hold.",
}
TEST: Mapping[str, str] = {
    "name": "What the test is called when it fails.",
    "given": "A photo as it might come; what is not said, is not so.",
    "file": "A picture instead, by its path from here; `check` has it looked at and classified.",
    "expect": "What shall become of it; all that is said must come true.",
}
GIVEN: Mapping[str, str] = {
    "name": "The file's name.",
    "path": "The path below the watch folder, instead of the name.",
    "source": "The watch folder's name (the first one's).",
    "class": "The most probable class; without it, none.",
    "confidence": "Its probability, 0 to 1 (what is left); the other classes share the rest.",
    "margin": "How far it is ahead of the second class, 0 to 1.",
    "probabilities": "What some classes have, 0 to 1 each; the others share the rest.",
    "taken": "When it was taken, by EXIF; {date} is made from it.",
    "date": "What {date} is made from where nobody knows when it was taken: the file's mtime.",
    "camera": "Make and model.",
    "width": "Pixels from side to side (4000).",
    "height": "Pixels from top to bottom (3000).",
    "size": "The file's size (4MB).",
    "hash": "What the content's SHA-256 begins with, for {hash}: 8 digits and more.",
    "has_exif": "Whether it has EXIF (true where a camera, a date taken or a position is).",
    "has_gps": "Whether it says where it was taken (true where a position is given).",
    "position": "Where it was taken.",
    "burst": "Whether a photo of the same burst was seen before it: IMG_0000.jpg (false).",
    "near_duplicate": "Whether IMG_0000.jpg was seen before it and looks the same (false).",
}
EXPECT: Mapping[str, str] = {
    "class": "The class that the model finds the most probable.",
    "rule": "The rule that takes it.",
    "to": "The folder in the library where it comes to lie.",
    "as": "The file's name there, if none has it yet; a {sequence} begins with 1.",
    "outcome": "What becomes of it if no rule takes it.",
    "leave": "true: it stays where it is.",
}
