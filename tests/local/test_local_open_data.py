"""getOpenData: whose data is behind which CloudID, and what stands in the place of one that cannot be had."""

from __future__ import annotations

import time
from typing import Any

import pytest

from cloudpy.local import Backend

from .wire_client import Client, Clock


def items(client: Client, ids: list[Any], **params: Any) -> list[dict[str, Any]]:
    found = client.call(params={"cloudidList": ids, **params})["json"]
    assert found["errcode"] == 0
    return list(found["data_list"])


def test_known_id_gives_its_data_keys_untouched(client: Client) -> None:
    steps = {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}
    assert items(client, ["xxx"]) == [{"json": {"cloudID": "xxx", "data": steps}, "cloud_id": "xxx"}]
    assert list(items(client, ["xxx"])[0]) == ["json", "cloud_id"]


def test_failures_stand_in_their_place_in_the_order_asked(backend: Backend, client: Client, clock: Clock) -> None:
    backend.open_data.add("old", 1, openid="o-alice")
    clock.advance(300)
    backend.open_data.add("new", {"a": [None, True]}, openid="o-alice")
    backend.open_data.add("bobs", 2, openid="o-bob")
    assert [item["json"] for item in items(client, ["bobs", "new", "old", "what", "new"])] == [
        {"cloudID": "bobs", "errCode": -601007, "errMsg": "cloudID and calling user does not match"},
        {"cloudID": "new", "data": {"a": [None, True]}},
        {"cloudID": "old", "errCode": -601006, "errMsg": "cloudID expired."},
        {"cloudID": "what", "errCode": -601005, "errMsg": "invalid cloudID"},
        {"cloudID": "new", "data": {"a": [None, True]}},
    ]


def test_lives_five_minutes_to_the_second(backend: Backend, client: Client, clock: Clock) -> None:
    cloud_id = backend.open_data.mint({"a": 1}, openid="o-alice")
    backend.open_data.add("ever", 1, openid="o-alice", life=None)
    clock.advance(299)
    assert "data" in items(client, [cloud_id])[0]["json"]
    clock.advance(1)
    assert items(client, [cloud_id])[0]["json"]["errCode"] == -601006
    clock.advance(1e9)
    assert "data" in items(client, ["ever"])[0]["json"]


def test_someone_elses_is_not_told_apart_by_age(backend: Backend, client: Client, clock: Clock) -> None:
    backend.open_data.add("bobs", 2, openid="o-bob")
    clock.advance(301)
    assert items(client, ["bobs"])[0]["json"]["errCode"] == -601007


def test_data_is_copied_when_added(backend: Backend, client: Client) -> None:
    data = {"a": [1]}
    backend.open_data.add("c", data, openid="o-alice")
    data["a"].append(2)
    assert items(client, ["c"])[0]["json"]["data"] == {"a": [1]}


@pytest.mark.parametrize("data", [{1, 2}, float("nan"), b"x"])
def test_data_without_json_form_is_refused(backend: Backend, data: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        backend.open_data.add("c", data, openid="o-alice")


def test_openid_parameter_names_the_user(backend: Backend, client: Client) -> None:
    backend.open_data.add("bobs", 2, openid="o-bob")
    assert "data" in items(client, ["bobs"], openid="o-bob")[0]["json"]
    assert items(client, ["xxx"], openid="o-bob")[0]["json"]["errCode"] == -601007


@pytest.mark.parametrize("openid", ["o-nobody", "", 5, None.__class__.__name__, ["o-bob"]])
def test_unknown_openid_is_40003(client: Client, openid: object) -> None:
    answer = client.call(params={"cloudidList": ["xxx"], "openid": openid})
    assert answer["json"] == {"errcode": 40003, "errmsg": "invalid openid"}


@pytest.mark.parametrize("ids", ["xxx", None, [1], {"0": "xxx"}, [["xxx"]]])
def test_a_list_of_texts_is_wanted(client: Client, ids: object) -> None:
    assert client.call(params={"cloudidList": ids})["json"]["errcode"] == 40097


def test_parameter_missing_and_list_empty(client: Client) -> None:
    assert client.call(params={})["json"]["errcode"] == 40097
    assert items(client, []) == []


def test_timer_has_no_users_data(backend: Backend) -> None:
    timer = Client(backend, timer=True)
    assert items(timer, ["xxx"])[0]["json"]["errCode"] == -601007
    assert "data" in items(timer, ["xxx"], openid="o-alice")[0]["json"]


def test_documented_errors_can_be_provoked(backend: Backend, client: Client) -> None:
    from cloudpy.local import CannedResponse, error_response

    backend.responses.add("cloudbase.getOpenData", CannedResponse(error_response(-1), times=1))
    backend.responses.add("cloudbase.getOpenData", CannedResponse(error_response(40003), times=1))
    codes = [client.call(params={"cloudidList": ["xxx"]})["json"] for _ in range(3)]
    assert [one["errcode"] for one in codes] == [-1, 40003, 0]
    assert codes[0]["errmsg"] == "system error"


def test_ten_thousand_ids_cost_about_ten_times_a_thousand(backend: Backend, client: Client) -> None:
    ids = [f"id-{number:05}" for number in range(10_000)]
    for cloud_id in ids:
        backend.open_data.add(cloud_id, {"n": cloud_id}, openid="o-alice")

    def cost(count: int) -> float:
        best = float("inf")
        for _ in range(5):
            started = time.process_time()
            found = items(client, ids[:count])
            best = min(best, time.process_time() - started)
            assert [item["cloud_id"] for item in found] == ids[:count]
        return best

    assert cost(10_000) < 30 * cost(1_000)  # quadratic would be a hundred times
