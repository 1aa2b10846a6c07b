"""The formats that are read: one module a format, in a folder of its family, imported when the first file of it comes.

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
    **dict.fromkeys((".html", ".htm", ".xhtml"), "web.html:read_html"),
    **dict.fromkeys((".mhtml", ".mht"), "web.mhtml:read_mhtml"),
    ".epub": "web.epub:read_epub",
    ".rtf": "markup.rtf:read_rtf",
    **dict.fromkeys((".rst", ".rest"), "markup.rst:read_rst"),
    **dict.fromkeys((".xml", ".rss", ".atom"), "markup.xml:read_xml"),
    ".pdf": "pdf.pdf:read_pdf",
    **dict.fromkeys((".csv", ".tsv", ".tab"), "tables.delimited:read_delimited"),
    **dict.fromkeys((".jsonl", ".ndjson"), "tables.collection:read_lines"),
    ".json": "tables.collection:read_json",
    **dict.fromkeys(
        (".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".ods", ".ots"), "tables.spreadsheet:read_spreadsheet"
    ),
    **dict.fromkeys((".docx", ".docm", ".dotx"), "office.docx:read_docx"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".potx"), "office.pptx:read_pptx"),
    **dict.fromkeys((".odt", ".ott", ".odp", ".otp"), "office.odf:read_odf"),
    **dict.fromkeys((".doc", ".dot"), "office.doc:read_doc"),
    **dict.fromkeys((".ppt", ".pps"), "office.ppt:read_ppt"),
    ".eml": "mail.eml:read_eml",
    ".msg": "mail.msg:read_msg",
}
"""Module and function by ending of the file's name, in lower case."""


def format_reader(ending: str) -> FormatReader | None:
    """Return the reader of the files with an ending, None where they are not read."""
    named = FORMATS.get(ending)
    if named is None:
        return None
    module, _, function = named.partition(":")
    return cast("FormatReader", getattr(import_module(f"rag.sources.formats.{module}"), function))
