"""From a question and passages to a checked answer.

`holdings` reads what the index holds, `choosing` picks the evidence, `writing` has it written and checks it,
`composing` puts the answer together; `answerer` runs them in that order. `views` says on which sources.
"""

from rag.answering.answerer import Answerer, ranked_passages
from rag.answering.holdings import Holdings
from rag.answering.views import ALL, Views, applied, with_filter, with_spelling

__all__ = ["ALL", "Answerer", "Holdings", "Views", "applied", "ranked_passages", "with_filter", "with_spelling"]
