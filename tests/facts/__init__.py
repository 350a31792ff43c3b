"""Our facts beside ExifTool's, over a folder: `python -m tests.facts FOLDER`.

- `exiftool` asks ExifTool, which must be installed (Debian: libimage-exiftool-perl).
- `compare` holds what it says beside what we say, by the order of sources that `facts` has.
- `reasons` is the table of disagreements whose reason is known, and `witnesses` what that is proved
  by.
"""
