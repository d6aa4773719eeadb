main = {"event": 1}
