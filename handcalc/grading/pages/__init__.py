"""What people get: reports of a sheet and of a class, reasons, feedback, empty sheets."""
