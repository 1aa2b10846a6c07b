"""From a question and passages to a checked answer.

`holdings` reads what the index holds, `choosing` picks the evidence, `writing` has it written and checks it,
`composing` puts the answer together; `answerer` runs them in that order.
"""

from rag.answering.answerer import Answerer, ranked_passages
from rag.answering.holdings import Holdings

__all__ = ["Answerer", "Holdings", "ranked_passages"]
