import no_such_library_anywhere


def main(event, context):
    return no_such_library_anywhere.answer(event)
