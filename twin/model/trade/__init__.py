"""How we buy and sell, as items.yaml declares it: who approves, how bills are matched, how suppliers are scored, what customers may owe."""
