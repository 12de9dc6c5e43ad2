"""What MES and ERP know, as rows of the tables that a database keeps for other programs."""

from twin.results.database.folded import folded_rows

__all__ = ["folded_rows"]
