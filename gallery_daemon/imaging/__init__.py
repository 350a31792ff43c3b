"""Looking at a file: bytes become facts and a 224x224 picture.

Without a decoder, so that any process may ask:

- `formats` says what a file is, `ending` (with `films`) whether its end is there; `tiff`, `boxes`
  and `heif` read the structures that these need.
- `xmp` reads an XMP packet, whose letters `xmp_text` puts in order; `xmp_sidecar` asks it for which
  file a sidecar is.
- `live` reads what joins the still of a live photo and its film.
- `names` says what a file's name claims: a photo, a burst; `name_dates` reads the date in it.

In the classifier process only:

- `look` opens the file, checks that it is the one that settled, and gives its facts and picture.
- `decode` makes the picture, from the embedded `preview` where that is enough, with `pillow` kept
  within bounds. `intact` says whether a preview is whole, `editors` and `top_rows` whether it is of
  the picture as it is. `png`
  leaves out what nobody needs, `unended` tells a JPEG that lacks only its end marker, and
  `unsupported` what is not broken but unknown here.
- `shown` makes what a page shows: a small picture, upright, without metadata.
- `thumbnails` makes of a picture what a camera's thumbnail of it would be, to learn from.
- `metadata` takes EXIF, XMP and IPTC (`iptc`) out of whatever holds them, with their
  `texts` decoded.
- `facts` are what these say: `cameras` names the camera, `positions` the place; `date_texts` is
  what they say of the date, and `dates` decides when the photo was taken.
"""
