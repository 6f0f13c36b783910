"""Records of Amazon Bedrock's model invocation log."""

from __future__ import annotations

import uuid
from typing import Any

from hunt_records import utc
from messaging_records import Trail

CLAUDE = "us.anthropic.claude-sonnet-4-20250514-v1:0"


class InvocationTrail(Trail):
    """Model calls in one account."""

    def __init__(self, name: str, account: str = "111122223333"):
        super().__init__(name)
        self.account = account

    def user(self, name: str) -> str:
        return f"arn:aws:iam::{self.account}:user/{name}"

    def session(self, role: str, name: str = "i-0abc") -> str:
        return f"arn:aws:sts::{self.account}:assumed-role/{role}/{name}"

    def invoke(
        self,
        at: float,
        caller: str,
        *,
        model: str = CLAUDE,
        tokens: tuple[int, int] = (1000, 200),
        cached: tuple[int, int] = (0, 0),
        operation: str = "InvokeModel",
        region: str = "us-east-1",
        error: str | None = None,
    ) -> None:
        """One call, with the tokens read and written, and those read from and written to a
        cache."""
        record: dict[str, Any] = {
            "timestamp": utc(at),
            "accountId": self.account,
            "identity": {"arn": caller},
            "region": region,
            "requestId": str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            "operation": operation,
            "modelId": model,
            "input": {
                "inputContentType": "application/json",
                "inputTokenCount": tokens[0],
                "cacheReadInputTokenCount": cached[0],
                "cacheWriteInputTokenCount": cached[1],
            },
            "output": {"outputContentType": "application/json", "outputTokenCount": tokens[1]},
            "schemaType": "ModelInvocationLog",
            "schemaVersion": "1.0",
        }
        if error is not None:
            record["errorCode"] = error
            del record["output"]
        self._add(record)
