"""Views: estimates and runs as text, tables, figures and files. No Gradio, no model at work."""
