"""Marking: one answer sheet, then a whole class."""
