"""Chance: Philox words by key and counter, entity numbers from names, variates from uniforms."""
