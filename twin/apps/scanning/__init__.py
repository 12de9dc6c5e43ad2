"""The scanner page: one field, and what a scan means where it is made."""
