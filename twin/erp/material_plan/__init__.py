"""Material requirements planning: what to make and to buy, how much, when, for whom, and what to do about what is on order already."""
