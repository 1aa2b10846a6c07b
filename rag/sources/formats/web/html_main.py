"""The main text of a web page: what is left without navigation, advertising, teasers of other pages and comments.

Trafilatura (Barbaresi 2021, https://aclanthology.org/2021.acl-demo.15/) finds it; here is what it misses: the lead
above the article is put back, teasers inside of it are taken out, and a page that it makes nothing of is taken whole.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement
from trafilatura.core import bare_extraction

from rag.sources.formats.web.html_parts import add_lead, drop_chrome, drop_columns, drop_teasers
from rag.sources.formats.web.html_tree import body_of, depth, drop_unshown, words_of

_MOST_TAGS = 150_000
"""Elements; beyond it a page is taken whole: choosing would take minutes."""
_DEEPEST = 200
_LITTLE = 200
"""Characters; an extraction shorter than this is doubted,"""
_LITTLE_SHARE, _ALMOST_ALL = 0.2, 0.9
"""and the page without its chrome is taken where that has far more, or hardly more and keeps its structure."""
_FEW_LINKS = 3
_LONGEST_LUMP = 2000


_HTML_TAGS = {
    "list": "ul",
    "item": "li",
    "row": "tr",
    "quote": "blockquote",
    "lb": "br",
    "hi": "span",
    "ref": "a",
    "del": "del",
    "code": "code",
}


def main_text(tree: HtmlElement) -> etree._Element:
    """Return the main text of a page, out of which hidden text was taken, as a tree of HTML. The page is changed."""
    whole = deepcopy(tree)
    drop_unshown(whole)
    page = deepcopy(body_of(whole))
    drop_chrome(page)
    if _is_too_much(tree) or _is_document(tree, words_of(body_of(whole)) == words_of(page)):
        return page if words_of(page) else body_of(whole)
    found = _extracted(tree)
    if found is None or _is_doubtful(len(words_of(found)), len(words_of(page))) or _is_one_lump(found):
        return page if words_of(page) else body_of(whole)
    add_lead(found, whole)
    return found


def _is_document(tree: HtmlElement, is_bare: bool) -> bool:
    """Say whether a page is a document as a program exports it: no scripts, no chrome, no links to other pages.

    Nothing surrounds the text of such a page, and all of it is taken.
    """
    if next(tree.iter("script"), None) is not None or not is_bare:
        return False
    links = [link for link in tree.iter("a") if not (link.get("href") or "#").startswith(("#", "mailto:"))]
    return len(links) <= _FEW_LINKS


def _is_doubtful(found: int, page: int) -> bool:
    return found < _LITTLE and not _LITTLE_SHARE * page <= found <= _ALMOST_ALL * page


def _is_one_lump(found: etree._Element) -> bool:
    """Say whether a long text was found without its structure, as where only the last resort found any."""
    blocks = sum(1 for _ in found.iter("p", "li", "tr", "pre", "blockquote", "h1", "h2", "h3"))
    return blocks <= 1 and len(words_of(found)) > _LONGEST_LUMP


def _is_too_much(tree: HtmlElement) -> bool:
    return sum(1 for _ in tree.iter(etree.Element)) > _MOST_TAGS or depth(tree) > _DEEPEST


def _extracted(tree: HtmlElement) -> etree._Element | None:
    """Return what trafilatura takes for the main text, in HTML; None where it finds nothing."""
    drop_columns(tree)
    drop_teasers(tree)
    result = bare_extraction(tree, include_comments=False)
    if result is None or isinstance(result, dict):
        return None
    for element in result.body.iter(etree.Element):
        _to_html(element)
    return result.body


def _to_html(element: etree._Element) -> None:
    """Give an element of trafilatura's own tree the name that it has in HTML."""
    rend = element.get("rend") or ""
    if element.tag == "head":
        element.tag = rend if rend in {"h1", "h2", "h3", "h4", "h5", "h6"} else "h3"
    elif element.tag == "cell":
        element.tag = "th" if element.get("role") == "head" else "td"
        if element.get("span"):
            element.set("colspan", element.get("span") or "1")
    elif element.tag == "code":
        element.tag = "pre" if "\n" in (element.text or "") else "code"
    elif element.tag == "item" and rend.startswith("d"):
        element.tag = "dt" if rend.startswith("dt") else "dd"
    elif element.tag in _HTML_TAGS:  # a tag that is broken cannot be set, not even to itself
        element.tag = _HTML_TAGS[str(element.tag)]
