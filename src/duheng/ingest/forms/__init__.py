"""Statutory statistical forms (205-1): recognised by their layout, checked by the relations laid down in cn/forms."""
