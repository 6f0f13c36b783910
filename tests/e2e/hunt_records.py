"""CloudTrail records for hunt mode: the caller, its source and client, and every catalogued call.

A World names things: its accounts, principals, keys, addresses, agents, models and identities. The
same story in two worlds differs only in names, and no verdict may depend on these.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Record = dict[str, Any]

MONDAY = 1_772_409_600  # 2026-03-02T00:00:00Z
MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

REGIONS = [
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"),
    *("ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    *("ap-southeast-1", "ap-southeast-2"),
]

CLI = (
    "aws-cli/2.24.10 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0-1021-aws md/arch#x86_64"
    " lang/python#3.12.9 md/pyimpl#CPython m/b,Z,E cfg/retry-mode#standard md/installer#exe"
    " md/prompt#off md/command#%s"
)
BOTO = (
    "Boto3/1.36.26 md/Botocore#1.36.26 ua/2.0 os/linux#6.1.128 md/arch#x86_64 lang/python#3.11.11"
    " md/pyimpl#CPython m/Z,b,D cfg/retry-mode#legacy Botocore/1.36.26"
)
CONSOLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/133.0.0.0 Safari/537.36"
)
TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.10.5 (+https://www.terraform.io)"
    " terraform-provider-aws/5.88.0 (+https://registry.terraform.io/providers/hashicorp/aws)"
    " aws-sdk-go-v2/1.36.1 ua/2.1 os/linux lang/go#1.23.5 md/GOOS#linux md/GOARCH#amd64"
)
LAMBDA = (
    "Boto3/1.36.3 md/Botocore#1.36.3 ua/2.0 os/linux#5.10.234 md/arch#x86_64 lang/python#3.13.1"
    " md/pyimpl#CPython exec-env/AWS_Lambda_python3.13 m/Z,D,b cfg/retry-mode#legacy"
    " Botocore/1.36.3"
)
JAVASCRIPT = (
    "aws-sdk-js/3.750.0 ua/2.1 os/linux#6.1.128 lang/js md/nodejs#22.13.1"
    " api/bedrock-runtime#3.750.0 m/E,b"
)
CLAUDE_CODE = (
    "aws-sdk-js/3.797.0 ua/2.1 os/macOS#24.3.0 lang/js md/nodejs#22.14.0"
    " api/bedrock-runtime#3.797.0 app/claude-code#1.0.18 m/E,n,e"
)


class Outcome(NamedTuple):
    """The response to a call that did not succeed; the text may name the caller and the call."""

    code: str
    text: str


DENIED = Outcome(
    "AccessDenied", "User: {arn} is not authorized to perform: {action} because no policy allows it"
)
DENIED_EXCEPTION = DENIED._replace(code="AccessDeniedException")
PROBE = Outcome("ValidationException", "max_tokens_to_sample: range: 1..1,000,000")
TOO_MANY_TOKENS = Outcome(
    "ValidationException", "max_tokens: 8000 > 4096, which is the maximum allowed"
)
REJECTED = Outcome("MessageRejected", "Email address is not verified.")
THROTTLED = Outcome("ThrottlingException", "Too many requests, please wait before trying again.")

# The IPv4 networks reserved for documentation and benchmarks come first; the others are computed.
_OLD_NETWORKS = ["198.18.0.", "198.19.0.", "192.0.2.", "198.51.100.", "203.0.113."]

_NETWORKS = 64  # in one world, so that no two names share a network

_OTHER_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "hijklmnopqrstuvwxyzabcdefgHIJKLMNOPQRSTUVWXYZABCDEFG",
)
_SUSPICIOUS = re.compile("temp|tmp|test|anon|random")
# The parts of an agent's word that must not change, so that the program treats the word the same:
# whether it is dropped from the client, whether it is a sign of the cloud, and where it is cut.
_KEPT_OF_AGENT = re.compile(
    r"(?:md/)?(?:m|ua|cfg|command|exec-env|prompt|installer)/.*|md/arch#|md/|[/#].*"
)


@dataclass(frozen=True)
class World:
    """The names in use. `foreign` names have nothing in common with the usual ones."""

    foreign: bool = False
    number: int = 0  # worlds with different numbers share accounts and agents, but no principal

    @property
    def account(self) -> str:
        return "604938172655" if self.foreign else "111122223333"

    def word(self, word: str) -> str:
        """A user, role, session, host, mail or other name."""
        made = word.translate(_OTHER_LETTERS) if self.foreign else word
        assert not _SUSPICIOUS.search(made), made
        return made

    def own(self, word: str) -> str:
        """A name that no other world has."""
        return self.word(word) + (f"-{self.number}" if self.number else "")

    def model(self, name: str) -> str:
        return self.word(name)

    def mail(self, name: str) -> str:
        """A mail address or a domain."""
        local, at, domain = name.rpartition("@")
        return (self.own(local) if local else "") + at + (domain if local else self.own(domain))

    def address(self, network: int, host: int = 1) -> str:
        assert 0 <= network < _NETWORKS, network
        if self.foreign or self.number:
            high = 0xDB8 + (0x4000 if self.foreign else 0x100) + network + self.number * _NETWORKS
            return f"2001:{high:x}::{host:x}"
        if network < len(_OLD_NETWORKS):
            assert 0 < host < 255, host
            return f"{_OLD_NETWORKS[network]}{host}"
        return f"2001:{0xDB8 + network:x}::{host:x}"

    def addresses(self, network: int, hosts: int) -> list[str]:
        return [self.address(network, host) for host in range(1, hosts + 1)]

    def networks(self, first: int, count: int) -> list[str]:
        """One address in each of this many networks."""
        return [self.address(network) for network in range(first, first + count)]

    def agent(self, agent: str) -> str:
        return " ".join(map(self._agent_word, agent.split(" "))) if self.foreign else agent

    def _agent_word(self, word: str) -> str:
        if _KEPT_OF_AGENT.fullmatch(word):
            return word
        head = "md/" if word.startswith("md/") else ""
        name, mark, rest = re.fullmatch(r"([^/#]*)([/#]?)(.*)", word[len(head) :]).groups()
        return head + name.translate(_OTHER_LETTERS) + mark + rest

    def key(self, kind: str, owner: str) -> str:
        """The id of an access key or a principal: the kind, followed by 16 letters and digits."""
        rng = random.Random(f"{self.foreign} {self.number} {kind} {owner}")
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        return kind + "".join(letters[int(rng.random() * 32)] for _ in range(16))

    # Callers

    def user(
        self,
        name: str,
        addresses: Sequence[str],
        agent: str | None,
        *,
        key: str = "AKIA",
    ) -> Caller:
        """An IAM user with a long-term key or, with ASIA, in the console or with a session
        token."""
        own = self.own(name)
        arn = f"arn:aws:iam::{self.account}:user/{own}"
        identity: Record = {
            "type": "IAMUser",
            "principalId": self.key("AIDA", name),
            "arn": arn,
            "accountId": self.account,
            "accessKeyId": self.key(key, name),
            "userName": own,
        }
        if key == "ASIA":
            identity["sessionContext"] = {"attributes": _session_attributes("true")}
        return Caller(self, identity, arn, addresses, agent and self.agent(agent))

    def role(
        self,
        name: str,
        session: str,
        addresses: Sequence[str],
        agent: str | None,
        *,
        prefix: str = "",
        source_identity: str = "",
    ) -> Caller:
        """A session of a role; `prefix` is a part of the role's name that has a meaning."""
        role = prefix + self.own(name)
        path = "aws-reserved/sso.amazonaws.com/" if prefix == "AWSReservedSSO_" else ""
        issuer_arn = f"arn:aws:iam::{self.account}:role/{path}{role}"
        role_id = self.key("AROA", role)
        made = self.mail(session) if "@" in session else self.own(session)
        identity: Record = {
            "type": "AssumedRole",
            "principalId": f"{role_id}:{made}",
            "arn": f"arn:aws:sts::{self.account}:assumed-role/{role}/{made}",
            "accountId": self.account,
            "accessKeyId": self.key("ASIA", f"{role}/{made}"),
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": role_id,
                    "arn": issuer_arn,
                    "accountId": self.account,
                    "userName": role,
                },
                "webIdFederationData": {},
                "attributes": _session_attributes("false"),
            },
        }
        principal = issuer_arn
        if source_identity:
            person = self.own(source_identity)
            identity["sessionContext"]["sourceIdentity"] = person
            principal = f"{issuer_arn}/{person}"
        elif prefix == "AWSReservedSSO_":
            principal = f"{issuer_arn}/{made}"
        return Caller(self, identity, principal, addresses, agent and self.agent(agent))

    def sso(
        self, permissions: str, person: str, addresses: Sequence[str], agent: str | None
    ) -> Caller:
        """A person who signs in through the identity centre and shares the role with others."""
        return self.role(permissions, person, addresses, agent, prefix="AWSReservedSSO_")

    def function(self, name: str, addresses: Sequence[str], agent: str = LAMBDA) -> Caller:
        """A Lambda function in its own role."""
        caller = self.role(f"{name}-role", name, addresses, agent)
        arn = f"arn:aws:lambda:us-east-1:{self.account}:function:{self.own(name)}"
        caller.identity["inScopeOf"] = {
            "issuerType": "AWS::Lambda::Function",
            "credentialsIssuedTo": arn,
        }
        return caller

    def aws_service(self, name: str) -> Caller:
        """AWS itself."""
        host = f"{name}.amazonaws.com"
        identity = {"type": "AWSService", "invokedBy": host}
        return Caller(self, identity, self.account, [host], host)


def _session_attributes(mfa: str) -> dict[str, str]:
    return {"creationDate": "2026-03-02T00:00:00Z", "mfaAuthenticated": mfa}


@dataclass(frozen=True)
class Caller:
    """The caller, its addresses and its client."""

    world: World
    identity: Record
    principal: str  # its name in hunt mode's rows
    addresses: Sequence[str]
    agent: str | None  # None: the record has none


# The request parameters of each call. `about` is the model, mail identity or user that the call is
# about, already in the world's names.

Parameters = Record | None
_Make = Callable[[World, str], Parameters]

MODEL = "anthropic.claude-sonnet-4-20250514-v1:0"
IDENTITY = "news@example.com"
RECIPIENT = {"toAddresses": [HIDDEN]}
CONTENT = {"simple": {"subject": {"data": HIDDEN}, "body": {"html": {"data": HIDDEN}}}}


def _nothing(_: World, __: str) -> Parameters:
    return None


def _of(key: str) -> _Make:
    return lambda _, about: {key: about}


def _model(**more: Any) -> _Make:
    return lambda _, about: {"modelId": about, **more}


def _fixed(**parameters: Any) -> _Make:
    return lambda _, __: parameters


def _invocation_job(world: World, about: str) -> Parameters:
    bucket = world.own("batch-inference")
    return {
        "jobName": world.own("nightly"),
        "modelId": about,
        "roleArn": f"arn:aws:iam::{world.account}:role/{bucket}",
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": f"s3://{bucket}/in/"}},
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/out/"}},
    }


def _retrieval(world: World, about: str) -> Parameters:
    return {
        "input": HIDDEN,
        "retrieveAndGenerateConfiguration": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {"knowledgeBaseId": "KB7JQ2X4PL", "modelArn": about},
        },
    }


def _logging_off(_: World, __: str) -> Parameters:
    kinds = ("text", "image", "embedding", "video")
    return {"loggingConfig": {f"{kind}DataDeliveryEnabled": False for kind in kinds}}


def _topic(world: World, _: str) -> Parameters:
    name = world.own("notifications")
    return {
        "topicArn": f"arn:aws:sns:us-east-1:{world.account}:{name}",
        "message": HIDDEN,
        "messageStructure": "",
    }


def _topic_batch(world: World, _: str) -> Parameters:
    name = world.own("notifications")
    entries = [{"id": str(number), "message": HIDDEN} for number in range(10)]
    topic = f"arn:aws:sns:us-east-1:{world.account}:{name}"
    return {"topicArn": topic, "publishBatchRequestEntries": entries}


def _bulk(world: World, about: str) -> Parameters:
    return {
        "fromEmailAddress": about,
        "defaultContent": {"template": {"templateName": "letter"}},
        "bulkEmailEntries": [{"destination": RECIPIENT} for _ in range(10)],
    }


def _bulk_of_v1(world: World, about: str) -> Parameters:
    return {
        "source": about,
        "template": "letter",
        "defaultTemplateData": HIDDEN,
        "destinations": [{"destination": RECIPIENT} for _ in range(10)],
    }


def _sending_policy(world: World, about: str) -> Parameters:
    allow = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    return {"userName": about, "policyName": "AmazonSesSendingAccess", "policyDocument": document}


def _identity_policy(world: World, about: str) -> Parameters:
    principal = {"AWS": f"arn:aws:iam::{world.account}:root"}
    allow = {"Effect": "Allow", "Principal": principal, "Action": "ses:SendEmail", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    return {"identity": about, "policyName": "sending", "policy": document}


def _text_message(world: World, _: str) -> Parameters:
    return {
        "destinationPhoneNumber": HIDDEN,
        "originationIdentity": "pool-2f0c7d9e1b5a4c6d8e0f",
        "messageBody": HIDDEN,
        "messageType": "PROMOTIONAL",
    }


_PROVISIONED = {
    "modelUnits": 1,
    "provisionedModelName": "steady",
    "clientRequestToken": "5f2c9a3e",
}
_ACCOUNT_DETAILS = {
    "mailType": "MARKETING",
    "websiteURL": HIDDEN,
    "useCaseDescription": HIDDEN,
    "productionAccessEnabled": True,
}
_CASE_FOR_SES = {
    "subject": "Limit Increase: SES Sending Limits",
    "serviceCode": "service-ses",
    "categoryCode": "sending-limits",
    "severityCode": "urgent",
    "communicationBody": HIDDEN,
    "language": "en",
    "issueType": "customer-service",
}
_GUARDRAIL = {
    "guardrailIdentifier": "k3v9x2m7q1ab",
    "name": "moderation",
    "blockedInputMessaging": HIDDEN,
    "blockedOutputsMessaging": HIDDEN,
    "contentPolicyConfig": {"filtersConfig": [{"type": "HATE", "inputStrength": "LOW"}]},
}
_PHONE = _fixed(phoneNumber=HIDDEN)
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "bedrock.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
_MAIL_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}],
    }
)


def _model_policy(world: World, about: str) -> Parameters:
    parameters = dict(_resource_policy(world, about) or {})
    return {**parameters, "resourcePolicy": parameters.pop("policy")}


def _resource_policy(world: World, _: str) -> Parameters:
    principal = {"AWS": f"arn:aws:iam::{world.account}:root"}
    allow = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    return {"resourceArn": f"arn:aws:bedrock:us-east-1:{world.account}:x/1", "policy": document}


def _email_identity_policy(world: World, about: str) -> Parameters:
    policy = _identity_policy(world, about)
    assert policy is not None
    return {"emailIdentity": about, "policyName": "sending", "policy": policy["policy"]}


CALLS: dict[str, _Make] = {
    "bedrock:InvokeModel": _model(),
    "bedrock:InvokeModelWithResponseStream": _model(),
    "bedrock:CreateModelInvocationJob": _invocation_job,
    "bedrock:Converse": _model(),
    "bedrock:ConverseStream": _model(),
    "bedrock:InvokeModelWithBidirectionalStream": _model(),
    "bedrock:StartAsyncInvoke": _model(
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": "s3://videos/"}}
    ),
    "bedrock:InvokeAgent": _fixed(agentId="Q7W2E9R4TY", agentAliasId="TSTALIASID", sessionId="7"),
    "bedrock:InvokeInlineAgent": lambda _, about: {"foundationModel": about, "sessionId": "7"},
    "bedrock:InvokeFlow": _fixed(flowIdentifier="P5O3I8U1YT", flowAliasIdentifier="Z4X6C8V0BN"),
    "bedrock:RetrieveAndGenerate": _retrieval,
    "bedrock-mantle:CreateInference": _model(),
    "bedrock:RetrieveAndGenerateStream": _retrieval,
    "bedrock:StartFlowExecution": _fixed(
        flowIdentifier="P5O3I8U1YT", flowAliasIdentifier="Z4X6C8V0BN"
    ),
    "bedrock:Rerank": _fixed(queries=HIDDEN, sources=HIDDEN),
    "bedrock:OptimizePrompt": lambda _, about: {"targetModelId": about, "input": HIDDEN},
    "bedrock:CreateEvaluationJob": _fixed(jobName="weekly", applicationType="ModelEvaluation"),
    "bedrock:CreateModelCustomizationJob": lambda _, about: {
        "jobName": "tuned",
        "baseModelIdentifier": about,
        "customizationType": "FINE_TUNING",
    },
    "bedrock:CreateAdvancedPromptOptimizationJob": _fixed(jobName="prompts"),
    "bedrock-mantle:CreateFineTuningJob": lambda _, about: {"model": about},
    "aws-external-anthropic:CreateInference": lambda _, about: {"model": about},
    "aws-external-anthropic:CreateBatchInference": _fixed(requests=HIDDEN),
    "bedrock:ListFoundationModels": _nothing,
    "bedrock:GetFoundationModel": _of("modelIdentifier"),
    "bedrock:GetFoundationModelAvailability": _model(),
    "bedrock:ListFoundationModelAgreementOffers": _model(),
    "bedrock:ListInferenceProfiles": _fixed(maxResults=1000),
    "bedrock:ListProvisionedModelThroughputs": _nothing,
    "bedrock:GetModelInvocationLoggingConfiguration": _nothing,
    "bedrock:GetUseCaseForModelAccess": _nothing,
    "bedrock:ListGuardrails": _fixed(maxResults=100),
    "bedrock:ListCustomModels": _nothing,
    "bedrock:ListModelInvocationJobs": _fixed(maxResults=100),
    "bedrock:ListMarketplaceModelEndpoints": _nothing,
    "bedrock:ListAgents": _nothing,
    "bedrock:ListKnowledgeBases": _nothing,
    "bedrock:CountTokens": _model(),
    "bedrock-mantle:ListModels": _nothing,
    "bedrock:PutUseCaseForModelAccess": _fixed(formData="eyJjb21wYW55TmFtZSI6Ikx0ZCJ9"),
    "bedrock:PutFoundationModelEntitlement": _model(),
    "bedrock:CreateFoundationModelAgreement": _model(offerToken="AQICAHh3v0Zk"),
    "bedrock:CreateProvisionedModelThroughput": _model(**_PROVISIONED),
    "bedrock:CreateMarketplaceModelEndpoint": _fixed(endpointName="market"),
    "bedrock:RegisterMarketplaceModelEndpoint": _fixed(endpointIdentifier="market"),
    "bedrock:CreateModelImportJob": _fixed(jobName="import", importedModelName="own"),
    "bedrock:CreateCustomModelDeployment": _fixed(modelDeploymentName="own"),
    "bedrock:DeleteModelInvocationLoggingConfiguration": _nothing,
    "bedrock:PutModelInvocationLoggingConfiguration": _logging_off,
    "bedrock:DeleteGuardrail": _fixed(guardrailIdentifier="k3v9x2m7q1ab"),
    "bedrock:UpdateGuardrail": _fixed(**_GUARDRAIL),
    "bedrock:DeleteEnforcedGuardrailConfiguration": _fixed(configId="7f3k2p9w"),
    "bedrock:PutEnforcedGuardrailConfiguration": _fixed(
        guardrailInferenceConfig={"guardrailIdentifier": "k3v9x2m7q1ab"}
    ),
    "bedrock:PutAccountDataRetention": _fixed(retentionDays=0),
    "bedrock:DeleteAccountDataRetentionStorage": _nothing,
    "bedrock:PutResourcePolicy": _model_policy,
    "bedrock-agentcore:InvokeAgentRuntime": _fixed(agentRuntimeArn="runtime/desk-4Kx0"),
    "bedrock-agentcore:InvokeHarness": _fixed(harnessArn="harness/desk-4Kx0"),
    "bedrock-agentcore:InvokeGateway": _fixed(gatewayIdentifier="desk-4Kx0"),
    "bedrock-agentcore:StartCodeInterpreterSession": _fixed(
        codeInterpreterIdentifier="aws.codeinterpreter.v1"
    ),
    "bedrock-agentcore:StartBrowserSession": _fixed(browserIdentifier="aws.browser.v1"),
    "bedrock-agentcore:ProcessPayment": _fixed(paymentSessionId="7"),
    "bedrock-agentcore:ListAgentRuntimes": _nothing,
    "bedrock-agentcore:ListPaymentInstruments": _nothing,
    "bedrock-agentcore:CreatePaymentSession": _fixed(limits={"maxSpendAmount": "100"}),
    "sagemaker:InvokeEndpoint": _fixed(endpointName="chat"),
    "sagemaker:InvokeEndpointAsync": _fixed(endpointName="chat"),
    "sagemaker:InvokeEndpointWithResponseStream": _fixed(endpointName="chat"),
    "sagemaker:InvokeGlobalInferenceGateway": _fixed(gatewayName="chat"),
    "sagemaker:InvokeInferenceRouter": _fixed(routerName="chat"),
    "sagemaker:ListEndpoints": _nothing,
    "sagemaker:ListModels": _nothing,
    "sagemaker:CreateEndpoint": _fixed(endpointName="chat", endpointConfigName="chat"),
    "sagemaker:CreateInferenceComponent": _fixed(inferenceComponentName="chat"),
    "ses:SendEmail": lambda _, about: {
        "fromEmailAddress": about,
        "destination": RECIPIENT,
        "content": CONTENT,
    },
    "ses:SendRawEmail": lambda _, about: {
        "source": about,
        "destinations": [HIDDEN],
        "rawMessage": {"data": HIDDEN},
    },
    "ses:SendBulkTemplatedEmail": _bulk_of_v1,
    "ses:SendBulkEmail": _bulk,
    "ses:SendTemplatedEmail": lambda _, about: {
        "source": about,
        "destination": RECIPIENT,
        "template": "letter",
        "templateData": HIDDEN,
    },
    "ses:SendCustomVerificationEmail": _fixed(emailAddress=HIDDEN, templateName="welcome"),
    "ses:GetSendQuota": _nothing,
    "ses:GetSendStatistics": _nothing,
    "ses:GetAccount": _nothing,
    "ses:GetAccountSendingEnabled": _nothing,
    "ses:ListIdentities": _fixed(maxItems=100),
    "ses:ListEmailIdentities": _fixed(pageSize="1000"),
    "ses:GetIdentityVerificationAttributes": lambda _, about: {"identities": [about]},
    "ses:GetEmailIdentity": _of("emailIdentity"),
    "ses:ListVerifiedEmailAddresses": _nothing,
    "ses:ListTenants": _fixed(pageSize="100"),
    "ses:GetReputationEntity": _fixed(reputationEntityType="RESOURCE"),
    "ses:VerifyEmailIdentity": _of("emailAddress"),
    "ses:VerifyEmailAddress": _of("emailAddress"),
    "ses:VerifyDomainIdentity": _of("domain"),
    "ses:VerifyDomainDkim": _of("domain"),
    "ses:CreateEmailIdentity": _of("emailIdentity"),
    "ses:PutAccountDetails": _fixed(**_ACCOUNT_DETAILS),
    "ses:PutEmailIdentityDkimSigningAttributes": lambda _, about: {
        "emailIdentity": about,
        "signingAttributesOrigin": "EXTERNAL",
        "signingAttributes": {"domainSigningSelector": "s1", "domainSigningPrivateKey": HIDDEN},
    },
    "ses:PutEmailIdentityMailFromAttributes": lambda _, about: {
        "emailIdentity": about,
        "mailFromDomain": "bounce.example.com",
    },
    "ses:SetIdentityMailFromDomain": lambda _, about: {
        "identity": about,
        "mailFromDomain": "bounce.example.com",
    },
    "ses:CreateCustomVerificationEmailTemplate": _fixed(templateName="welcome"),
    "ses:CreateTenant": _fixed(tenantName="letters"),
    "ses:PutIdentityPolicy": _identity_policy,
    "ses:CreateEmailIdentityPolicy": _email_identity_policy,
    "ses:UpdateEmailIdentityPolicy": _email_identity_policy,
    "ses:UpdateAccountSendingEnabled": _fixed(enabled=True),
    "ses:PutAccountSendingAttributes": _fixed(sendingEnabled=True),
    "ses:UpdateConfigurationSetSendingEnabled": _fixed(configurationSetName="all", enabled=True),
    "ses:PutConfigurationSetSendingOptions": _fixed(
        configurationSetName="all", sendingEnabled=True
    ),
    "ses:SetIdentityFeedbackForwardingEnabled": lambda _, about: {
        "identity": about,
        "forwardingEnabled": False,
    },
    "ses:PutEmailIdentityFeedbackAttributes": lambda _, about: {
        "emailIdentity": about,
        "emailForwardingEnabled": False,
    },
    "ses:DeleteSuppressedDestination": _fixed(emailAddress=HIDDEN),
    "ses:CreateIngressPoint": _fixed(ingressPointName="in", type="AUTH"),
    "ses:CreateRelay": _fixed(relayName="out", serverName="mail.example.com", serverPort=587),
    "ses:DeleteIdentity": _of("identity"),
    "ses:DeleteEmailIdentity": _of("emailIdentity"),
    "sns:Publish": _topic,
    "sns:PublishBatch": _topic_batch,
    "sns:GetSMSAttributes": _nothing,
    "sns:GetSMSSandboxAccountStatus": _nothing,
    "sns:ListOriginationNumbers": _fixed(maxResults=30),
    "sns:ListPhoneNumbersOptedOut": _nothing,
    "sns:ListSMSSandboxPhoneNumbers": _nothing,
    "sns:CheckIfPhoneNumberIsOptedOut": _PHONE,
    "sns:SetSMSAttributes": _fixed(
        attributes={"DefaultSMSType": "Promotional", "MonthlySpendLimit": "1000"}
    ),
    "sns:CreateSMSSandboxPhoneNumber": _fixed(phoneNumber=HIDDEN, languageCode="en-US"),
    "sns:VerifySMSSandboxPhoneNumber": _fixed(phoneNumber=HIDDEN, oneTimePassword=HIDDEN),
    "sns:OptInPhoneNumber": _PHONE,
    "sns:Subscribe": _fixed(protocol="sms", endpoint=HIDDEN),
    "sms-voice:SendTextMessage": _text_message,
    "sms-voice:SendVoiceMessage": _text_message,
    "sms-voice:SendMediaMessage": _text_message,
    "sms-voice:SendNotifyTextMessage": _text_message,
    "sms-voice:SendNotifyVoiceMessage": _text_message,
    "sms-voice:SendRcsMessage": _text_message,
    "social-messaging:SendWhatsAppMessage": _fixed(message=HIDDEN, metaApiVersion="v20.0"),
    "mobiletargeting:SendMessages": _fixed(applicationId="0a1b2c", messageRequest=HIDDEN),
    "mobiletargeting:SendUsersMessages": _fixed(applicationId="0a1b2c"),
    "mobiletargeting:SendOTPMessage": _fixed(applicationId="0a1b2c"),
    "mobiletargeting:UpdateSmsChannel": _fixed(applicationId="0a1b2c"),
    "sms-voice:DescribeAccountAttributes": _nothing,
    "sms-voice:DescribeAccountLimits": _nothing,
    "sms-voice:DescribeSpendLimits": _nothing,
    "sms-voice:DescribePhoneNumbers": _nothing,
    "sms-voice:SetTextMessageSpendLimitOverride": _fixed(monthlyLimit=1000),
    "sms-voice:RequestPhoneNumber": _fixed(isoCountryCode="US", numberType="TOLL_FREE"),
    "sms-voice:RequestSenderId": _fixed(isoCountryCode="GB", senderId="PARCEL"),
    "sms-voice:UpdateProtectConfigurationCountryRuleSet": _fixed(numberCapability="SMS"),
    "sms-voice:DeleteProtectConfiguration": _fixed(protectConfigurationId="protect-1"),
    "sms-voice:PutResourcePolicy": _resource_policy,
    "connect:StartOutboundVoiceContact": _fixed(destinationPhoneNumber=HIDDEN),
    "connect:ClaimPhoneNumber": _fixed(phoneNumber=HIDDEN),
    "connect:ListInstances": _nothing,
    "chime:CreateSipMediaApplicationCall": _fixed(toPhoneNumber=HIDDEN),
    "chime:CreatePhoneNumberOrder": _fixed(productType="SipMediaApplicationDialIn"),
    "chime:PutVoiceConnectorTermination": _fixed(voiceConnectorId="abcdef1ghij2"),
    "chime:SearchAvailablePhoneNumbers": _fixed(areaCode="206"),
    "workmail:RegisterToWorkMail": _fixed(organizationId="m-0a1b2c", entityId="S-1-1"),
    "workmail:CreateOrganization": _fixed(alias="parcels"),
    "workmail:RegisterMailDomain": _fixed(organizationId="m-0a1b2c", domainName="example.net"),
    "iam:CreateUser": _of("userName"),
    "iam:CreateLoginProfile": lambda _, about: {"userName": about, "passwordResetRequired": False},
    "iam:CreateAccessKey": _of("userName"),
    "iam:PutUserPolicy": _sending_policy,
    "iam:AttachUserPolicy": lambda _, about: {
        "userName": about,
        "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
    },
    "iam:CreateServiceSpecificCredential": lambda _, about: {
        "userName": about,
        "serviceName": "bedrock.amazonaws.com",
        "credentialAgeDays": 30,
    },
    "iam:UpdateLoginProfile": lambda _, about: {"userName": about, "passwordResetRequired": False},
    "iam:UpdateAccessKey": lambda _, about: {
        "userName": about,
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "status": "Active",
    },
    "iam:ResetServiceSpecificCredential": lambda _, about: {
        "userName": about,
        "serviceSpecificCredentialId": "ACCAEXAMPLE123EXAMPLE",
    },
    "iam:AddUserToGroup": lambda _, about: {"userName": about, "groupName": "staff"},
    "iam:PutGroupPolicy": _fixed(groupName="staff", policyName="mail", policyDocument=_MAIL_POLICY),
    "iam:AttachGroupPolicy": _fixed(
        groupName="staff", policyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
    ),
    "iam:CreatePolicy": _fixed(policyName="mail", policyDocument=_MAIL_POLICY),
    "iam:CreateRole": lambda _, about: {
        "roleName": about,
        "assumeRolePolicyDocument": _TRUST,
    },
    "iam:UpdateAssumeRolePolicy": lambda _, about: {
        "roleName": about,
        "policyDocument": _TRUST,
    },
    "servicequotas:RequestServiceQuotaIncrease": _fixed(
        serviceCode="bedrock", quotaCode="L-254CACF4", desiredValue=1000
    ),
    "servicequotas:StartAutoManagement": _fixed(optInLevel="ACCOUNT", optInType="NotifyAndAdjust"),
    "servicequotas:PutServiceQuotaIncreaseRequestIntoTemplate": _fixed(
        serviceCode="bedrock", quotaCode="L-254CACF4", desiredValue=1000, awsRegion="us-east-1"
    ),
    "support:CreateCase": _fixed(**_CASE_FOR_SES),
    "support:CreateSupportCase": _fixed(**_CASE_FOR_SES),
    "cloudtrail:StopLogging": _fixed(name="main"),
    "cloudtrail:DeleteTrail": _fixed(name="main"),
    "cloudtrail:UpdateTrail": _fixed(name="main", isMultiRegionTrail=False),
    "cloudtrail:PutEventSelectors": _fixed(trailName="main", eventSelectors=[]),
    "cloudtrail:DeleteEventDataStore": _fixed(eventDataStore="main"),
    "cloudtrail:StopEventDataStoreIngestion": _fixed(eventDataStore="main"),
    "cloudtrail:CreateTrail": _fixed(name="main", s3BucketName="trails"),
    "cloudtrail:StartLogging": _fixed(name="main"),
    "organizations:LeaveOrganization": _nothing,
    "logs:DeleteLogGroup": _fixed(logGroupName="/aws/lambda/nightly"),
}

_DATA_EVENTS = re.compile(
    r"ses:Send.*|sns:Publish.*|sms-voice:Send.*|social-messaging:.*|aws-external-anthropic:.*"
    r"|bedrock-mantle:CreateInference|sagemaker:Invoke.*|bedrock-agentcore:(Invoke|Start|Process).*"
    r"|bedrock:(InvokeAgent|InvokeInlineAgent|InvokeFlow|RetrieveAndGenerate.*|.*Async.*|.*Bidi.*"
    r"|StartFlowExecution|Rerank|OptimizePrompt)"
)
_READING = ("Get", "List", "Invoke", "Describe", "Converse", "Check", "Retrieve", "Count", "Search")
_USERS = re.compile(r"iam:.*")
_IDENTITIES = re.compile(r"ses:.*")

QUARANTINE = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"


def utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _about(world: World, call: str, about: str | None) -> str:
    if _USERS.fullmatch(call):
        return world.own(about or "backup")
    if _IDENTITIES.fullmatch(call):
        return world.mail(about or IDENTITY)
    return world.model(about or MODEL)


def _uuid(rng: random.Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def dump(record: Record) -> bytes:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()


# Placeholders in a template for the values that differ between its records.
_TIME, _EVENT, _REQUEST, _ADDRESS = "\ue000", "\ue001", "\ue002", "\ue003"


def _template(record: Record) -> bytes:
    text = dump(record).replace(b"%", b"%%")
    for mark in (_TIME, _EVENT, _REQUEST, _ADDRESS):
        assert text.count(mark.encode()) == 1, record
    # In the order of the record's keys.
    for mark in (_TIME, _ADDRESS, _REQUEST, _EVENT):
        text = text.replace(mark.encode(), b"%b")
    return text


@dataclass
class Trail:
    """The records so far, one per line."""

    seed: str
    lines: list[bytes] = field(default_factory=list)
    _rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)

    def chance(self) -> float:
        """A number of at least 0 and below 1."""
        return self._rng.random()

    def record(
        self,
        caller: Caller,
        call: str,
        at: float,
        region: str = "us-east-1",
        outcome: Outcome | None = None,
        *,
        about: str | None = None,
        address: str | None = None,
        agent: str | None = None,
        parameters: Parameters = None,
        **members: Any,
    ) -> Record:
        """Add one record. `call` is `source:Name`; calls that are missing in the catalogue are
        possible too.

        By default the address is the caller's first one, the agent is the caller's, and the
        parameters are those of the catalogue's call about `about`. Other members of the record are
        used as given.
        """
        source, _, name = call.partition(":")
        if parameters is None and call in CALLS:
            parameters = CALLS[call](caller.world, _about(caller.world, call, about))
        data = _DATA_EVENTS.fullmatch(call) is not None
        shown_agent = caller.agent if agent is None else caller.world.agent(agent)
        record: Record = {
            "eventVersion": "1.11",
            "userIdentity": caller.identity,
            "eventTime": at if isinstance(at, str) else utc(at),
            "eventSource": f"{source}.amazonaws.com",
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": caller.addresses[0] if address is None else address,
            "userAgent": shown_agent,
        }
        if shown_agent is None:
            del record["userAgent"]
        elif shown_agent.endswith("command#%s"):
            record["userAgent"] = shown_agent % f"{source}.{_dashed(name)}"
        if outcome is not None:
            record["errorCode"] = outcome.code
            record["errorMessage"] = outcome.text.format(
                arn=caller.identity.get("arn"), action=call
            )
        record.update(
            requestParameters=parameters,
            responseElements=None,
            requestID=_uuid(self._rng),
            eventID=_uuid(self._rng),
            readOnly=name.startswith(_READING),
            eventType="AwsApiCall",
            managementEvent=not data,
            recipientAccountId=caller.world.account,
            eventCategory="Data" if data else "Management",
            tlsDetails={
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": f"{source}.{region}.amazonaws.com",
            },
        )
        record.update(members)
        return record

    def add(
        self,
        caller: Caller,
        call: str,
        at: float,
        region: str = "us-east-1",
        outcome: Outcome | None = None,
        **more: Any,
    ) -> None:
        self.lines.append(dump(self.record(caller, call, at, region, outcome, **more)))

    def quarantine(self, user: Caller, at: float, by: Caller | None = None) -> None:
        """AWS attaches its quarantine policy to a user whose key was found in public."""
        name = user.identity["userName"]
        parameters = {"userName": name, "policyArn": QUARANTINE}
        caller = by or user.world.aws_service("trustedadvisor")
        self.add(caller, "iam:AttachUserPolicy", at, parameters=parameters)

    def flood(
        self,
        caller: Caller,
        call: str,
        times: Sequence[float],
        region: str = "us-east-1",
        **more: Any,
    ) -> None:
        """The same call at many times, with the caller's addresses in turn; fast."""
        record = self.record(caller, call, 0, region, **more)
        record["eventTime"], record["eventID"], record["requestID"] = _TIME, _EVENT, _REQUEST
        record["sourceIPAddress"] = _ADDRESS
        template = _template(record)
        addresses = [address.encode() for address in caller.addresses]
        shown: dict[int, bytes] = {}
        getrandbits = self._rng.getrandbits
        for number, at in enumerate(times):
            second = int(at)
            when = shown.get(second)
            if when is None:
                when = shown[second] = utc(second).encode()
            digits = b"%016x" % getrandbits(64)
            request = digits[:8] + b"-0000-4000-8000-" + digits[4:]
            event = digits[8:] + b"-%04x-4000-a000-" % (number & 0xFFFF) + digits[:12]
            address = addresses[number % len(addresses)]
            self.lines.append(template % (when, address, request, event))


def _dashed(name: str) -> str:
    """`SendEmail` in the form of the AWS command line, `send-email`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
