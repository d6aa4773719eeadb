def main(event, context=None, *, loud=False, **rest):
    return {"hello": event["name"]}
