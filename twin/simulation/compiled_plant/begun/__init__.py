"""Rows of a plant that begins in the midst of things: what somebody who has watched it can tell is put down row by row."""
