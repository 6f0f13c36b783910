#pragma once

#include <array>

#include "log/log.hpp"

namespace cloudhijack::log {

/// The topics of the AWS calls that evidence rules ask about.
inline constexpr std::array k_aws_topics = {
    TopicOfCall{.name = "CreateUser", .topic = CallTopic::user},
    TopicOfCall{.name = "CreateAccessKey", .topic = CallTopic::access_key},
    TopicOfCall{.name = "CreateLoginProfile", .topic = CallTopic::login},
    TopicOfCall{.name = "UpdateLoginProfile", .topic = CallTopic::login},
    TopicOfCall{.name = "UpdateAccessKey", .topic = CallTopic::login},
    TopicOfCall{.name = "CreateRole", .topic = CallTopic::role},
    TopicOfCall{.name = "UpdateAssumeRolePolicy", .topic = CallTopic::role},
    TopicOfCall{.name = "AssumeRole", .topic = CallTopic::role_assumed},
    TopicOfCall{.name = "AttachUserPolicy", .topic = CallTopic::policy},
    TopicOfCall{.name = "PutUserPolicy", .topic = CallTopic::rights},
    TopicOfCall{.name = "AddUserToGroup", .topic = CallTopic::group_member},
    TopicOfCall{.name = "AttachGroupPolicy", .topic = CallTopic::group_policy},
    TopicOfCall{.name = "PutGroupPolicy", .topic = CallTopic::group_rights},
    TopicOfCall{.name = "CreatePolicy", .topic = CallTopic::policy_made},
    TopicOfCall{.name = "CreateServiceSpecificCredential", .topic = CallTopic::api_key},
    TopicOfCall{.name = "ResetServiceSpecificCredential", .topic = CallTopic::login},
    TopicOfCall{.name = "CreateIngressPoint", .topic = CallTopic::mail_relay},
    TopicOfCall{.name = "CreateRelay", .topic = CallTopic::mail_relay},
    TopicOfCall{.name = "RequestServiceQuotaIncrease", .topic = CallTopic::quota},
    TopicOfCall{.name = "PutServiceQuotaIncreaseRequestIntoTemplate", .topic = CallTopic::quota},
    TopicOfCall{.name = "StartAutoManagement", .topic = CallTopic::quota},
    TopicOfCall{.name = "CreateCase", .topic = CallTopic::quota},
    TopicOfCall{.name = "CreateSupportCase", .topic = CallTopic::quota},
    TopicOfCall{.name = "CreateEmailIdentityPolicy", .topic = CallTopic::resource_grant},
    TopicOfCall{.name = "UpdateEmailIdentityPolicy", .topic = CallTopic::resource_grant},
    TopicOfCall{.name = "PutIdentityPolicy", .topic = CallTopic::resource_grant},
    TopicOfCall{.name = "PutResourcePolicy", .topic = CallTopic::resource_grant},
    TopicOfCall{.name = "StopLogging", .topic = CallTopic::trail_end},
    TopicOfCall{.name = "DeleteTrail", .topic = CallTopic::trail_end},
    TopicOfCall{.name = "UpdateTrail", .topic = CallTopic::trail},
    TopicOfCall{.name = "PutEventSelectors", .topic = CallTopic::trail},
    TopicOfCall{.name = "DeleteEventDataStore", .topic = CallTopic::trail_end},
    TopicOfCall{.name = "StopEventDataStoreIngestion", .topic = CallTopic::trail_end},
    TopicOfCall{.name = "CreateTrail", .topic = CallTopic::trail},
    TopicOfCall{.name = "StartLogging", .topic = CallTopic::trail},
    TopicOfCall{.name = "DeleteLogGroup", .topic = CallTopic::log_group}};

/// Reads the request parameters of an AWS call, whichever log it comes from.
CallDetails read_aws_details(const Event& event, CallTopic topic, DetailsScratch& scratch);

}  // namespace cloudhijack::log
