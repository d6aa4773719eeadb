def main(event, context):
    raise ValueError("no such thing")
