"""The mirror of the CRM: entities, migrations, and the only code that opens a database session."""
