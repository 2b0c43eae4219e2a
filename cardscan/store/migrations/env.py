"""Applies the history to the connection that ``Database.migrate`` hands over."""

from alembic import context

from cardscan.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite can change few things of a table in place
)
with context.begin_transaction():
    context.run_migrations()
