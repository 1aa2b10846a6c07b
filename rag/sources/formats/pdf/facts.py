"""What a PDF says of itself: title, author, date and language, from its properties and its first page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.sources.formats.pdf.lines import Row
from rag.sources.metadata import shorten

_TITLE_HEIGHT = 1.25
"""Times the height of the text from which on lines of the first page may be the title."""
_NEARLY = 0.65
"""Times the greatest height on the page that the title, the first such lines, may have."""
_ALIKE = 0.92
"""Times the height of a line of the title that the next one has at least."""
_LONGEST_TITLE = 160
_MOST_TITLE_ROWS = 6
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
_FILE = re.compile(
    r"(?i).*\.(?:docx?|dotx?|pdf|indd|pptx?|xlsx?|tex|dvi|ps|rtf|odt|html?|qxd|pub|wpd|txt|p65|fm|eps|ai)"
)
_PROGRAM = re.compile(
    r"(?i)(?:microsoft (?:word|powerpoint|excel|publisher)|powerpoint presentation|print(?:ing)?)\b.*"
)
_EMPTY = re.compile(
    r"(?i)(?:untitled|unbenannt|sans titre|sin t[ií]tulo|no title|title|document|dokument|slide|presentation|"
    r"template|scan|scanned|image|layout|cover|draft|book|new|full page)?[\s\d_.()-]*"
)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_NO_PERSON = re.compile(
    r"(?i)(?:administrator|admin|user|owner|author|unknown|anonymous|default|microsoft.*|adobe.*|.*\b(?:edgar|pdf|"
    r"converter|generator|scanner|office user|kscope|division of)\b.*|.*@.*|.*https?:.*|[\w.-]*\d[\w.-]*|)"
)


def stated_title(properties: Mapping[str, str]) -> str | None:
    """Return the title of the document's properties, None where it is none.

    It is none where it is the name of a file or program, where it holds no two words (`example_table`, an accession
    number), or a word that says nothing (`Untitled`, `Document1`, `Scan 3`).
    """
    stated = " ".join(properties.get("Title", "").split())
    if _FILE.fullmatch(stated) or _PROGRAM.fullmatch(stated) or _EMPTY.fullmatch(stated):
        return None
    return shorten(stated, _LONGEST_TITLE) if len(_WORDS.findall(stated)) > 1 and " " in stated else None


def largest_lines(rows: Sequence[Row], body_height: float) -> str | None:
    """Return the largest lines that stand together on a first page, None where none is larger than the text."""
    lettered = [row for row in rows if _WORDS.search(row.text)]
    height = max((row.height for row in lettered), default=0.0)
    if height < _TITLE_HEIGHT * body_height:
        return None
    least = max(_TITLE_HEIGHT * body_height, _NEARLY * height)
    found: list[Row] = []
    for row in lettered:
        if row.height >= least and len(row.cells) == 1 and (not found or _belongs(found[-1], row)):
            found.append(row)
        elif found:
            break
    title = " ".join(row.text for row in found[:_MOST_TITLE_ROWS])
    return shorten(title, _LONGEST_TITLE) if len(_WORDS.findall(title)) > 1 else None


def _belongs(before: Row, row: Row) -> bool:
    """Say whether a row is the next line of a title."""
    near = row.top - before.bottom < 1.5 * before.height
    return near and row.height >= _ALIKE * before.height and row.bold == before.bold


def stated_author(properties: Mapping[str, str]) -> str | None:
    """Return the author of the document's properties, None where that is an account, a program or a service."""
    author = " ".join(properties.get("Author", "").split())
    account = author.islower() and " " not in author
    return None if account or _NO_PERSON.fullmatch(author) or len(author) > _LONGEST_TITLE else author


def creation_date(properties: Mapping[str, str]) -> str | None:
    """Return the day on which the file was made, as ISO 8601."""
    found = _DATE.match(properties.get("CreationDate", ""))
    if found is None or not ("01" <= found[2] <= "12" and "01" <= found[3] <= "31" and found[1] > "1980"):
        return None
    return f"{found[1]}-{found[2]}-{found[3]}"


def language_code(tag: str) -> str | None:
    """Return the ISO 639-1 code of a language tag (`en-US`), None where it has none."""
    code = tag.strip().lower().replace("_", "-").partition("-")[0]
    return code if re.fullmatch(r"[a-z]{2}", code) else None
