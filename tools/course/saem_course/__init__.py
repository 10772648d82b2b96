"""Turns one Markdown lesson into two executed notebooks and checks what came out."""
