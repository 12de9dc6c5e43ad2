"""The shop floor for programs: what stands where and why, what waits, what calls, what was made of what; and what is done there."""
