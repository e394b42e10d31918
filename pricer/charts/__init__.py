"""Charts: estimates and reports as Plotly figures (plain dictionaries of plain lists), table rows and sentences.

Knows nothing of Gradio, browsers or models.
"""
