"""For which file an XMP sidecar says that it is."""

from __future__ import annotations

import io

import pytest

from gallery_daemon.imaging.xmp_sidecar import extension_named

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
PHOTOSHOP = 'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'


def packet(inside: str) -> str:
    """An XMP with that in it."""
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {RDF}>{inside}</rdf:RDF></x:xmpmeta>'


ATTRIBUTE = f'<rdf:Description {PHOTOSHOP} photoshop:SidecarForExtension="ARW"/>'
ELEMENT = (
    f"<rdf:Description {PHOTOSHOP}>"
    "<photoshop:SidecarForExtension> jpg\n</photoshop:SidecarForExtension></rdf:Description>"
)


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        (packet(ATTRIBUTE), "ARW"),
        (packet(ELEMENT), "jpg"),
        (packet(f"<rdf:Description/>{ATTRIBUTE}"), "ARW"),
        # By name space, whatever it is called here.
        (packet(ATTRIBUTE.replace("photoshop:", "q:").replace(":photoshop=", ":q=")), "ARW"),
        (f'<?xpacket begin="\ufeff"?>{packet(ATTRIBUTE)}{" " * 4000}<?xpacket end="w"?>', "ARW"),
        # What a dot adds is the same; what is no extension says nothing.
        (packet(ATTRIBUTE.replace("ARW", ".nef")), "nef"),
        (packet(ATTRIBUTE.replace("ARW", "../../etc")), None),
        (packet(ATTRIBUTE.replace("ARW", "x" * 20)), None),
        (packet(ATTRIBUTE.replace("ARW", "")), None),
        (packet(ATTRIBUTE.replace("/photoshop/1.0/", "/other/1.0/")), None),
        # Of another file that is only mentioned.
        (packet(f"<rdf:Description><a>{ATTRIBUTE}</a></rdf:Description>"), None),
        (packet(f"<!-- {ATTRIBUTE} -->"), None),
        (ATTRIBUTE.replace("<rdf:Description", f"<rdf:Description {RDF}"), None),
        (packet("<rdf:Description/>"), None),
        ("", None),
        ("no XML", None),
    ],
)
def test_the_property_is_read_by_name_space_and_only_of_the_file_itself(
    text: str, extension: str | None
) -> None:
    """In both forms of a simple property, in any encoding that an XML may have."""
    assert extension == extension_named(io.BytesIO(text.encode()))
    assert extension == extension_named(io.BytesIO(text.encode("utf-16")))


def test_what_follows_the_property_is_not_needed() -> None:
    """A file that is still being written says it too, and a broken end does not matter."""
    whole = packet(ATTRIBUTE)
    cut = whole[: whole.index("</rdf:RDF>")]

    assert "ARW" == extension_named(io.BytesIO(cut.encode() + b"<<<&\0"))


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        f'<!DOCTYPE a SYSTEM "file:///etc/passwd">{packet(ATTRIBUTE)}',
        '<?xml version="1.0" encoding="nonsense"?><a/>',
        "<a>" * 200_000,
        f"<a b='{'x' * 3_000_000}'/>",
        packet("<a/>" * 200_000 + ATTRIBUTE),
        packet("<b>" * 150_000) + packet(ATTRIBUTE),
        packet(f"<b xmlns='{'u' * 100_000}'>{'<a/>' * 20_000}"),
        "<?xml " * 40_000,
        "\0" * 100_000,
    ],
    ids=[
        "entities",
        "external",
        "encoding",
        "deep",
        "long",
        "endless",
        "deep inside",
        "name space",
        "declarations",
        "zeros",
    ],
)
def test_a_hostile_file_says_nothing_and_costs_little(hostile: str) -> None:
    """No entity is resolved, no tree is built, and little of an endless file is read."""
    file = io.BytesIO(hostile.encode())

    assert extension_named(file) is None
    assert file.tell() <= 1 << 18
