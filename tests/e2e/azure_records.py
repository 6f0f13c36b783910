"""Records of Azure's logs: model calls, calls through a gateway, and the activity log."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass
from typing import Any

from hunt_records import DAY, HOUR, MINUTE, MONDAY, utc

PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
TERRAFORM = "0a1b2c3d-1111-4222-8333-9a8b7c6d5e4f"
STRANGERS_APP = "f00dfeed-5555-4666-8777-0123456789ab"

CHAT = "ChatCompletions_Create"
IMAGES = "ImageGenerations_Create"

OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


@dataclass(frozen=True)
class Person:
    """The caller who changes resources: an identity that acts through an application from an
    address."""

    object_id: str
    app: str
    address: str


@dataclass(frozen=True)
class Resource:
    subscription: str
    name: str

    @property
    def id(self) -> str:
        """The resource id in capitals, as the logs write it."""
        path = f"/subscriptions/{self.subscription}/resourceGroups/ai/providers"
        return f"{path}/Microsoft.CognitiveServices/accounts/{self.name}".upper()

    @property
    def key(self) -> str:
        """The principal that stands for anyone who has one of the resource's keys."""
        return f"key of {self.name.lower()}"


class AzureTrail:
    """Events of one story, with ids derived from its name."""

    def __init__(self, name: str):
        self._random = random.Random(name)
        self.lines: list[bytes] = []

    def _id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _add(self, record: dict[str, Any]) -> None:
        self.lines.append(json.dumps(record, separators=(",", ":")).encode())

    def request(
        self,
        resource: Resource,
        at: float,
        operation: str = CHAT,
        *,
        address: str = "192.0.2.***",
        status: int = 200,
        model: str = "gpt-4o",
        caller: str = "",
        as_text: bool = False,
    ) -> None:
        """A model call, as the diagnostic setting of its resource delivers it."""
        properties: dict[str, Any] = {
            "apiName": "Azure OpenAI API version 2024-10-21",
            "objectId": caller,
            "streamType": "Non-Streaming",
            "modelDeploymentName": f"{model}-prod",
            "modelName": model,
        }
        self._add(
            {
                "Tenant": "eastus",
                "callerIpAddress": address,
                "category": "RequestResponse",
                "correlationId": self._id(),
                "durationMs": 911,
                "event": "ShoeboxCallResult",
                "location": "eastus",
                "operationName": operation,
                "properties": json.dumps(properties) if as_text else properties,
                "resourceId": resource.id,
                "resultSignature": str(status),
                "time": utc(at),
            }
        )

    def gateway(
        self,
        resource: Resource,
        at: float,
        *,
        subscription_key: str = "",
        status: int = 200,
        operation: str = "chatCompletions",
        address: str = "198.51.100.9",
    ) -> None:
        """The same call as an API Management gateway logs it."""
        host = f"https://{resource.name}.openai.azure.com"
        self._add(
            {
                "category": "GatewayLogs",
                "callerIpAddress": address,
                "correlationId": self._id(),
                "location": "East US",
                "operationName": "Microsoft.ApiManagement/GatewayLogs",
                "properties": {
                    "method": "POST",
                    "url": "https://gateway.example/openai/deployments/chat/chat/completions?v=1",
                    "backendUrl": f"{host}/openai/deployments/chat/chat/completions?v=1",
                    "responseCode": status,
                    "operationId": operation,
                    "subscriptionId": subscription_key,
                },
                "resourceId": f"/SUBSCRIPTIONS/{resource.subscription.upper()}"
                "/RESOURCEGROUPS/AI/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/GATEWAY",
                "time": utc(at),
            }
        )

    def activity(
        self,
        resource: Resource,
        at: float,
        operation: str,
        who: Person,
        *,
        result: str = "Success",
        signature: str = "Succeeded.OK",
        properties: dict[str, Any] | None = None,
        below: str = "",
    ) -> None:
        """A change of a resource, in the form that an event hub delivers."""
        self._add(
            {
                "time": utc(at),
                "resourceId": resource.id + below,
                "operationName": operation.upper(),
                "category": "Administrative",
                "resultType": result,
                "resultSignature": signature,
                "correlationId": self._id(),
                "callerIpAddress": who.address,
                "identity": {
                    "authorization": {"action": operation},
                    "claims": {"appid": who.app, OBJECT_ID: who.object_id},
                },
                "level": "Information",
                "location": "global",
                "properties": properties or {},
            }
        )

    def list_keys(self, resource: Resource, at: float, who: Person) -> None:
        self.activity(resource, at, "Microsoft.CognitiveServices/accounts/listKeys/action", who)


def stolen_keys(trail: AzureTrail, resource: Resource, start: float, address: str) -> None:
    """Key access is enabled again, an unknown application reads the keys, and a model is made."""
    thief = Person("6d616c6c-6f72-4a79-8000-000000000001", STRANGERS_APP, address)
    accounts = "Microsoft.CognitiveServices/accounts"
    enabled = {"requestbody": json.dumps({"properties": {"disableLocalAuth": False}})}
    trail.activity(resource, start, f"{accounts}/write", thief, properties=enabled)
    trail.list_keys(resource, start + 2 * MINUTE, thief)
    trail.activity(
        resource,
        start + 5 * MINUTE,
        f"{accounts}/deployments/write",
        thief,
        signature="Succeeded.Created",
        below="/DEPLOYMENTS/DALLE",
    )


def attack(resource: Resource, start: float = MONDAY + 2 * DAY + 3 * HOUR) -> AzureTrail:
    """After the keys were stolen, images are made in bulk."""
    trail = AzureTrail("attack")
    stolen_keys(trail, resource, start, "3fff:77::1")
    for number in range(900):
        status = 400 if number % 9 == 0 else 429 if number % 10 == 0 else 200
        trail.request(
            resource,
            start + 12 * MINUTE + 3 * number,
            IMAGES,
            address="203.0.113.***",
            status=status,
            model="dall-e-3",
            as_text=number % 2 == 0,
        )
    return trail


def blinded_attack(resource: Resource, start: float = MONDAY + 2 * DAY + 3 * HOUR) -> AzureTrail:
    """The same attack, but the diagnostic setting is deleted, so that only the first minutes are
    visible."""
    trail = attack(resource, start)
    trail.lines = [line for line in trail.lines if b"ShoeboxCallResult" not in line]
    thief = Person("6d616c6c-6f72-4a79-8000-000000000001", STRANGERS_APP, "3fff:77::1")
    trail.activity(
        resource,
        start - 3 * MINUTE,
        "microsoft.insights/diagnosticSettings/delete",
        thief,
        below="/PROVIDERS/MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/TO-SPLUNK",
    )
    return trail


def everyday(resource: Resource, days: int, start: float = MONDAY) -> AzureTrail:
    """An application's steady load with a key; Terraform and the portal read the keys every day."""
    trail = AzureTrail(f"everyday {days}")
    terraform = Person("7465-7272-61666f-726d".ljust(36, "0"), TERRAFORM, "192.0.2.10")
    admin = Person("61646d69-6e00-4000-8000-000000000002", PORTAL, "192.0.2.20")
    for day in range(days):
        morning = start + day * DAY
        trail.list_keys(resource, morning + 6 * HOUR, terraform)
        trail.list_keys(resource, morning + 9 * HOUR, admin)
        for hour in range(7, 20):
            for number in range(40):
                trail.request(resource, morning + hour * HOUR + 80 * number)
    return trail
