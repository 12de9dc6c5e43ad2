"""Plant files and scenarios as people write them: read to models, checked, and described for editors. PyYAML lives here alone."""

from twin.store.files.changes import apply_changes
from twin.store.files.paths import check_paths, plant_folder_of
from twin.store.files.reading import read_plant, read_scenario
from twin.store.files.schemas import schemas, write_schemas

__all__ = ["apply_changes", "check_paths", "plant_folder_of", "read_plant", "read_scenario", "schemas", "write_schemas"]
