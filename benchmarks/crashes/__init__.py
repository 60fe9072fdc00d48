"""What crashes, a full disk and power cuts do to a database: nothing that is not documented."""
