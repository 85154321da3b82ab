"""Sheets and classes as they come: files, pipes and folders, in every encoding and dialect."""
