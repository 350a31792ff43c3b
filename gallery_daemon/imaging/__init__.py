"""Looking at a file: bytes become facts and a 224x224 picture.

Any process may ask `formats` which of the `kinds` a file is (`tiff` tells RAW files from TIFFs),
and `ending` whether its end is there (with `boxes` and `jpeg_end`): both read a few bytes and need
no decoder; `names` says which names claim a photo. The rest runs in the classifier process:
`look` opens the file, checks that it is the one that settled, and reads no more than is `needed`
(for a HEIC by the places of its `items`); `decode` makes the picture, where `preview` allows by
the one that the camera put beside it, under `switches` that keep Pillow quiet, with the colours of
`rgb` and the tags of `metadata`, or else says in one sentence why not (`refusal`); `dhash` is the
picture in a few bits; `facts` says what the tags mean, with `dates` and `name_dates` when the photo
was taken, and `bursts` knows the names of bursts.
"""
