"""The API does what its description says, whatever is sent: Schemathesis makes requests from `/openapi.json`."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from prodflow.server.openapi import describe_api
from tests.server_process import ServerProcess

SCHEMA = schemathesis.openapi.from_dict(describe_api())


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    tasks = folder / "tasks.jsonl"
    tasks.write_text("".join(json.dumps({"text": f"text {number}"}) + "\n" for number in range(200)))
    with ServerProcess(folder / "home", "mark", "described", tasks, "--view-id", "text") as server:
        yield server
        assert "Traceback" not in server.words, server.words
        assert server.client.get("/health/ready").status_code == 200


@SCHEMA.parametrize()
@settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_every_route_keeps_to_its_description(server, case):
    # a description cannot say all that is asked of a request, such as that end is not before start
    beyond_words = [schemathesis.checks.positive_data_acceptance]
    case.call_and_validate(base_url=f"http://localhost:{server.port}", excluded_checks=beyond_words)
