"""The formats that are read: one module a format, each imported when the first file of it comes.

`FORMATS` says which endings are read and by which module's function. A reader takes a `RawFile` and gives a `Reading`;
those of formats that are not text themselves put their text together with a `Composer`.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from rag.sources.formats.base import DEFAULT_LIMITS, FormatReader, RawFile, Reading, ReadingLimits

__all__ = ["DEFAULT_LIMITS", "FORMATS", "FormatReader", "RawFile", "Reading", "ReadingLimits", "format_reader"]

FORMATS: dict[str, str] = {
    ".txt": "plain:read_plain",
    ".text": "plain:read_plain",
    ".md": "plain:read_plain",
    ".markdown": "plain:read_plain",
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html:read_html"),
    **dict.fromkeys((".mhtml", ".mht"), "mhtml:read_mhtml"),
    ".epub": "epub:read_epub",
    ".rtf": "rtf:read_rtf",
    **dict.fromkeys((".rst", ".rest"), "rst:read_rst"),
    **dict.fromkeys((".xml", ".rss", ".atom"), "xml:read_xml"),
    ".pdf": "pdf:read_pdf",
    **dict.fromkeys((".csv", ".tsv", ".tab"), "delimited:read_delimited"),
    **dict.fromkeys((".jsonl", ".ndjson"), "collection:read_lines"),
    ".json": "collection:read_json",
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".ods", ".ots"), "spreadsheet:read_spreadsheet"),
    **dict.fromkeys((".docx", ".docm", ".dotx"), "docx:read_docx"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".potx"), "pptx:read_pptx"),
    **dict.fromkeys((".odt", ".ott", ".odp", ".otp"), "odf:read_odf"),
    **dict.fromkeys((".doc", ".dot"), "doc:read_doc"),
    **dict.fromkeys((".ppt", ".pps"), "ppt:read_ppt"),
    ".eml": "eml:read_eml",
    ".msg": "msg:read_msg",
}
"""Module and function by ending of the file's name, in lower case."""


def format_reader(ending: str) -> FormatReader | None:
    """Return the reader of the files with an ending, None where they are not read."""
    named = FORMATS.get(ending)
    if named is None:
        return None
    module, _, function = named.partition(":")
    return cast("FormatReader", getattr(import_module(f"rag.sources.formats.{module}"), function))
