"""XMP packets as programs write them, and as nobody should."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging.xmp import (
    DEPTH_LIMIT,
    ELEMENTS_LIMIT,
    PACKET_BYTES_LIMIT,
    Xmp,
    read_xmp,
)

WANTED = frozenset({
    "tiff:Make", "tiff:Model", "xmp:CreateDate", "exif:FNumber", "exif:GPSLatitude",
    "exif:DateTimeOriginal",
})  # fmt: skip

SPACES = (
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
    'xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" '
)
DATE = "2014-03-02T01:00:00+02:00"
ATTRIBUTES = " ".join(f"q:a{number}=''" for number in range(1_000))
CREATED = {"xmp:CreateDate": DATE}
# Elements of a packet outside those that a test puts in: x:xmpmeta, rdf:RDF, rdf:Description.
AROUND = 3


def said_by(packet: bytes) -> dict[str, str]:
    """What the packet says, for one that is not refused."""
    said = read_xmp(packet, WANTED)
    assert said.refused is None
    return dict(said.properties)


def packet(attributes: str = "", elements: str = "", *, root: str = "x:xmpmeta") -> str:
    """A packet with those properties of the picture, as attributes and as elements."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<{root} xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {SPACES}{attributes}>{elements}</rdf:Description>'
        f'</rdf:RDF></{root}><?xpacket end="w"?>'
    )


def described(*, prefix: str, space: str) -> str:
    """A packet with a creation date under another prefix."""
    return packet(f'xmlns:{prefix}="{space}" {prefix}:CreateDate="{DATE}"')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (packet(f'xmp:CreateDate="{DATE}"'), CREATED),
        (packet(f"xmp:CreateDate='{DATE}'"), CREATED),
        (packet("", f"<xmp:CreateDate>\n {DATE} </xmp:CreateDate>"), CREATED),
        (packet("", f"<xmp:CreateDate><![CDATA[{DATE}]]></xmp:CreateDate>"), CREATED),
        (packet("", f"<xmp:CreateDate>2014<!-- -->{DATE[4:]}</xmp:CreateDate>"), CREATED),
        (packet(f'xmp:CreateDate="&#50;{DATE[1:]}"'), CREATED),
        (packet(f'xmp:CreateDate="{DATE}"', root="x:xapmeta"), CREATED),
        (packet(f'xmp:CreateDate="{DATE}"').replace("x:xmpmeta", "x:anything"), CREATED),
        # Adobe's own prefix until CS3, ExifTool's and nobody's.
        (described(prefix="xap", space="http://ns.adobe.com/xap/1.0/"), CREATED),
        (described(prefix="XMP", space="http://ns.adobe.com/xap/1.0/"), CREATED),
        (described(prefix="ns1", space="http://ns.adobe.com/xap/1.0/"), CREATED),
        (described(prefix="ns1", space="http://ns.adobe.com/xap/1.0"), CREATED),
        # The default name space, and prefixes that mean something else.
        (
            packet(
                "",
                f'<CreateDate xmlns="http://ns.adobe.com/xap/1.0/">{DATE}</CreateDate>',
            ),
            CREATED,
        ),
        (described(prefix="b", space="http://example.com/"), {}),
        (packet(f'CreateDate="{DATE}"'), {}),
        (packet("", f'<CreateDate xmlns="http://example.com/">{DATE}</CreateDate>'), {}),
        (packet(f'xmlns="http://ns.adobe.com/xap/1.0/" CreateDate="{DATE}"'), {}),
        # A declaration holds within its element, whatever the prefix meant around it.
        (
            packet("", f'<xmp:CreateDate xmlns:xmp="http://example.com/">2000</xmp:CreateDate>'
                   f"<xmp:CreateDate>{DATE}</xmp:CreateDate>"),
            CREATED,
        ),
        (
            packet("", f'<b xmlns:c="http://ns.adobe.com/xap/1.0/"/><c:CreateDate>2000'
                   f'</c:CreateDate><c:CreateDate xmlns:c="http://ns.adobe.com/xap/1.0/">{DATE}'
                   "</c:CreateDate>"),
            CREATED,
        ),
        (packet(f'q:CreateDate="{DATE}" xmlns:q="http://ns.adobe.com/xap/1.0/"'), CREATED),
        (
            packet().replace("http://ns.adobe.com/xap/1.0/", "http://example.com/")
            + f"<!-- xmp:CreateDate='{DATE}' -->",
            {},
        ),
        (packet("", f"<!-- <xmp:CreateDate>{DATE}</xmp:CreateDate> -->"), {}),
        # Lists and qualifiers.
        (
            packet(
                "",
                "<tiff:Make><rdf:Alt><rdf:li xml:lang='x-default'>Nikon</rdf:li>"
                "<rdf:li xml:lang='ja'>尼康</rdf:li></rdf:Alt></tiff:Make>",
            ),
            {"tiff:Make": "Nikon"},
        ),
        (
            packet("", "<exif:FNumber><rdf:Seq><rdf:li>2</rdf:li></rdf:Seq></exif:FNumber>"),
            {"exif:FNumber": "2"},
        ),
        (
            packet("", "<tiff:Make><rdf:Bag><rdf:li> </rdf:li><rdf:li>A</rdf:li></rdf:Bag>"
                   "</tiff:Make>"),
            {"tiff:Make": "A"},
        ),
        (
            packet("", f"<xmp:CreateDate rdf:parseType='Resource'><rdf:value>{DATE}</rdf:value>"
                   "<xmp:Note>by hand</xmp:Note></xmp:CreateDate>"),
            CREATED,
        ),
        (
            packet("", f"<xmp:CreateDate><rdf:Description><rdf:value>{DATE}</rdf:value>"
                   "</rdf:Description></xmp:CreateDate>"),
            CREATED,
        ),
        (packet("", f"<xmp:CreateDate rdf:value='{DATE}' xmp:Note='by hand'/>"), CREATED),
        # What describes something else.
        (
            packet("", f"<xmpMM:Pantry><rdf:Bag><rdf:li><rdf:Description xmp:CreateDate='{DATE}'>"
                   f"<exif:DateTimeOriginal>{DATE}</exif:DateTimeOriginal>"
                   "</rdf:Description></rdf:li></rdf:Bag></xmpMM:Pantry>"),
            {},
        ),
        (
            packet("", f"<xmpMM:Ingredients><rdf:Bag><rdf:li xmp:CreateDate='{DATE}'/></rdf:Bag>"
                   "</xmpMM:Ingredients>"),
            {},
        ),
        (
            packet("", f"<xmpMM:DerivedFrom xmp:CreateDate='{DATE}' tiff:Make='Nikon'/>"), {},
        ),
        (
            packet("", "<xmpMM:History><rdf:Seq><rdf:li rdf:parseType='Resource'>"
                   f"<xmp:CreateDate>{DATE}</xmp:CreateDate></rdf:li></rdf:Seq></xmpMM:History>"),
            {},
        ),
        # The first of two, be it in another description.
        (packet(f'xmp:CreateDate="{DATE}"', "<xmp:CreateDate>2000</xmp:CreateDate>"), CREATED),
        (
            packet(f'xmp:CreateDate="{DATE}"').replace(
                "</rdf:RDF>",
                f"<rdf:Description {SPACES} tiff:Make='A' xmp:CreateDate='2000'/></rdf:RDF>",
            ),
            {**CREATED, "tiff:Make": "A"},
        ),
        (packet('xmp:CreateDate=""', "<tiff:Make> </tiff:Make><tiff:Model/>"), {}),
        # As the parts of a camera's packet come, all at once.
        (
            packet('tiff:Make="Canon" tiff:Model="EOS"',
                   "<exif:GPSLatitude>48,8.25N</exif:GPSLatitude>"),
            {"tiff:Make": "Canon", "tiff:Model": "EOS", "exif:GPSLatitude": "48,8.25N"},
        ),
        ("", {}),
        ("no XML", {}),
        ("<a/>", {}),
        (f"<xmp:CreateDate>{DATE}</xmp:CreateDate>", {}),
    ],
)  # fmt: skip
def test_properties_are_read_by_name_space(text: str, expected: dict[str, str]) -> None:
    """Whatever the prefix and the form; the picture's own alone."""
    assert expected == said_by(text.encode())


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
@pytest.mark.parametrize(
    "start", ["", "\ufeff", "\n <!-- x -->", '<?xml version="1.0" encoding="x"?>']
)
def test_every_encoding_of_xmp_is_read(encoding: str, start: str) -> None:
    """By its mark, else by the zeros of its first letter; a mark may stand in the packet, too."""
    text = packet('tiff:Make="Müller" xmp:CreateDate="2014-03-02"').replace("\ufeff", "")
    if start.startswith("\n") and not encoding.startswith("utf-8"):
        start = ""  # nothing tells the encoding then

    found = said_by((start + text).encode(encoding))

    assert {"tiff:Make": "Müller", "xmp:CreateDate": "2014-03-02"} == found


@pytest.mark.parametrize(
    "raw",
    [
        packet('tiff:Make="M\xfcller"').encode("latin-1", "ignore"),
        b"\0\0junk" + packet('tiff:Make="M\xfcller"').encode(),
        packet('tiff:Make="M\xfcller"').encode() + b" \n\0\0\xff\xd8",
        packet('tiff:Make="M\x01\xfcller"').encode(),
        packet('tiff:Make="M\xfcller"').encode().partition(b"</rdf:RDF>")[0],
        packet('tiff:Make="M\xfcller"', "<a>&nbsp;</a>").encode(),
        packet('tiff:Make="M\xfcller"', "<a></b>").encode(),
        packet('tiff:Make="M\xfcller"', "<nowhere:a/>").encode(),
        packet('tiff:Make="M\xfcller"', "R&D <3").encode(),
        # Before what is wanted: Adobe's reader takes out such controls, too.
        packet('photoshop:City="A&#1;&#x0b;&#31;" tiff:Make="M&#xfc;ller"').encode(),
        packet('photoshop:City="Smith & Sons" tiff:Make="M\xfcller"').encode(),
        packet("", "<xmp:a>&nbsp;&eacute;</xmp:a><tiff:Make>M\xfcller</tiff:Make>").encode(),
        packet("", "<xmp:a>&#1;</xmp:a><tiff:Make>M\xfcller</tiff:Make><a>").encode(),
    ],
)
def test_an_untidy_packet_gives_what_it_has(raw: bytes) -> None:
    """Latin-1, junk around, control characters; what stands before a mistake."""
    if raw.startswith(b"\0"):
        raw = raw.lstrip(b"\0")

    assert {"tiff:Make": "Müller"} == said_by(raw)


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE x [<!ENTITY a "' + "x" * 1000 + '"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://localhost/"> %a;]>',
        "<!DOCTYPE x>",
    ],
)
def test_a_document_type_is_refused(bomb: str) -> None:
    """Nothing is expanded and nothing fetched, and the reason is said."""
    said = read_xmp((bomb + packet('tiff:Make="&a;&b;" tiff:Model="B"')).encode(), WANTED)

    assert Xmp({}, "it declares a document type") == said


def test_the_size_of_a_packet_is_bounded() -> None:
    """What stands behind a megabyte is not read; what stands before is."""
    filler = f"<a>{'x' * PACKET_BYTES_LIMIT}</a>"

    found = said_by(packet('tiff:Make="A"', filler + "<tiff:Model>B</tiff:Model>").encode())

    assert {"tiff:Make": "A"} == found


@pytest.mark.parametrize(
    ("before", "model"), [(ELEMENTS_LIMIT - AROUND - 1, "B"), (ELEMENTS_LIMIT - AROUND, None)]
)
def test_the_number_of_elements_is_bounded(before: int, model: str | None) -> None:
    """Of more the first ones count."""
    text = packet('tiff:Make="A"', "<a/>" * before + "<tiff:Model>B</tiff:Model>")

    found = said_by(text.encode())

    assert ("A", model) == (found["tiff:Make"], found.get("tiff:Model"))


@pytest.mark.parametrize("levels", [DEPTH_LIMIT - AROUND, DEPTH_LIMIT - AROUND + 1, 150_000])
@pytest.mark.parametrize("is_closed", [True, False])
def test_elements_may_stand_in_one_another_only_so_deep(levels: int, *, is_closed: bool) -> None:
    """One level more and the whole packet says nothing, with the reason."""
    deep = "<a>" * levels + "</a>" * levels * is_closed

    said = read_xmp(packet('tiff:Make="A"', deep).encode(), WANTED)

    if levels + AROUND <= DEPTH_LIMIT:
        assert Xmp({"tiff:Make": "A"}) == said
    else:
        assert Xmp({}, "more than 100 of its elements stand in one another") == said


def test_many_declarations_are_not_each_tried_to_the_end() -> None:
    """They took minutes: from each of them the end of one was searched for up to the end of all."""
    assert {"tiff:Make": "A"} == said_by(packet('tiff:Make="A"', "<?xml " * 170_000).encode())


@pytest.mark.parametrize(
    "elements",
    [
        f"<b xmlns='{'u' * 50_000}'>{'<a/>' * 1_000}</b>",
        f"<b xmlns:q='{'u' * 50_000}' {ATTRIBUTES}/>",
    ],
    ids=["elements", "attributes"],
)
def test_a_long_name_space_is_not_written_before_each_name(elements: str) -> None:
    """It made gigabytes out of a hundred kilobytes."""
    whole = packet('tiff:Make="A"', elements).encode()
    tracemalloc.start()
    try:
        found = said_by(whole)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert {"tiff:Make": "A"} == found
    assert most < 20 * len(whole)


@given(st.integers(0, 900), st.binary(max_size=30))
def test_broken_packets_raise_nothing(place: int, other: bytes) -> None:
    """Whatever stands in a packet."""
    whole = packet('tiff:Make="A"', f"<xmp:CreateDate>{DATE}</xmp:CreateDate>").encode()

    read_xmp(whole[:place] + other + whole[place + len(other) :], WANTED)
