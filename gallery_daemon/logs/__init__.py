r"""The log: one structured event per decision, on a terminal as a short line, elsewhere as JSON.

`events` has what is said, one method an event; `console` makes the line for a person, and `setup`
chooses between it and one JSON object per line, for `journalctl -o cat | jq`. Names are hostile:
either way control characters and broken UTF-8 are escaped, so a photo called "a\nphoto_filed"
cannot forge a line.
"""

from gallery_daemon.logs.events import Log, PhotoLine
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log, suitable_format

__all__ = ["Log", "LogFormat", "LogLevel", "PhotoLine", "make_log", "suitable_format"]
