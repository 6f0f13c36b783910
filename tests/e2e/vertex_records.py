"""Records of Google Cloud's audit logs: model calls in Vertex AI, and the calls that prepare
them."""

from __future__ import annotations

import json
import random
from typing import Any

from hunt_records import DAY, HOUR, MINUTE, MONDAY, utc

PROJECT = "shop-4711"
BOT = f"bot@{PROJECT}.iam.gserviceaccount.com"
MODEL = "gemini-2.5-pro"

PREDICTION = "google.cloud.aiplatform.v1.PredictionService"
ENDPOINTS = "google.cloud.aiplatform.v1.EndpointService"
SINKS = "google.logging.v2.ConfigServiceV2"


class GoogleTrail:
    """Events of one story, with ids derived from its name."""

    def __init__(self, name: str):
        self._random = random.Random(name)
        self.lines: list[bytes] = []

    def call(
        self,
        at: float,
        method: str,
        *,
        service: str = "aiplatform",
        caller: str = BOT,
        key: str = "",
        address: str = "192.0.2.44",
        resource: str = f"projects/{PROJECT}/locations/us-central1",
        log: str = "data_access",
        status: int = 0,
        operation: dict[str, Any] | None = None,
        account: str = "",
    ) -> None:
        authentication = {"principalEmail": caller}
        if key:
            path = f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{caller}/keys/{key}"
            authentication["serviceAccountKeyName"] = path
        record: dict[str, Any] = {
            "insertId": f"{self._random.getrandbits(48):x}",
            "logName": f"projects/{PROJECT}/logs/cloudaudit.googleapis.com%2F{log}",
            "protoPayload": {
                "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
                "authenticationInfo": authentication,
                "methodName": method,
                "requestMetadata": {
                    "callerIp": address,
                    "callerSuppliedUserAgent": "python-requests/2.32,gzip(gfe)",
                },
                "resourceName": resource,
                "serviceName": f"{service}.googleapis.com",
                "status": {"code": status, "message": "no"} if status else {},
            },
            "resource": {"type": "audited_resource", "labels": {"project_id": PROJECT}},
            "timestamp": utc(at),
        }
        if account:
            labels = {"email_id": account, "project_id": PROJECT, "unique_id": "1234567890"}
            record["resource"] = {"type": "service_account", "labels": labels}
        if operation is not None:
            record["operation"] = operation
        self.lines.append(json.dumps(record, separators=(",", ":")).encode())

    def model(self, at: float, name: str = "GenerateContent", **more: Any) -> None:
        place = f"projects/{PROJECT}/locations/us-central1/publishers/google/models/{MODEL}"
        self.call(at, f"{PREDICTION}.{name}", resource=place, **more)

    def setting(self, at: float, service: str, method: str, **more: Any) -> None:
        """A call in the Admin Activity log."""
        self.call(at, method, service=service, log="activity", **more)


def attack(start: float = MONDAY + 2 * DAY + 3 * HOUR) -> GoogleTrail:
    """A stolen key explores the project, hides its traces, deploys, and calls models in bulk."""
    trail = GoogleTrail("attack")
    thief = {"key": "0a1b2c3d", "address": "203.0.113.77"}
    for number, name in enumerate(("ListModels", "ListEndpoints", "ListPublisherModels")):
        trail.call(start + number, f"google.cloud.aiplatform.v1.ModelService.{name}", **thief)
    trail.setting(start + MINUTE, "logging", f"{SINKS}.DeleteSink", **thief)
    for ends in ({"first": True}, {"last": True}):
        operation = {"id": "4711", **ends}
        method = f"{ENDPOINTS}.DeployModel"
        trail.setting(start + 2 * MINUTE, "aiplatform", method, operation=operation, **thief)
    for number in range(300):
        status = 8 if number % 10 == 0 else 7 if number % 9 == 0 else 0
        trail.model(start + 5 * MINUTE + 3 * number, status=status, **thief)
    return trail


def made_key(maker: str, start: float = MONDAY) -> GoogleTrail:
    """Somebody makes a key of a service account, which then calls models from the same place."""
    trail = GoogleTrail("made key")
    method = "google.iam.admin.v1.CreateServiceAccountKey"
    place = "projects/-/serviceAccounts/1234567890"
    address = "203.0.113.77"
    trail.setting(start, "iam", method, caller=maker, address=address, resource=place, account=BOT)
    for number in range(200):
        trail.model(start + 10 * MINUTE + 3 * number, key="9c8d7e6f", address=address)
    return trail


def everyday(days: int, start: float = MONDAY) -> GoogleTrail:
    """A service account's steady load, and a person who deploys now and then."""
    trail = GoogleTrail("everyday")
    for day in range(days):
        for hour in range(24):
            for number in range(20):
                at = start + day * DAY + hour * HOUR + 170 * number
                trail.model(at, key="5e6f7a8b")
        at = start + day * DAY + 10 * HOUR
        trail.setting(at, "aiplatform", f"{ENDPOINTS}.DeployModel", caller="ann@example.org")
    return trail


def each_kind() -> list[bytes]:
    """One record of each kind of call."""
    trail = GoogleTrail("kinds")
    for name in ("GenerateContent", "StreamGenerateContent", "RawPredict", "CountTokens"):
        trail.model(MONDAY, name)
    trail.setting(MONDAY, "aiplatform", f"{ENDPOINTS}.CreateEndpoint")
    trail.setting(MONDAY, "logging", f"{SINKS}.UpdateSink")
    trail.setting(MONDAY, "iam", "google.iam.admin.v1.CreateServiceAccountKey")
    trail.setting(MONDAY, "apikeys", "google.api.apikeys.v2.ApiKeys.CreateKey")
    return trail.lines
