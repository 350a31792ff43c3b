"""The service walks photos through the rooms.

`clock` is the only clock; `pipeline` is the table of contents: one short method per step of the
journey; `loop` turns it, for the daemon and for `sort` alike; `daemon` and `sort` do the wiring;
`reload` re-reads the configuration; `systemd` speaks to the service manager and `unit` installs the
unit; `shipped` finds the files that come with the package.
"""
