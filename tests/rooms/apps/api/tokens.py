"""Programs that tests speak as."""

from __future__ import annotations

SHOP, LOOKER = "shop-of-the-tests-0001", "looker-of-the-tests-0001"
TEXT = f"""
shop: {{token: {SHOP}, person: clara, roles: [planner, sales, purchasing, warehouse, finance, production]}}
looker: {{token: {LOOKER}, roles: [reader]}}
"""
