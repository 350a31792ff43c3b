"""The doctor looks at all that the daemon needs and says what is well, and what to do.

`finding` is one line. Each of the others is one thing that may be amiss: a probe that reads the
system and changes nothing, and a pure judgement of what it read, which is a table in the tests.
`settings` (the configuration's warnings, sync tools), `watched` (watch folders), `inotify` (the
kernel's limits), `library`, `links` (can hard links be made), `space`, `model`, `journal`,
`running` (the daemon), `unit` (its service) and `machine` (clock, versions); `examine` asks them in
turn.
"""
