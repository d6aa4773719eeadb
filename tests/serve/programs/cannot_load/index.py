raise RuntimeError("this code cannot be imported")
