"""Text of web pages that nobody sees: not drawn, off the screen, without size, in the colour of its background.

Colour, size and visibility are inherited, so that what stands inside may be seen again; the rest holds for all of an
element. Styles are read from the `style` attribute, from old attributes (`bgcolor`) and from plain rules in the page's
own style sheets. Where no background is given, it is white.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import etree

from rag.sources.styles import (
    WHITE,
    Colour,
    Rules,
    Style,
    colour,
    ground,
    is_not_drawn,
    is_tiny,
    is_transparent,
    is_unseen,
    look_alike,
    read_rules,
    read_style,
)

_HIDING_CLASSES = frozenset("sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only".split())
_INERT = frozenset({"template", "noscript"})
_PICTURE = "picture"
"""What stands for a ground that is a picture."""
_WHOLE = frozenset({"html", "body"})


@dataclass(frozen=True, slots=True)
class _Look:
    """How words look at a place of the page, as far as it decides whether they are seen."""

    background: Colour | None = WHITE
    """None where it is a picture, or cannot be told."""
    letters: Colour | None = None
    """None for what nothing is said of."""
    clear: bool = False
    """Whether the letters have no colour at all."""
    tiny: bool = False
    unseen: bool = False

    def within(self, style: Style, background: str, letters: str) -> _Look:
        """Return how words look in an element inside, by its style and its old attributes."""
        look = self
        painted = style.get("background-color") or style.get("background") or background
        if (
            painted == _PICTURE
            or "url(" in painted
            or "gradient" in painted
            or "url(" in style.get("background-image", "")
        ):
            look = replace(look, background=None)
        elif painted and not is_transparent(painted):
            look = replace(look, background=ground(painted))
        ink = style.get("color") or letters
        if ink and ink not in {"inherit", "currentcolor"}:
            cut_out = "text" in (style.get("background-clip"), style.get("-webkit-background-clip"))
            look = replace(look, letters=colour(ink), clear=is_transparent(ink) and not cut_out)
        tiny, unseen = is_tiny(style), is_unseen(style)
        return replace(look, tiny=look.tiny if tiny is None else tiny, unseen=look.unseen if unseen is None else unseen)

    def of_page(self) -> _Look:
        """Return how words look in a page as a whole, which is seen: white letters tell of a ground not named here."""
        return replace(self, tiny=False, unseen=False, background=None if self.hides else self.background)

    @property
    def hides(self) -> bool:
        """Whether words here are not seen."""
        lost = self.letters is not None and self.background is not None and look_alike(self.letters, self.background)
        return self.clear or self.tiny or self.unseen or lost


def drop_hidden(tree: etree._Element, remove: Callable[[etree._Element], None]) -> int:
    """Take out of the tree the text that is hidden from sight; return how many stretches of words that were.

    What a page does to itself as a whole (`body`) is left alone. `remove` takes an element out and leaves what follows.
    """
    rules = read_rules("\n".join(sheet.text or "" for sheet in tree.iter("style")))
    looks: dict[etree._Element, _Look] = {}
    gone: set[etree._Element] = set()
    count = 0
    for element in list(tree.iter(etree.Element)):
        parent = element.getparent()
        if parent is not None and parent in gone:
            gone.add(element)
            continue
        style = _style_of(element, rules)
        whole = element.tag in _WHOLE
        if element.tag in _INERT or (not whole and _is_hidden(element, style)):
            count += element.tag not in _INERT and _has_words(element)
            gone.add(element)
            remove(element)
            continue
        around = looks.get(parent, _Look()) if parent is not None else _Look()
        ground_of = _PICTURE if element.get("background") else element.get("bgcolor") or ""
        look = around.within(style, ground_of, element.get("color") or element.get("text") or "")
        looks[element] = look.of_page() if whole else look
        if look.hides and not whole:
            count += _silence(element)
    return count


def _style_of(element: etree._Element, rules: Rules) -> Style:
    """Return what is said of an element, by the sheets, then by itself."""
    own = element.get("style")
    if not rules:
        return read_style(own) if own else {}
    tag, classes, identifier = str(element.tag), (element.get("class") or "").split(), element.get("id")
    names = [tag, *(f".{each}" for each in classes), *(f"{tag}.{each}" for each in classes)]
    names += [f"#{identifier}", f"{tag}#{identifier}"] if identifier else []
    said: dict[str, str] = {}
    for name in names:
        said.update(rules.get(name, {}))
    return {**said, **read_style(own)} if own else said


def _is_hidden(element: etree._Element, style: Style) -> bool:
    if element.get("hidden") is not None and element.get("hidden") != "until-found":
        return True
    if style and is_not_drawn(style):
        return True
    return not _HIDING_CLASSES.isdisjoint((element.get("class") or "").lower().split())


def _has_words(element: etree._Element) -> bool:
    return any(str(text).strip() for text in element.itertext())


def _silence(element: etree._Element) -> int:
    """Take out the words that stand in an element itself; return 1 where there were some."""
    found = bool((element.text or "").strip())
    element.text = None
    for child in element:
        found = found or bool((child.tail or "").strip())
        child.tail = None
    return int(found)
