"""`python -m rag.cli`: the same as `rag`, where the script is not on the path."""

from rag.cli import main

main()
