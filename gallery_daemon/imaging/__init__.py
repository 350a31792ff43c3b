"""Looking at a file: bytes become facts and a 224x224 picture.

Any process may ask `formats` which of the `kinds` a file is (`tiff` tells RAW files from TIFFs),
and `ending` whether its end is there (with `boxes` and `jpeg_end`): both read a few bytes and need
no decoder; `names` says which names claim a photo, `limits` how much one may ask for. The rest runs
in the classifier process:
`look` opens the file and checks that it is the one that settled; `decode` makes the picture, under
`switches` that keep Pillow quiet, with the colours of `rgb` and the tags of `metadata`; `facts`
says what these mean, with `dates` and `name_dates` when the photo was taken.
"""
