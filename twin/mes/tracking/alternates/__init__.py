"""Alternates on the floor: what goes into a lot where the material that its bill asks for is short, or as a person says."""
