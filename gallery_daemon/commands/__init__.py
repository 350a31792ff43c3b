"""What the commands do, without a terminal.

`sort` makes one pass with the daemon's pipeline. `plan` says what a pass would do, and `explain`
what the rules make of one file: an `inspection` looks at the files, and a `dry_run` carries out the
judge's verdicts without a disk. `classify` asks the model alone, `refile` files again by new rules,
`undo` takes filings back, `lessons` says what people taught and `doubtful_lessons` which of it
contradicts all else, `learn` gathers what is learned from and by, and `follow` waits for new rows
of the journal. `ways` says from where to where a photo would go.

For the pages of the review: `review` is what a person reviews, in the order of `review_order`;
`rules_text` reads, checks and saves a text of the configuration, and `rules_plan` is the plan of a
change to it; `model_overview` says what there is to say of the model, `model_choice` lets another
version serve, `learn_now` learns in a process of its own; `background` is an act in a thread that
can be asked how far it is. `resemblance` says what a photo is most like, and `resemble_now` asks
that in a process of its own.
`review_filing` files photos as a person says in the review, and `why` says why one is where it is.
`recent` is what became of the photos that came, with a day's sums; `library_search` goes through a
whole library for groups of like shots (`near_pictures`, pure; shown and settled by `duplicates`)
and for photos that look `mislabelled`.
"""
