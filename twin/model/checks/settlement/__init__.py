"""Checks of what is declared of settling: terms name what there is, reminders come one after the other."""
