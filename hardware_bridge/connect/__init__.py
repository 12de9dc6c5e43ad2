"""Reading controllers into a journal: sources of signals, what they mean, what is kept until the journal has it."""
