"""`twin stock`: what lies where, what is kept and picked for whom, what expires and what was counted."""
