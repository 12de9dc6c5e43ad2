"""How the tables came to be what they are, step by step (Alembic). A step that was released is never edited.

What is derived from the journal holds nothing of its own: a step that changes it is a number alone, and `env.py` makes it anew.
"""
