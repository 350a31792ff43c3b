"""The review in the browser: a server for one person, on this machine alone.

`server` starts it and ends it (`lifetime`), `connections` are those that reach it, and `web_app`
puts it together. Each request passes the
`doorkeeper`, who asks the `door` (pure) whether it may come in, and `peers` whose program brings
the first address. `pages` has a file for each page (what one is says `web_page`), which finds in
`site` all that it needs: the `one_thread` that has the configuration and the journal `opened`, and
`rendering` of templates, where every name is made `harmless`. A page's list of photos is a
`photo_filter` of its address; `library_room` has what the pages of the library share, and
`library_counts` how its numbers are drawn. `asking` reads what a page sends,
`failures` makes errors pages, `queues` are what open pages show, `photo_words` what their scripts
have of a photo, `why_words` why it is where it is,
`resemblances` what it is most like, and `pictures_shown` its pictures; `news` tells
open pages what changed, and `static_files` are the stylesheet and the script.

The page of the rules has `rules_room` for what is under way and `rules_words` for what it says, the
one of the model `model_room` and `model_words`; `charts` are its curves as drawings.

Nothing here decodes a photo: that does the classifier process, as everywhere.
"""
