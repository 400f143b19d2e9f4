"""Statutory statistical forms: recognised by title or layout, checked by the relations laid down in cn/forms."""
