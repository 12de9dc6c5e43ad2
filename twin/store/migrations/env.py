"""Where Alembic finds the connection: it is given one, inside the transaction of `twin.store.journal.schema`."""

from __future__ import annotations

from alembic import context

from twin.store.journal.schema import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
