def main(event, context):
    import helpers

    return {"helper": helpers.NAME}
