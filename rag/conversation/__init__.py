"""Follow-up questions made to stand alone, by rules: pronouns, ellipsis, corrections, and what was spoken of before.

`understand` reads a question from those before it. Nothing is guessed: where a rule finds several whom 'he' can stand
for, the question stays as it was asked, and what is not clear is said. `rewrite` lets a language model do it, checked.
"""

from rag.conversation.memory import mentioned_people
from rag.conversation.rewriting import rewrite
from rag.conversation.understanding import Understanding, standalone, understand

__all__ = ["Understanding", "mentioned_people", "rewrite", "standalone", "understand"]
