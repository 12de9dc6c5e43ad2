"""Programs that tests speak as."""

from __future__ import annotations

from twin.apps.feed import Feed

ROLES = ("planner", "sales", "purchasing", "warehouse", "finance", "production")
SHOP, LOOKER = "shop-of-the-tests-0001", "looker-of-the-tests-0001"
TEXT = f"""
shop: {{token: {SHOP}, person: clara, roles: [planner, sales, purchasing, warehouse, finance, production]}}
looker: {{token: {LOOKER}, roles: [reader]}}
"""
ALL_BUT = {role: f"all-but-{role}-of-the-tests-0001" for role in ROLES}
"""Tokens that have every role but this one."""
TEXT += "".join(
    f"{role}_less: {{token: {token}, person: clara, roles: [{', '.join(it for it in ROLES if it != role)}]}}\n"
    for role, token in ALL_BUT.items()
)


def may_do_all(feed: Feed) -> Feed:
    """The plant in which Clara, as whom they speak, has every role of the office: no token gives a person what the plant does not."""
    persons = feed.run.plant.layout.persons
    persons["clara"] = persons["clara"].model_copy(update={"roles": [it for it in ROLES if it != "production"]})
    return feed
