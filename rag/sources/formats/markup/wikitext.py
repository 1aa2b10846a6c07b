"""The markup of MediaWiki (https://www.mediawiki.org/wiki/Help:Formatting) as blocks: what a reader of the page sees.

Templates are not expanded. Of a box of facts (a template with named values) the facts are kept, each as a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from rag.sources.formats.composing import Composer
from rag.types import BlockKind

_UNSHOWN = re.compile(
    r"<!--.*?(?:-->|\Z)|<ref\b[^<>]*/>|<(ref|gallery|math|timeline|score)\b[^<>]*>.{0,5000}?</\1\s*>|__[A-Z]{3,20}__",
    re.S | re.I,
)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_TAG = re.compile(r"</?[a-z][^<>]{0,500}>", re.I)
_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_DEEPEST_LINK = 4
_NOT_SHOWN_LINKS = (
    "file:",
    "image:",
    "category:",
    "datei:",
    "bild:",
    "kategorie:",
    "fichier:",
    "catégorie:",
    "archivo:",
)
_OUTER_LINK = re.compile(r"\[(?:https?:)?//[^\s\[\]]+\s*([^\[\]]*)\]")
_EMPHASIS = re.compile(r"'{2,5}")
_ITEM = re.compile(r"([*#:;]+)\s*(.*)")
_RULE = re.compile(r"-{4,}")
_FACT_NAME = re.compile(r"[\w .()/-]{1,40}")
_CELL_STYLE = re.compile(r"""\s*(?:[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s|"'=]+)(?:\s+|(?=\|)))+\|(?!\|)""")
_FEWEST_FACTS = 2


def is_redirect(text: str) -> bool:
    """Say whether a page only leads to another one."""
    return text.lstrip()[:12].lower().startswith(("#redirect", "#weiterleitu", "#redirección"[:12]))


def compose_wikitext(text: str, composer: Composer) -> None:
    """Add what is shown of a page to `composer`."""
    prose: list[str] = []
    lines = iter(_plain(text).split("\n"))
    for line in lines:
        bare = line.strip()
        level, item = _heading_level(bare), _ITEM.match(bare)
        if bare and not (level or item or bare.startswith(("{|", _FACT_MARK)) or _RULE.match(bare)):
            prose.append(bare)
            continue
        composer.paragraph(" ".join(prose))
        prose.clear()
        if level:
            composer.heading(bare.strip("="), level)
        elif item:
            composer.item(item.group(2), len(item.group(1)) - 1)
        elif bare.startswith("{|"):
            _add_table(lines, composer)
        elif bare.startswith(_FACT_MARK):
            composer.add(BlockKind.TABLE_ROW, bare.removeprefix(_FACT_MARK), level=1, separator="\n")
    composer.paragraph(" ".join(prose))


_FACT_MARK = "\x02"


def _plain(text: str) -> str:
    """Return the text without templates, references, links' targets and emphasis."""
    text = _BREAK.sub(", ", _UNSHOWN.sub("", text.replace(_FACT_MARK, "")))
    text = _without_templates(text)
    for _ in range(_DEEPEST_LINK):
        text, count = _LINK.subn(_shown_link, text)
        if not count:
            break
    text = _OUTER_LINK.sub(r"\1", text)
    return unescape(_EMPHASIS.sub("", _TAG.sub("", text)))


def _shown_link(match: re.Match[str]) -> str:
    target, _, shown = match.group(1).partition("|")
    if target.lstrip().lower().startswith(_NOT_SHOWN_LINKS):
        return ""
    return shown.rpartition("|")[2] or target.strip(": ")


def _without_templates(text: str) -> str:
    """Return the text without what stands in double braces; the facts of a box stand on lines of their own."""
    shown: list[str] = []
    inside: list[str] = []
    depth = 0
    for piece in re.split(r"(\{\{|\}\})", text):
        if piece == "{{":
            depth += 1
        elif piece == "}}":
            depth = max(depth - 1, 0)
            if not depth:
                shown.extend(_facts("".join(inside)))
                inside.clear()
        elif not depth:
            shown.append(piece)
        elif depth == 1:
            inside.append(piece)
    return "".join(shown)


def _facts(template: str) -> Iterator[str]:
    """Yield the named values of a template, each as a line, where it has several."""
    linked = _LINK.sub(lambda match: match.group().replace("|", "\x03"), template)
    facts = [
        (name.strip(), value.strip()) for name, _, value in (part.partition("=") for part in linked.split("|")[1:])
    ]
    facts = [(name, value) for name, value in facts if value and _FACT_NAME.fullmatch(name)]
    if len(facts) < _FEWEST_FACTS or "\n" not in template:
        return
    for name, value in facts:
        yield f"\n{_FACT_MARK}{name.replace('_', ' ')}: {' '.join(value.split()).replace(chr(3), '|')}\n"


def _heading_level(line: str) -> int:
    """Return the level of a line that is a heading between signs of equality, 0 for others."""
    opened, closed = len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("="))
    return min(opened, closed, 6) if len(line) > opened + closed else 0


def _add_table(lines: Iterator[str], composer: Composer) -> None:
    """Add a table, its opening line having been read."""
    rows: list[list[str]] = [[]]
    named = False
    for line in lines:
        bare = line.strip()
        if bare.startswith("|}"):
            break
        if bare.startswith("|-"):
            rows.append([])
        elif bare.startswith("|+"):
            composer.paragraph(_cell(bare[2:]))
        elif bare.startswith(("|", "!")):
            named = named or (bare[0] == "!" and len(rows) <= 2)
            rows[-1] += [_cell(cell) for cell in re.split(r"\|\||!!" if bare[0] == "!" else r"\|\|", bare[1:])]
        elif rows[-1]:
            rows[-1][-1] += f" {bare}"
    composer.table([row for row in rows if row], header=named)


def _cell(text: str) -> str:
    style = _CELL_STYLE.match(text)
    return text[style.end() if style else 0 :].strip()
