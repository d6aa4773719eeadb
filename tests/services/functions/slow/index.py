import time


def main(event, context):
    time.sleep(60)
