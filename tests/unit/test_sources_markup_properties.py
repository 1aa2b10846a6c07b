"""What holds of every page, book and text in markup, however odd: read or refused with a reason, blocks in the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats import RawFile, format_reader
from tests.layouts import require_sound
from tests.unit.test_sources_markup import MHTML, RST, RTF, epub
from tests.unit.test_sources_xml import RSS, WIKI

PIECES = {
    ".html": "<p> </p> <div> </div> <table> <tr> <td> <th colspan=3> <li> <ul> </ul> <h1> <h3> </h3> <pre> <br> <nav> "
    "</nav> <article> <a/href=x> </a> <script> </script> <style> <dl> <dt> <dd> <blockquote> <b/hidden> &nbsp; &shy; "
    "&#0; &#x1F600; &#xD800; <!-- --> <![CDATA[ <? word Sentence, said. 2024-05-03 é \x00 \u2028 \ufeff",
    ".xml": "<a> </a> <b> </b> <b/> <title> </title> <p> </p> <item> </item> <![CDATA[ ]]> &amp; &nbsp; &x; <!-- --> "
    "<?x ?> <!DOCTYPE word Sentence, said. é",
    ".rst": "word * - == -- `` ` :role:`x` .. ..note:: :field: | + [1]_ <x> __ \\ \t \n \n\n \n\x20\x20\x20 é ::",
    ".rtf": r"{ } \par \pard \cell \row \intbl \u8364? \u-10179 \'e9 \'93 \f1 \s1 \v \plain {\* {\info {\title "
    r"{\fonttbl {\stylesheet {\footnote \bin3 \ls1 \ilvl3 \uc0 \ansicpg932 \ansicpg9 \~ \- \_ \* word é",
    ".mhtml": "Content-Type:text/html Content-Type:multipart/related;boundary=b --b --b-- \n \n\n <p>word é =E9 "
    "charset=utf-8",
}


def text_of(ending: str) -> st.SearchStrategy[bytes]:
    """Files made of pieces of a format, with a beginning that makes them one."""
    opening = {".xml": "<r>", ".rtf": r"{\rtf1 "}.get(ending, "")
    closing = {".xml": "</r>"}.get(ending, "")
    words = st.lists(st.sampled_from(PIECES[ending].split(" ")), max_size=40)
    return words.map(lambda found: (opening + " ".join(found) + closing).encode("utf-8", "surrogatepass"))


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """A whole file with a few of its bytes changed, cut off somewhere."""
    changes = st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=8)

    def change(changed: list[tuple[int, int]], end: int) -> bytes:
        altered = bytearray(data)
        for at, byte in changed:
            altered[at] = byte
        return bytes(altered[:end])

    return st.builds(change, changes, st.integers(len(data) // 2, len(data)))


def read_or_refuse(ending: str, data: bytes) -> None:
    reader = format_reader(ending)
    assert reader is not None
    raw = RawFile(f"a{ending}", data)
    try:
        found = reader(raw)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017  (it may be raised or not)
        return
    assert found.documents
    for document in found.documents:
        require_sound(document)
    assert reader(raw) == found


@pytest.mark.parametrize("ending", [".html", ".xml", ".rst", ".rtf", ".mhtml", ".epub"])
@given(data=st.binary(max_size=300))
@settings(max_examples=40)
def test_any_bytes_are_read_or_refused(ending: str, data: bytes) -> None:
    read_or_refuse(ending, data)


@pytest.mark.parametrize("ending", sorted(PIECES))
@given(data=st.data())
@settings(max_examples=60)
def test_any_markup_is_read_or_refused(ending: str, data: st.DataObject) -> None:
    read_or_refuse(ending, data.draw(text_of(ending)))


@pytest.mark.parametrize(
    ("ending", "whole"),
    [(".rtf", RTF), (".rst", RST.encode()), (".xml", RSS.encode()), (".xml", WIKI.encode()), (".mhtml", MHTML.encode()),
     (".epub", epub())],
    ids=["rtf", "rst", "feed", "wiki", "mhtml", "epub"],
)  # fmt: skip
@given(data=st.data())
@settings(max_examples=40)
def test_damaged_files_are_read_or_refused(ending: str, whole: bytes, data: st.DataObject) -> None:
    read_or_refuse(ending, data.draw(damaged(whole)))
