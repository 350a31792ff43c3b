"""The service walks photos through the rooms.

`pipeline` is the table of contents: one short method for each step of the journey through the
`rooms`; `tell` has the line of every file written and counted in `tally`, and `company` keeps
sidecars with their photo.
`loop` turns it: `inbox` is the one door into the main thread, `listing` and `watching` are what is
due from time to time. `wiring` constructs everything for one `configuration`, with the `setup` of
the classifier process. On it stand `daemon`, `sort` and `classify`. `clock` is the only clock;
`systemd` speaks to the service manager, `unit` installs the unit, `shipped` finds the files that
come with the package.
"""
