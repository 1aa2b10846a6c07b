"""Parts of a web page that are told by how they are made: its chrome, teasers of other pages, the lead of an article.

Rules of structure (links, headings, tags and roles) come first; names of classes count only where designers have long
used the same ones. Nothing is taken out that holds the title or most of the words of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from rag.sources.formats.web.html_tree import remove, words_of

_CHROME = frozenset("nav aside footer form button select menu dialog".split())
_CHROME_ROLES = frozenset("navigation banner contentinfo search complementary menu menubar dialog alertdialog".split())
_SIDE_COLUMN = re.compile(
    r"(?:^|[-_])(?:side-?bars?|right(?:-?(?:wrap(?:per)?|col(?:umn)?|bar|rail|side))?|rechts)(?:$|[-_])"
)
_COLUMN_TAGS = frozenset({"div", "aside", "section", "td", "ul"})
_CARDS = ("article", "li", "div", "section")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CARD_HEADINGS = _HEADINGS[1:]
_CARD_LINKED = 0.7
"""Share of the words of a card that are links."""
_LONGEST_CARD = 400
_LINE_LINKED = 0.7
_LONGEST_LINE = 300
_LONGEST_LABEL = 30
_FEWEST_LINK_WORDS = 4
_MOST = 0.5
"""Nothing that holds more than this share of the page's words is taken out of it."""
_STORY = 500
"""Characters of prose outside of links that make a page more than a list of links to others."""
_SHORTEST_PROSE = 60
_LEAD = re.compile(
    r"(?:^|[-_\s])(?:lead|lede|deck|dek|teaser|intro|introduction|standfirst|preface|summary|sub-?title|"
    r"sub-?head(?:line|ing)?|chapo|chapeau|vorspann|abstract|excerpt|bajada|entradilla|ingress)(?:$|[-_\s])",
    re.I,
)
_INSIDE = ("p", "div", "h1", "h2", "ul", "article")
_SHORTEST_LEAD, _LONGEST_LEAD = 40, 1200


def drop_chrome(tree: etree._Element) -> None:
    """Take navigation, side columns, footers and forms out of a page."""
    _drop(tree, lambda element: element.tag in _CHROME or element.get("role") in _CHROME_ROLES or _is_column(element))


def drop_columns(tree: etree._Element) -> None:
    """Take the side columns out of a page that are named so."""
    _drop(tree, _is_column)


def _drop(tree: etree._Element, unwanted: Callable[[etree._Element], bool]) -> None:
    most = _MOST * len(words_of(tree))
    for element in list(tree.iter(etree.Element)):
        if element.tag not in {"html", "body"} and unwanted(element):
            titled = next(element.iter("h1"), None) is not None
            if not titled and len(words_of(element)) <= most:
                remove(element)


def _is_column(element: etree._Element) -> bool:
    if element.tag not in _COLUMN_TAGS:
        return False
    names = [element.get("id") or "", *(element.get("class") or "").split()[:1]]
    return any(_SIDE_COLUMN.search(name.lower()) for name in names)


def drop_teasers(tree: etree._Element) -> None:
    """Take out what leads to other pages, where the page has a story of its own.

    These are cards (short, most of it links, with a linked heading), with what headed them alone; and lines that are
    a label and a link.
    """
    if _prose_length(tree) < _STORY:
        return
    for card in [element for element in tree.iter(*_CARDS) if _is_card(element)]:
        _remove_with_heading(card)
    for line in [element for element in tree.iter("p") if _is_see_also(element)]:
        remove(line)


def _prose_length(tree: etree._Element) -> int:
    """Return how many characters of the page are paragraphs of prose."""
    texts = (words_of(paragraph) for paragraph in tree.iter("p"))
    return sum(len(text) for text in texts if len(text) >= _SHORTEST_PROSE)


def linked_length(element: etree._Element) -> int:
    """Return how many characters of an element's text are links."""
    return sum(len(words_of(link)) for link in element.iter("a") if link.get("href"))


def _is_card(element: etree._Element) -> bool:
    heading = next(element.iter(*_CARD_HEADINGS), None)
    if heading is None or next(element.iter("h1"), None) is not None:
        return False
    above = next(heading.iterancestors("a"), None)
    if next(heading.iter("a"), above) is None:
        return False
    text = words_of(element)
    nested = element.tag == "article" and next(element.iterancestors("article"), None) is not None
    return len(text) <= _LONGEST_CARD and (nested or linked_length(element) >= _CARD_LINKED * len(text))


def _remove_with_heading(card: etree._Element) -> None:
    """Take out a card, and what it stood in where nothing is left of that but a heading."""
    parent = card.getparent()
    remove(card)
    while parent is not None and parent.tag not in {"body", "html", "main"}:
        headings = [words_of(heading) for heading in parent.iter(*_HEADINGS)]
        if next(parent.iter("h1"), None) is not None or words_of(parent) != " ".join(filter(None, headings)):
            return
        emptied, parent = parent, parent.getparent()
        remove(emptied)


def _is_see_also(paragraph: etree._Element) -> bool:
    """Say whether a paragraph is a link to another page with a label in front: `Read more: …`."""
    links = [link for link in paragraph.iter("a") if link.get("href") and words_of(link)]
    text = words_of(paragraph)
    if len(links) != 1 or len(text) > _LONGEST_LINE:
        return False
    link = words_of(links[0])
    label = text.removesuffix(link).strip()
    return (
        text.endswith(link)
        and len(link.split()) >= _FEWEST_LINK_WORDS
        and len(link) >= _LINE_LINKED * len(text)
        and len(label) <= _LONGEST_LABEL
        and label.endswith((":", "»", "›", "→", ">"))
    )


def add_lead(found: etree._Element, page: etree._Element) -> None:
    """Put the lead of an article under its title, where it stands there on the page but was not found."""
    lead = _lead(page, _shown(found))
    if lead:
        paragraph = etree.Element("p")
        paragraph.text = lead
        found.insert(int(len(found) > 0 and found[0].tag == "h1"), paragraph)


def _lead(page: etree._Element, text: str) -> str | None:
    """Return what stands above the first paragraph of `text` and is named a lead, or opens as the page's description.

    None where there is nothing of the kind.
    """
    described = tuple(
        " ".join((meta.get("content") or "").split())[:_SHORTEST_LEAD]
        for meta in page.iter("meta")
        if (meta.get("name") or meta.get("property") or "").lower() in {"description", "og:description"}
    )
    titled = False
    for element in page.iter("h1", "h2", "p", "div"):
        titled = titled or element.tag == "h1"
        if element.tag == "h1" or next(element.iterdescendants(*_INSIDE), None) is not None:
            continue
        words = _shown(element)
        if not _SHORTEST_LEAD <= len(words) <= _LONGEST_LEAD:
            continue
        if words[:_SHORTEST_LEAD] in text:
            return None
        if (titled and _LEAD.search(_names(element))) or words.startswith(tuple(filter(None, described))):
            return words
    return None


def _names(element: etree._Element) -> str:
    """Return the names of the classes of an element and of the two that it stands in."""
    around = [element, *list(element.iterancestors())[:2]]
    return " ".join(each.get("class") or "" for each in around if each.tag != "body")


def _shown(element: etree._Element) -> str:
    return words_of(element).replace("\xad", "").replace("\u200b", "")
