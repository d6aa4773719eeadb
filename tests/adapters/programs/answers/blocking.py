from index import answer

import cloudpy.sync as cloud


@cloud.function
def main(event, context):
    return answer(event)


def undecorated(event, context):
    return answer(event)


def all_of_them(event, context):
    return [answer(one) for one in event["events"]]
