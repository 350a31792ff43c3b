"""The configuration: YAML in, one frozen `Config` out, or every mistake with its line and column.

`load` reads the file: `document` turns its text into nodes that remember line and column, a
`section` is a map with known keys, and `kinds` are what a value may be. The result is `settings`
(with `folders` and `telling`), the `rules` with their `conditions`, and
the `ruletests` with the photos `given` in them. `mistakes` are gathered, each with a way out.
`schema` says the same to editors, with every key `described`, and `guide` to the manual; `oneshot`
makes a configuration for `sort`, and `synced` warns of moving photos out of folders that a sync
tool keeps in step.
"""
