"""The configuration: YAML in, one frozen `Config` out, or every mistake with its line and column.

`load` reads the file: `document` turns its text into nodes that remember line and column, a
`section` is a map with known keys, and `kinds` are what a value may be. The `settings` declare each
key once; `folders` keeps watch folders and library apart, `rules` have a `when` made of
`conditions`, and `ruletests` have photos `given` in them. `mistakes` are gathered, each with a way
out; `missing` is that of a watch folder which is not there. `schema` says the same to editors;
`oneshot` makes a configuration for `sort`, and `synced` warns of moving photos out of folders that
a sync tool keeps in step.
"""
