"""Data collection: the times that equipment and persons really gave, from state intervals as they close, or as they are known late."""
