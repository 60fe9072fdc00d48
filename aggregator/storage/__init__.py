"""Edge to SQLite: database, migrations and one module per kind of thing kept."""
