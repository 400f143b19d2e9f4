"""What comes in: spreadsheets, templates, plain tables, a city's public figures, the drill."""
