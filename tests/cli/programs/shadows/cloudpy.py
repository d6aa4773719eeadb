raise RuntimeError("this is not the cloudpy that you are looking for")
