import json
from datetime import datetime, timedelta

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
async def main(event, context):
    """Yesterday's figures, every morning at half past nine, when WeChat has counted them."""
    # the trigger's clock is Beijing's, its Time is UTC; nobody calls, so there is no OPENID
    now = datetime.strptime(event["Time"], "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=8)
    day = (now - timedelta(days=1)).strftime("%Y%m%d")
    found = await cloud.openapi.analysis.getDailySummary({"beginDate": day, "endDate": day})
    if not found["list"]:
        report = {"date": day, "title": "昨日数据还没有生成"}
    else:
        figures = found["list"][0]
        report = {
            "date": day,
            "title": f"累计用户 {figures['visitTotal']}，转发 {figures['sharePv']} 次（{figures['shareUv']} 人）",
        }
    # nobody gets the result of a timer. A line of JSON is what the log service can search by its keys
    print(json.dumps(report, ensure_ascii=False))
    return report
