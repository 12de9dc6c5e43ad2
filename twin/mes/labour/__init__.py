"""Labour: who works on what, how long, how well. Read `labour.py` first."""
