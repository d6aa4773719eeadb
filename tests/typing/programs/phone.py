"""Exchanges the code of a button for a phone number, blocking."""

import cloudpy.sync as cloud


@cloud.function
def main(event: cloud.Event, context: cloud.Context) -> dict[str, str]:
    answer = cloud.openapi.phonenumber.getPhoneNumber(code=event["code"])  # right
    number = answer["phoneInfo"]["phoneNumber"].strip()  # right
    print(answer["phoneInfo"]["number"])  # wrong: number
    print(answer["phone_info"])  # wrong: phone_info
    cloud.openapi.phonenumber.getPhoneNumber(cod=event["code"])  # wrong: cod
    return {"phone": number}
