raise RuntimeError("this is not the json that you are looking for")
