"""Learning from what people do with their photos: lessons, and by them a better model.

`corrections` says what a person says by where a filed photo lies now; pure. `whereabouts` finds the
photos that were carried away, `library_places` what folders stand for on the library's disk, and
`library_scan` looks at the library with both and writes the lessons into the journal.
"""
