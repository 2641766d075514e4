"""The mirror's versions, one file each under `versions/`, oldest first; run by Alembic."""
