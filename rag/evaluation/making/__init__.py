"""Making a starter set of questions from somebody's own documents, by rules: the same from the same documents.

    documents → sentences, quotations, headings → questions with the place of the answer → a balanced choice

Questions that the sources do not answer are those of other documents. What comes out is a beginning: to be read, mended
and added to by a person who knows the documents.
"""

from rag.evaluation.making.material import Made, Material, material_of
from rag.evaluation.making.starter import make_set, questions_of

__all__ = ["Made", "Material", "make_set", "material_of", "questions_of"]
