def page_of(scene):
    return f"pages/{scene}/index"
