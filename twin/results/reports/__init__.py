"""Documents of a run: what one shift hands over to the next, how a lot was made."""
