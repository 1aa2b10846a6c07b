"""Lines that state facts about a document: bylines, date lines, `Key: value` headers, front matter, place lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import astuple, dataclass

import yaml

from rag.sources.dates import find_dates, parse_date

_LONGEST_LINE = 200
_MOST_NAME_WORDS = 8
_SEPARATOR = re.compile(r"\s*[|•·●/]\s*|\s+[-–—]+\s+|\s*\n\s*|^[-–—]+\s*|\s*[-–—]+$")
_LABEL = re.compile(
    r"\b(?:first |last |originally )?(?:published|updated|posted|modified|created|reviewed|issued|released|dated|date|"
    r"revised|written|filed|last edit(?:ed)?)\b(?: (?:on|at))?:?|\b(?:on|at)$|^(?:on|in)\b",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"\b(?:updated|modified|revised|reviewed|edited)\b", re.IGNORECASE)
_BY = re.compile(
    r"^(?:(?:written|story|article|text|words|report|reported|analysis|opinion|interview|review|posted|"
    r"published) )?by:?\s+",
    re.I,
)
_WITH = re.compile(r"\s+(?:with|featuring|feat\.)\s+")
_NAME_PARTICLES = frozenset("and with de da di du del van von der den bin bint ibn al el la le of the for in &".split())
_NOT_FIRST_WORDS = frozenset(
    "how why what when where who is are was were will would can could should did does do".split()
)
_NO_NAME_ENDS = (".", "!", "?", "…")
_OUTLET_WORDS = frozenset(
    "times post journal news magazine press review tribune herald guardian telegraph gazette chronicle observer "
    "independent mail standard express mirror sun globe star daily weekly today broadcasting network radio tv "
    "television channel media agency reuters bloomberg politico axios bbc cnn nbc abc cbs npr afp ap wire report blog "
    "institute university foundation council center centre association society department ministry office bureau "
    "committee commission group company corporation inc staff editors desk team newsroom affairs policy".split()
)
_DOMAIN = re.compile(
    r"^(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|gov|edu|news|info|io|tv|eu|uk|de|fr|ca|au|co\.uk)$", re.I
)
_HEADER = re.compile(r"^\**([A-Za-z][A-Za-z -]{1,20}?)\**:\**\s+(\S.*)$")
_KEYS = {
    **dict.fromkeys(("title", "headline", "subject"), "title"),
    **dict.fromkeys(("author", "authors", "byline", "by", "writer", "reporter", "from", "creator"), "author"),
    **dict.fromkeys(
        ("outlet", "publisher", "publication", "source", "site", "website", "site name", "newspaper"), "outlet"
    ),
    **dict.fromkeys(
        (
            "date",
            "published",
            "publish date",
            "publication date",
            "date published",
            "pubdate",
            "posted",
            "created",
            "sent",
        ),
        "date",
    ),
    **dict.fromkeys(("url", "link", "canonical url", "permalink"), "url"),
    **dict.fromkeys(("language", "lang", "locale"), "language"),
    **dict.fromkeys(("category", "categories", "tags", "section", "updated", "to", "cc", "lastmod"), ""),
}
_SYNTAX = re.compile(r":\s+[\[{&*!|>%@`]|\{\{")
_LANGUAGE = re.compile(r"([a-zA-Z]{2})(?:[-_][a-zA-Z]{2,4}.*)?$")
_ADDRESS = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_PLACE_LINE = re.compile(r"^[A-Z][A-Z .,’'/-]+(?:, [A-Z][\w.]+(?: \d{1,2})?)? \(([A-Z][\w. ]{1,30})\) ?[-–—]")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says of itself; `date` is ISO 8601, `language` ISO 639-1."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    date: str | None = None
    language: str | None = None
    url: str | None = None


def merge(found: Iterable[Facts]) -> Facts:
    """Return the first value of every fact."""
    facts = list(found)
    return Facts(*(next(filter(None, values), None) for values in zip(*map(astuple, facts), strict=True)))


def parse_line(line: str, *, has_title: bool) -> Facts | None:
    """Return what a byline or date line says, None where the line is neither.

    Every part of it (divided by bars, bullets or dashes) must be a date, a name after `By`, or, beside one of
    these, the name of a person or outlet; above the title a name needs `By` or a bar, lest the title be taken for one.
    """
    if len(line) > _LONGEST_LINE:
        return None
    bare = line.strip(" *_")
    dates = find_dates(bare)
    remainder = _without(bare, dates)
    parts = [_LABEL.sub("", part).strip(" ,;:()-–—") for part in _SEPARATOR.split(remainder)]
    parts = [part for part in parts if part]
    by = [part for part in parts if _BY.match(part)]
    if any(bare[end:].lstrip().startswith(":") for _, end, _ in dates):
        return None
    if not (dates or by) or not all(_is_name(part) for part in parts):
        return None
    divided = has_title or bool(_SEPARATOR.search(bare.strip(" -–—|"))) or not parts
    if not (by or divided or all(is_outlet(part.removeprefix("The ")) for part in parts)):
        return None
    names = merge(_name_facts(_BY.sub("", part), is_by=part in by) for part in parts)
    return Facts(author=names.author, outlet=names.outlet, date=_publication_date(bare, dates))


def _without(line: str, dates: list[tuple[int, int, str | None]]) -> str:
    """Return a line with every date replaced by a separator."""
    for start, end, _ in reversed(dates):
        line = f"{line[:start]} | {line[end:]}"
    return line


def _publication_date(line: str, dates: list[tuple[int, int, str | None]]) -> str | None:
    """Return the first date of a line that is not one of an update, where there is one."""
    before = 0
    late: list[str] = []
    for start, end, date in dates:
        if date and not _UPDATED.search(line, before, start):
            return date
        late.extend([date] if date else [])
        before = end
    return late[0] if late else None


def _is_name(part: str) -> bool:
    """Say whether a part of a byline, `By` taken off, can be the name of persons or of an outlet."""
    name = _BY.sub("", part)
    words = name.replace(",", " ").split()
    if (
        not 0 < len(words) <= _MOST_NAME_WORDS
        or (name.endswith(_NO_NAME_ENDS) and not name.endswith(("Jr.", "Sr.", "Inc.")))
        or ":" in name
    ):
        return False
    if _DOMAIN.match(name):
        return True
    if words[0][0].islower() and not is_outlet(name):
        return False
    if words[0].lower() in _NOT_FIRST_WORDS:
        return False
    return all(word[0].isupper() or word.lower() in _NAME_PARTICLES or _DOMAIN.match(word) for word in words)


def _name_facts(part: str, *, is_by: bool) -> Facts:
    """Return author and outlet that a part of a byline names."""
    outlet_part, *people = _WITH.split(part, maxsplit=1)
    if people and is_outlet(outlet_part):
        return Facts(author=people[0], outlet=outlet_part)
    name, comma, rest = part.partition(",")
    if comma and is_outlet(rest.strip()) and not is_outlet(name):
        return Facts(author=name.strip(), outlet=rest.strip())
    if is_outlet(part) or (not is_by and len(part.split()) == 1):
        return Facts(outlet=part)
    return Facts(author=part)


def is_outlet(name: str) -> bool:
    """Say whether a name is that of a publication or organisation rather than of a person."""
    words = [word.strip(".,").lower() for word in name.split()]
    if not words or words[0] == "the" or _DOMAIN.match(name):
        return bool(words)
    if len(words) == 1 and name.isupper():
        return True
    return any(word in _OUTLET_WORDS for word in words)


def parse_header_line(line: str) -> Facts | None:
    """Return what a `Key: value` line of a known key says, several such lines at once too; None for other lines."""
    found: list[Facts] = []
    for each in line.splitlines():
        match = _HEADER.match(each.strip())
        key = match.group(1).strip().lower() if match else ""
        if match is None or key not in _KEYS:
            return None
        found.append(_fact(_KEYS[key], match.group(2).strip().strip("*").strip()))
    return merge(found) if found else None


def _fact(name: str, value: object) -> Facts:
    """Return one value of a header under the name of the fact that it is."""
    if name == "date":
        return Facts(date=parse_date(value))
    names = [_text(each) for each in value] if isinstance(value, list) else [_text(value)]
    joined = " and ".join(filter(None, names)) or None
    if name == "title":
        return Facts(title=joined)
    if name == "outlet":
        return Facts(outlet=joined)
    if name == "author" and joined:
        return _name_facts(joined, is_by=True)
    if name == "url" and joined and joined.startswith(("http://", "https://")):
        return Facts(url=joined)
    if name == "language" and joined:
        return Facts(language=language_code(joined))
    return Facts()


def _text(value: object) -> str:
    """Return a scalar, or the name in a mapping, as one line of text."""
    if isinstance(value, dict):
        value = value.get("name")
    return " ".join(_ADDRESS.sub("", str(value)).split()) if isinstance(value, (str, int, float)) else ""


def language_code(tag: str | None) -> str | None:
    """Return the ISO 639-1 code in a language tag (`en-GB`, `de_CH`), None where there is none."""
    match = _LANGUAGE.match((tag or "").strip())
    return match.group(1).lower() if match else None


def parse_front_matter(block: str) -> Facts:
    """Return what the YAML between two lines of `---`, or the TOML between two of `+++`, says.

    Where it is not well-formed, as with the variables of a template, its lines `key: value` count each by itself, those
    whose value is more than words left out.
    """
    lines = block.splitlines()
    body = "\n".join(lines[1:-1])
    try:
        values = tomllib.loads(body) if lines[0] == "+++" else yaml.safe_load(body)
    except (yaml.YAMLError, ValueError, RecursionError):
        plain = (line for line in lines[1:-1] if not _SYNTAX.search(line))
        return merge(found for line in plain if (found := parse_header_line(line)))
    if not isinstance(values, dict):
        return Facts()
    return merge(
        _fact(_KEYS.get(str(key).strip().lower().replace("_", " "), ""), value) for key, value in values.items()
    )


def parse_place_line(paragraph: str) -> str | None:
    """Return the agency in the place line of a paragraph: `WASHINGTON (Reuters) - …`."""
    match = _PLACE_LINE.match(paragraph)
    return match.group(1) if match else None
