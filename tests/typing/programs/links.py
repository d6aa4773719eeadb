"""Makes links that open the mini program from a browser."""

import cloudpy.sync as cloud


@cloud.function
def main(event: cloud.HttpEvent, context: cloud.Context) -> dict[str, object]:
    link = cloud.openapi.urllink.generate(
        path="pages/index/index", query="a=1", expireType=1, expireInterval=30
    )  # right
    scheme = cloud.openapi.urlscheme.generate({"jumpWxa": {"path": "index"}, "expireType": 1})  # right
    print(cloud.openapi.shortlink.generate(pageUrl="index")["link"].upper())  # right
    print(link["url_link"])  # wrong: url_link
    cloud.openapi.urllink.generate({"paht": "index"})  # wrong: paht
    cloud.openapi.urllink.generate(paht="index")  # wrong: paht
    cloud.openapi.shortlink.generate(pageTitle="x")  # wrong: pageUrl (unnamed by mypy)
    print(event["queryString"])  # wrong: queryString
    return {"statusCode": 302, "headers": {"Location": link["urlLink"]}, "body": scheme["openlink"]}  # right
