"""Plant files and scenarios as people write them: read to models, checked, and described for editors. PyYAML lives here alone."""

from twin.store.files.reading import read_plant, read_scenario

__all__ = ["read_plant", "read_scenario"]
