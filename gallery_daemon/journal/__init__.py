"""The journal: what was done and is about to be done with every file; the program's only memory.

`record` has the values: entries as they are written, rows as they are read. `journal` writes an
intent before an act and its end after it, if `claims` lets it begin; `query` finds rows and sums up
a day; `past_decisions` reads one back; `contents` knows files by their bytes; `inferences`
caches what models saw, `seen` keeps the order of that; `made_folders` knows which folders are ours.
`lesson` is what a person said of a photo, `lesson_rows` has it as rows, `lesson_table` keeps them,
with its features, and `lesson_places` lets it go with its photo;
`filed_places` tells which files of the library lie where they were filed, and `review_rows` which
photos wait for a person's word. `overview_rows` counts and lists what a library has,
`shot_rows` finds its photos by what they look like, and `settled_groups` keeps which of several
like shots a person wants.
Below them are `sql`, and the `database` with its schema.
"""
