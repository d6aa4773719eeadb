NAME = "of counter"
