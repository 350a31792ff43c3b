"""One photo's journey: from a name that was seen to the line in the log.

`pipeline` is the table of contents: one short method for each step. `known_files` says which files
have come to an end before; `examined` is what is known of a file, `judge` decides what becomes of
it, purely; `ends` does it and records it, `waiting_sidecars` holds the sidecars that come before
their photo, `siblings` knows what lies beside what, with `live_photos` for films whose names do not
say it, and `retry` says when a failure is tried again. `quick_looks` says when a quick look is
enough, `inference_cache` keeps what the model saw, `similar_photos` finds bursts and near
duplicates, `persons_word` what was said of a photo, and `photolog` writes the line; `shortfall`
says what an uncertain photo lacks, `pass_counts` count the lines, and `classifier_state` is what
the classifier process said. In a pass `stayed` says in the end which files were not filed.
"""
