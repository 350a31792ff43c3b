r"""The log: one structured event per decision, on a terminal as a short line, elsewhere as JSON.

`events` has one class per event, and `Log`, which writes them; `lesson_events` has those of lessons
and `model_events` those of the model and what it learns; `setup` makes the `Log` of a program
and the form of its lines: `console` for a person, in the `width` of the terminal, or one JSON
object for `journalctl -o cat | jq`. `journald` tells systemd's journal how important a line is.
Names are hostile: either way control characters and broken UTF-8 are escaped, so a photo called
"a\nphoto_filed" cannot forge a line.

Nothing is imported here, so rooms that make events do not load the library that writes them.
"""
