"""What is done with the secrets: a case is a function in this list, from whichever module."""

from __future__ import annotations

from collections.abc import Callable

from tests.canary import calls, places, services
from tests.canary.secrets import Canary

Case = Callable[[Canary], None]

CASES: list[Case] = [
    calls.calls_on_the_platforms_wire,
    calls.calls_with_the_credentials_of_the_platform,
    calls.calls_that_go_well_while_everything_is_logged,
    calls.calls_that_get_no_answer,
    calls.parameters_that_cannot_be_sent,
    calls.options_that_are_wrong,
    calls.calls_over_https,
    calls.calls_in_cloud_run,
    calls.tasks_that_are_cancelled,
    calls.spans_and_measurements,
    places.an_invocation_with_secrets_in_its_context,
    places.recordings_of_the_test_kit,
    places.an_http_function,
    places.the_local_wechat,
    places.the_commands,
    services.calls_beside_openapi,
    services.files,
    services.credentials_of_another_account,
    services.the_local_cloud,
    services.reports,
    services.cloudid,
]
