"""Where Alembic finds the connection: it is given one, inside the transaction of `twin.store.journal.schema`."""

from __future__ import annotations

from alembic import context

from twin.store.journal.schema import VERSION_TABLE
from twin.store.projections.tables import recreate

CONNECTION = context.config.attributes["connection"]

context.configure(connection=CONNECTION, version_table=VERSION_TABLE)
context.run_migrations()
recreate(CONNECTION)
