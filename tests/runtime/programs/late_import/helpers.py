NAME = "of late_import"
