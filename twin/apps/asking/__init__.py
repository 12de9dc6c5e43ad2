"""Questions that take a while, whoever asks them: a page or a program."""
