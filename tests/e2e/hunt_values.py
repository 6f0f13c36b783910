"""Ordinary and awkward values of members of records, for random histories."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

REGIONS = [
    *("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1", "sa-east-1"),
    *("ca-central-1", "ap-northeast-1"),
]
MODELS = [
    "anthropic.claude-3-sonnet-20240229-v1:0",
    "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-sonnet-20240229-v1:0",
    "meta.llama3-" + "7" * 300,
]
AGENTS = [
    "aws-cli/2.24.10 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0-1021-aws md/arch#x86_64"
    " lang/python#3.12.9 md/pyimpl#CPython m/b,Z,E cfg/retry-mode#standard md/installer#exe"
    " md/prompt#off md/command#bedrock.invoke",
    "aws-cli/2.25.1 md/awscrt#0.24.0 ua/2.0 os/linux#6.9.1 md/arch#x86_64 lang/python#3.13.0"
    " md/pyimpl#CPython m/Z,b cfg/retry-mode#legacy md/installer#exe md/prompt#on"
    " md/command#ses.send",
    "aws-cli/2.25.1 ua/2.0 os/linux#6.9.1 md/arch#arm64 lang/python#3.13.0",
    "Boto3/1.36.26 md/Botocore#1.36.26 ua/2.0 os/linux#6.1.128 md/arch#x86_64"
    " lang/python#3.11.11 exec-env/AWS_Lambda_python3.11 Botocore/1.36.26",
    "Boto3/1.20 md/exec-env/AWS_ECS_FARGATE m/x 12.5 7",
    "aws-sdk-go-v2/1.30.3\tos/linux  lang/go#1.22 (x86_64; 1.2) [ab/1.0]",
    "python-requests/2.31.0",
    "stratus-red-team_7f3a/2.1 aws-sdk-go-v2",
    "Boto3/1.9 os/linux#5.18-Kali",
    *("1.0 2.0", "-", " ", "a/b/1 c/1/d e#/2", "m/ md/m/ mdx/1 ua/ xua/3"),
    "long " + "x/" * 130 + " pacu",
    "z" * 251 + "éééééé 1",
    "aws-cli/1.40 command/s3.cp md/prompt/off installer/exe md/command/x prompt/on cfg/a os/linux",
]
PLACES_OF_NO_ADDRESS = [
    *(None, "", "AWS Internal", "10.1.2.3, 10.1.2.4", "10.1.2.3 ", "10.1.2", "fe80::1%eth0"),
    *("10.1.2.3:443", "somewhere.example.com", 17, ["10.1.2.3"], "010.001.002.003"),
]

PLACES_INSIDE = [
    *("10.1.2.3", "172.16.9.9", "172.32.0.1", "192.168.1.1", "100.64.3.3", "100.128.1.1"),
    *("fd00::5", "fe00::5", "appstream.amazonaws.com", "config.amazonaws.com.cn"),
]
ROLES = [
    *("deploy", "app/mailer", "AWSReservedSSO", "randomizer", "worker7", "pr-12-Task0A1B2C3D"),
    *("deploy-AB12CD34EF56", "deploy-AB12CD34EF567", "deploy-AB12CD34EF5"),
]

OUTCOMES: dict[str, list[Json]] = {
    "ok": [
        *({}, {}, {}, {}, {"errorCode": None}, {"errorCode": ""}, {"errorCode": {}}),
        *({"errorCode": "200"}, {"errorCode": 200, "errorMessage": "max_tokens: range: 1"}),
    ],
    "denied": [
        {"errorCode": "AccessDenied"},
        {"errorCode": "AccessDeniedException", "errorMessage": "max_tokens: at least 1"},
        {"errorCode": "UnauthorizedOperation"},
        {"errorCode": "AuthorizationError"},
    ],
    "probe": [
        {
            "errorCode": "ValidationException",
            "errorMessage": "max_tokens_to_sample: range: 1..1,000,000",
        },
        {
            "errorCode": "ValidationException",
            "errorMessage": "2 problems\nmaxtokens: must be greater than or equal to 1",
        },
        {"errorCode": "ValidationException", "errorMessage": "max_tokensX:  at least 1"},
        {"errorCode": "ValidationException", "errorMessage": "the max_tokens minimum is 1"},
    ],
    "throttled": [
        {"errorCode": "ThrottlingException"},
        {"errorCode": "TooManyRequestsException"},
        {"errorCode": "ServiceQuotaExceededException"},
        {"errorCode": "LimitExceeded"},
        {"errorCode": "LimitExceededException", "errorMessage": "max_tokens: range: 1..4"},
    ],
    "failed": [
        {"errorCode": "Throttling"},
        {"errorCode": "RequestLimitExceeded"},
        {"errorCode": "success"},
        {"errorCode": "false"},
        {"errorCode": "Client.UnauthorizedOperation"},
        {"errorCode": "AuthorizationErrorException"},
        {"errorCode": "accessDenied"},
        {"errorCode": "ValidationException"},
        {
            "errorCode": "ValidationException",
            "errorMessage": "max_tokens: 8000 > 4096, which is the maximum allowed",
        },
        {"errorCode": "ValidationException", "errorMessage": "max_tokens:\nrange: 1..4"},
        {"errorCode": "ValidationException", "errorMessage": "Max_Tokens: range: 1..4"},
        {"errorCode": "ValidationError", "errorMessage": "max_tokens: range: 1..4"},
        {"errorCode": "ModelNotReadyException", "errorMessage": "max_tokens: at least 1"},
    ],
}

TRUE = [True, "true", [False, True], ["x", "true"]]
NOT_TRUE: list[Any] = [False, "True", 1, None, [], {}, [False], [[True]], {"enabled": True}]
FALSE = [False, "false", [True, False]]
NOT_FALSE: list[Any] = [True, "False", 0, None, [], "", {}]
