"""Questions after everything: to sum up, what the sources are about, what is new in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

SOURCES = (
    r"(?:the|these|this|those|your|our|my|all|all (?:of )?(?:the|these|those|my|our)|any of the)?\s*(?:news\s+)?"
    r"(?:articles?|documents?|sources?|texts?|files?|papers?|pages?|stor(?:y|ies)|authors?|reports?|posts?|essays?|"
    r"notes)"
)
"""How questions call the sources themselves."""
_KINDS = (
    rf"(?:{SOURCES}|(?:the|this|that|my|our|your)\s+(?:[\w-]+\s+){{0,3}}?(?:contract|agreement|lease|tenancy|policy|"
    rf"manual|handbook|guide|"
    r"guidelines?|minutes|letter|e-?mails?|message|memo|memorandum|book|chapter|section|study|thesis|dissertation|"
    r"transcript|interview|presentation|slides?|deck|spreadsheet|table|filing|brochure|leaflet|newsletter|column|"
    r"review|"
    r"speech|statement|press release|proposal|plan|bill|act|law|regulations?|rules|terms|specification|standard|"
    r"tutorial|recipe|log|changelog|release notes|web ?page|website|blog|folder|collection|corpus|material|content|"
    r"record|judgment|judgement|ruling|verdict|invoice|offer|tender|summary|abstract|introduction|conclusion))"
)
_PLEASE = r"(?:(?:please|kindly|can you|could you|would you|will you|i want you to|now)\s+){0,2}"
_SIZE = (
    r"(?:(?:a|an|the|me|us|short|brief|briefly|quick|quickly|general|concise|in short|in brief|one-page|high-level)"
    r"\s+){0,5}"
)
_SUM_UP = rf"{_PLEASE}{_SIZE}(?:summari[sz]e|sum(?:\s+(?:it|this|them|everything))?\s+up|outline|recap|condense)"
_FORMS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^{_SUM_UP}\b(?P<what>.*)$",
        rf"^{_PLEASE}(?:give|write|provide|make|show|draw up|i need|i want)?\s*{_SIZE}(?:summary|overview|outline|"
        rf"gist|rundown|"
        r"run-down|digest|synopsis|tl;?dr)\b(?P<what>.*)$",
        rf"^what(?:\s+(?:is|are)|[’']s)\s+(?P<what>{_KINDS}(?:\s+(?:on|about|titled|called|entitled)\s+[^?]+?)?|"
        rf"\W?\d{{1,4}}\W?|all (?:of )?"
        r"(?:this|that|these)|this|it)(?:\s+all)?\s+about[\s?.!]*$",
        rf"^what(?:\s+(?:is|are|stands?)|[’']s)\s+in\s+(?P<what>{_KINDS})[\s?.!]*$",
        rf"^what\s+(?:do|does)\s+(?P<what>{_KINDS})\s+(?:say|cover|discuss|deal with|contain|tell us|"
        rf"talk about)[\s?.!]*$",
        r"^(?:what\s+(?:are|is)|give me|list|name)\s+(?:the\s+)?(?:main|key|most important|central|major|"
        r"principal)\s+(?:points?|"
        r"ideas?|messages?|takeaways?|themes?|topics?|findings?|subjects?|contents?|arguments?)\b(?P<what>.*)$",
        r"^what\s+(?:topics?|themes?|subjects?|issues?)\s+(?:are|do|does|is)\b(?P<what>.*?)(?:\b(?:covered?|"
        r"discussed|cover|discuss|"
        r"addressed|treated|dealt with)\b(?P<in>.*))?$",
        rf"^{_PLEASE}tell (?:me|us) about\s+(?P<what>{_KINDS})[\s?.!]*$",
    )
)
_NEW = re.compile(
    r"^(?:and\s+)?(?:what(?:\s+is|[’']s|\s+are)\s+(?:there\s+)?(?:the\s+)?(?:new|latest|news|recent|"
    r"most recent(?: news)?)\b|what(?:\s+has|[’']s)?\s+"
    r"changed\b|what\s+changes\s+(?:are|were)\s+(?:there|made)\b|(?:is there\s+)?any(?:thing)?\s+(?:news?|updates?)\b|"
    r"(?:the\s+)?latest"
    r"(?:\s+news)?\b|whats new\b)(?P<what>.*)$",
    re.I,
)
_LEADING = re.compile(
    r"^[\s,:;.-]*(?:(?:for me|to me|of|on|about|in|from|for|over|regarding|concerning|with|the|a|an|this|these|those|"
    r"that|my|our|your|all|"
    r"every|everything|it|us|what|briefly|shortly|is|are|new|happened|here|there|them)\b[\s,:;.-]*)+",
    re.I,
)
_ABOUT_SOURCES = re.compile(
    rf"^\s*(?:(?:what|which|everything|all)\s+(?:that\s+)?)?{SOURCES}\b\s*(?:(?:say|says|said|tell|tells|write|writes|"
    rf"report|reports|have to say|"
    r"are|is)\b\s*)?(?:(?:about|on|titled|called|entitled|regarding|concerning|over|say)\b)?",
    re.I,
)
_END = re.compile(
    rf"[\s,]*(?:\b(?:in|from|across|within|by|of)\s+{SOURCES})?(?:\s+(?:for me|please|briefly|in (?:short|brief|"
    rf"a few (?:words|sentences|lines)|"
    r"one paragraph|\w+ (?:words|sentences|bullet points|bullets|lines|points))))*(?:\s+about)?[\s?.!]*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Broad:
    """A question after everything, or after everything on a matter."""

    topic: str
    """What is to be summed up: a document's name, a matter, or nothing for all there is."""
    new: bool = False
    """Whether what is latest is asked for."""


def read_broad(text: str) -> Broad | None:
    """Return what a question after everything is to be about; None for any other question."""
    new = _NEW.match(text)
    if new:
        return Broad(_topic(new["what"]), new=True)
    found = next((match for form in _FORMS if (match := form.match(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    return Broad(_topic(f"{parts['what'] or ''} {parts.get('in') or ''}"))


def _topic(phrase: str) -> str:
    """Return a phrase without the words for the sources, and what leads to it and follows it."""
    bare = _END.sub("", phrase)
    previous = None
    while previous != bare:
        previous, bare = bare, _LEADING.sub("", _ABOUT_SOURCES.sub(" ", bare, count=1))
    return bare.strip(" ,.;:?!\"“”'’")
