"""The chat page; Streamlit stays in this folder.

page → chat, sidebar, reader → components (what the browser draws) and views (data for it) → service → engine
"""
