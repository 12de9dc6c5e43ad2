"""Maintenance: what is due, who does it when with which parts, what may not be used meanwhile; and what it does to availability."""
