"""Names that the sentence itself has not: what they may stand there for."""

from __future__ import annotations

import re

from rag.text.names import DEMONYMS, name_tokens, same_person
from rag.text.words import words
from rag.verification.grounds import LEANS, Ground
from rag.verification.names import named_in
from rag.verification.speakers import reporter

_PRONOUN = re.compile(r"\b(?:he|she|they|it|him|her|them)\b", re.I)


def misplaced_name(text: str, ground: Ground) -> str | None:
    """Object to a name that the sentence lacks, unless it can stand there for a pronoun or a description.

    That is the speaker's name as the speaker's, and for a pronoun the first name of the statement, where it is whom the
    sentence is known to mean, or stands in the sentence before or in the heading.
    """
    piece = ground.piece
    here = set(words(ground.sentence))
    spoken_of = set(words(f"{ground.before}\n{piece.heading}\n{piece.under}\n{piece.refers_to or ''}"))
    by = reporter(text)
    for number, mention in enumerate(named_in(text)):
        tokens = set(mention.tokens)
        if tokens <= here or tokens <= DEMONYMS or "".join(mention.tokens) in here:
            continue
        says_it = by and same_person(by, tokens) and piece.speaker and same_person(by, name_tokens(piece.speaker))
        first = number == 0 and not _PRONOUN.search(text, 0, mention.start)
        opens = first and LEANS.match(ground.sentence) and tokens <= here | spoken_of
        if not says_it and not opens:
            return f"what it rests on does not speak of {mention.name}"
    return None
