"""A printed plan becomes targets and tasks, each with the words it came from (docs/architecture.md, reading)."""
