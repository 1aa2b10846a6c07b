"""Sources: from the files of a folder to documents with layout, title, author, outlet and date.

`find_sources` lists the files, `SourceReader` reads them. What a plain text or Markdown file goes through, in order:
`decoding` (bytes to text), `blocks` (lines to layout), `furniture`, `metadata`, `headings` (passes over the blocks).
Every other format has a module in `formats`.
"""

from __future__ import annotations

from rag.sources.files import SourceFile, SourceListing, file_of, find_sources, require_folder
from rag.sources.formats import RawFile, Reading, ReadingLimits
from rag.sources.parsing import parse_document
from rag.sources.pictures import has_page_pictures, picture_request
from rag.sources.pool import SourceReader
from rag.sources.provenance import describe_fetched
from rag.sources.reading import read_file, read_raw
from rag.sources.saving import name_for, save

__all__ = [
    "RawFile",
    "Reading",
    "ReadingLimits",
    "SourceFile",
    "SourceListing",
    "SourceReader",
    "describe_fetched",
    "file_of",
    "find_sources",
    "has_page_pictures",
    "name_for",
    "parse_document",
    "picture_request",
    "read_file",
    "read_raw",
    "require_folder",
    "save",
]
