"""What a plant is, what can happen in it, what may be asked of it. Imports: standard library and pydantic."""
