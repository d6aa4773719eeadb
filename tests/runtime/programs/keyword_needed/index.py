def main(event, context, *, user):
    return user
