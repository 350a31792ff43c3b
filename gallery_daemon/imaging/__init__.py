"""Looking at a file: bytes become facts and a 224x224 picture.

`formats` says by content what a file is, `ending` whether its end is there: both read a few bytes
and need no decoder, so the daemon may use them. The rest runs in the classifier process only:
`look` opens the file and checks that it is the one that settled, `decode` makes the picture,
`facts` and `dates` say what else is known. `limits` is how much a photo may ask for.
"""
