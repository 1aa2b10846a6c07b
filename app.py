"""The chat page: `streamlit run app.py`, or `rag chat`."""

from rag.ui.page import main

main()
