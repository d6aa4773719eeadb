def handler(event, context):
    return "from app.py"


def main_handler(event, context):
    return "from app.py, too"
