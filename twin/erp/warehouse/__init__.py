"""The warehouse: which lot lies in which bin, how it is put away, kept, picked, replenished and counted."""
