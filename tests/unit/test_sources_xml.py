"""XML: feeds, exports of wikis, sitemaps, records, and elements of any kind."""

from __future__ import annotations

import pytest

from rag.errors import SourceError
from rag.sources.formats import RawFile, Reading
from rag.sources.formats.markup.xml import read_xml
from tests.layouts import layout_of, require_sound


def reading(data: str | bytes) -> Reading:
    found = read_xml(RawFile("in/data.xml", data.encode() if isinstance(data, str) else data))
    for document in found.documents:
        require_sound(document)
    return found


def layout(data: str) -> list[str]:
    (document,) = reading(data).documents
    return layout_of(document)


def test_records_become_rows_that_carry_the_names_of_their_fields() -> None:
    data = """<book><country code="FR"><name>France</name><capital>Paris</capital></country>
    <country code="TT"><name>Trinidad &amp; Tobago</name><sport>a</sport><sport>b</sport></country></book>"""

    assert layout(data) == [
        "| code | name | capital | sport",
        "| code: FR | name: France | capital: Paris",
        "| code: TT | name: Trinidad & Tobago | sport: a, b",
    ]


def test_elements_of_any_kind() -> None:
    data = """<report xml:lang="de"><title>Bridge</title><city>Essen</city><section><title>Pillars</title>
    <p>Three of <b>five</b> are cracked.</p><note><img/>Loose text</note></section><empty a="1" b=""/>tail</report>"""
    (document,) = reading(data).documents

    assert layout_of(document) == [
        "@ Bridge",
        "city: Essen",
        "## Pillars",
        "Three of five are cracked.",
        "Loose text",
        "a: 1",
        "tail",
    ]
    assert (document.title, document.language) == ("Bridge", "de")


def test_files_that_are_written_as_letters_are_left_out() -> None:
    assert layout(f"<a><p>Seen.</p><binary>{'iVBORw0KGgo' * 40}=</binary><p>{'Only words here ' * 20}</p></a>") == [
        "Seen.",
        ("Only words here " * 20).strip(),
    ]


def test_a_sitemap_is_a_list_of_addresses() -> None:
    data = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> https://e.org/a </loc>
    <lastmod>2023-05-04T16:15:31+00:00</lastmod></url><url><loc>https://e.org/b</loc></url></urlset>"""

    assert layout(data) == ["- https://e.org/a (2023-05-04)", "- https://e.org/b"]


RSS = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Post</title><language>en-us</language>
<item><title>Bridge &amp;amp; river</title><link>https://e.org/1</link>
<pubDate>Mon, 06 Sep 2021 00:01:00 +0000</pubDate>
<dc:creator>Jane Doe</dc:creator><description>Short.</description>
<content:encoded><![CDATA[<p>Long <b>text</b>.</p><p hidden>x</p><ul><li>a</li></ul>]]></content:encoded></item>
<item><title>Bridge &amp;amp; river</title><description>Another one.</description></item><item/></channel></rss>"""


def test_the_entries_of_a_feed_are_documents_of_their_own() -> None:
    found = reading(RSS)
    first, second = found.documents

    assert [document.source for document in found.documents] == [
        "in/data.xml#Bridge & river",
        "in/data.xml#Bridge & river (part 2)",
    ]
    assert layout_of(first) == ["# Bridge & river", "Long text.", "- a"]
    assert (first.title, first.author, first.outlet) == ("Bridge & river", "Jane Doe", "The Post")
    assert (first.date, first.language, first.url) == ("2021-09-06", "en", "https://e.org/1")
    assert layout_of(second) == ["# Bridge & river", "Another one."]
    assert [part.source for part in found.skipped] == ["in/data.xml#part 3"]


def test_an_atom_feed() -> None:
    data = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Le Pont</title><entry><title>Un</title>
    <link rel="self" href="https://e.org/self"/><link href="https://e.org/un"/><updated>2024-05-04T10:00:00Z</updated>
    <published>2024-05-03T10:00:00Z</published><author><name>Jeanne Dupont</name><email>a@b.c</email></author>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Le pont est <i>tombé</i>.</p></div>
    </content></entry></feed>"""
    (document,) = reading(data).documents

    assert layout_of(document) == ["# Un", "Le pont est tombé."]
    assert (document.author, document.outlet, document.date) == ("Jeanne Dupont", "Le Pont", "2024-05-03")
    assert (document.language, document.url) == ("fr", "https://e.org/un")


WIKI = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="en">
<siteinfo><sitename>Bridges</sitename></siteinfo>
<page><title>Old Bridge</title><ns>0</ns><revision><text>older</text></revision><revision><model>wikitext</model>
<text>{{Box
| name = Old [[Bridge|bridge]]
| built = 1911&lt;br&gt;by {{people|Doe}}
}}
'''Old Bridge''' is a [[bridge (thing)|bridge]]{{cite|x}} in [[Essen]].&lt;ref name="a"&gt;Source&lt;/ref&gt;
It is [https://e.org/ closed].

== History ==
[[File:a.jpg|thumb|A [[picture]]]]
* opened
** by ''Doe''
{| class="wikitable"
|+ Costs
! Year !! Cost
|-
| style="color:red" | 1911 || 5
|}
[[Category:Bridges]]</text></revision></page>
<page><title>OB</title><ns>0</ns><revision><text>#REDIRECT [[Old Bridge]]</text></revision></page>
<page><title>Template:Box</title><ns>10</ns><revision><text>{{{name}}}</text></revision></page>
<page><title>Empty</title><ns>0</ns><revision><text>{{x}}</text></revision></page></mediawiki>"""


def test_the_pages_of_a_wiki_are_documents_of_their_own() -> None:
    found = reading(WIKI)
    (document,) = found.documents

    assert document.source == "in/data.xml#Old Bridge"
    assert (document.title, document.outlet, document.language) == ("Old Bridge", "Bridges", "en")
    assert layout_of(document) == [
        "| name: Old bridge",
        "| built: 1911, by",
        "Old Bridge is a bridge in Essen. It is closed.",
        "## History",
        "- opened",
        "  - by Doe",
        "Costs",
        "| Year | Cost",
        "| Year: 1911 | Cost: 5",
    ]
    assert [part.source for part in found.skipped] == ["in/data.xml#Empty"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<a><b/></a>", "XML without any text"),
        ("<rss><channel><title>x</title></channel></rss>", "a feed without any entry"),
        ("<mediawiki/>", "export of a wiki without any page"),
        ("<a>", "not well-formed XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares XML entities"),
    ],
)
def test_xml_without_text_is_named(data: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        reading(data)


def test_a_web_page_that_is_called_xml_is_read_as_one() -> None:
    assert layout('<html xmlns="http://www.w3.org/1999/xhtml"><body><p>The bridge is closed.</p></body></html>') == [
        "The bridge is closed."
    ]
