class Narrow:
    def __call__(self, event):
        return event


main = Narrow()
