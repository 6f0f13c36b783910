#include "log/policy_document.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace cloudhijack;

namespace {

// The grantees of a statement: `999999999999`, with a `+` for an external id.
std::string grantees(const std::string& statement, const std::string& effect = "Allow") {
    log::PolicyReader reader;
    const auto& policy =
        reader.read(R"({"Statement":[{"Effect":")" + effect + "\"," + statement + "}]}");
    std::string all;
    for (const log::PolicyGrantee& grantee : policy.grantees) {
        if (!all.empty()) all += ' ';
        all += grantee.account + (grantee.has_external_id ? "+" : "");
    }
    return all;
}

// The trust class of statements `{"Effect":"Allow",...}`.
log::Trust trust(const std::string& statements) {
    log::PolicyReader reader;
    return reader.read(R"({"Statement":[)" + statements + "]}").trust;
}

std::string allows(const std::string& elements) { return R"({"Effect":"Allow",)" + elements + "}"; }

}  // namespace

TEST_CASE("policy: accounts that are given access") {
    CHECK(grantees(R"("Principal":{"AWS":"999999999999"})") == "999999999999");
    CHECK(grantees(R"("Principal":{"AWS":"arn:aws:iam::999999999999:root"})") == "999999999999");
    CHECK(grantees(R"("Principal":{"AWS":"arn:aws:sts::999999999999:assumed-role/a/b"})") ==
          "999999999999");
    CHECK(grantees(R"("Principal":{"Service":"x.amazonaws.com","AWS":["1","222222222222"]})") ==
          "222222222222");
    CHECK(grantees(R"("Principal":"*")") == "*");
    CHECK(grantees(R"("Principal":{"AWS":"*"})") == "*");
    CHECK(grantees(R"("NotPrincipal":{"AWS":"999999999999"})") == "*");
    CHECK(grantees(R"("Principal":"everybody")").empty());
    CHECK(grantees(R"("Principal":{"Federated":"accounts.google.com"})").empty());
    CHECK(grantees(R"("Principal":{"AWS":"AIDAUNIQUE"})").empty());
    CHECK(grantees(R"("Principal":7)").empty());
    CHECK(grantees(R"("Principal":{"AWS":"999999999999"})", "Deny").empty());
}

TEST_CASE("policy: the first of duplicate keys counts") {
    CHECK(grantees(R"("Principal":"*","Principal":{"AWS":"999999999999"})") == "*");
    CHECK(grantees(R"("Effect":"Deny","Principal":"*")") == "*");
}

TEST_CASE("policy: conditions") {
    const std::string anybody = R"("Principal":"*","Condition":)";
    CHECK(grantees(anybody + R"({"StringEquals":{"sts:ExternalId":"x"}})") == "*+");
    CHECK(grantees(anybody + R"({"StringEquals":{"STS:EXTERNALID":"x"}})") == "*+");
    CHECK(grantees(anybody + R"({"StringEquals":{"aws:PrincipalOrgID":"o-1"}})").empty());
    CHECK(grantees(anybody + R"({"ArnLike":{"aws:SourceArn":"arn:x"}})").empty());
    CHECK(grantees(R"("Principal":{"AWS":"999999999999"},)"
                   R"("Condition":{"ArnLike":{"aws:SourceArn":"arn:x"}})") == "999999999999");
    CHECK(grantees(anybody + R"({"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}})") == "*");
    CHECK(grantees(anybody + R"({"StringEquals":{"aws:PrincipalAccount":"999999999999"}})") == "*");
    CHECK(grantees(anybody + R"({"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}})") == "*");
    CHECK(grantees(anybody + R"({"Bool":{"aws:SecureTransport":"true"}})") == "*");
    CHECK(grantees(anybody + R"({"DateLessThan":{"aws:CurrentTime":"2026"},)"
                             R"("StringEquals":{"aws:SourceAccount":"1"}})")
              .empty());
}

TEST_CASE("policy: each statement counts separately, and the number of grantees is limited") {
    log::PolicyReader reader;
    const auto& two = reader.read(R"({"Statement":[{"Effect":"Allow","Action":"ses:*"},)"
                                  R"({"Effect":"Allow","Principal":"*","Action":"s3:*"}]})");
    CHECK(two.allows_mail);
    CHECK(two.grantees.size() == 1);
    std::string many = R"({"Statement":{"Effect":"Allow","Principal":{"AWS":["999999999999")";
    for (int i = 0; i < 500; ++i) many += R"(,"888888888)" + std::to_string(100 + i) + '"';
    CHECK(reader.read(many + "]}}}").grantees.size() == log::PolicyDocument::k_most_grantees);
    CHECK(reader.read(many + "]}").grantees.empty());  // truncated
    std::string own = R"({"Statement":{"Effect":"Allow","Principal":{"AWS":["111122223333")";
    for (int i = 0; i < 500; ++i)
        own += R"(,"arn:aws:iam::111122223333:role/r)" + std::to_string(i) + '"';
    CHECK(reader.read(own + R"(,"*"]}}})").grantees.size() == 2);  // `*` is not crowded out
    CHECK_FALSE(reader.read("").allows_mail);
    CHECK(reader.read("[]").grantees.empty());
}

TEST_CASE("policy: the accounts that a role trusts") {
    using enum log::Trust;
    const std::string with_id = R"(,"Condition":{"StringEquals":{"sts:ExternalId":"x"}})";
    const std::string partners = R"("Principal":{"AWS":"999999999999"})" + with_id;
    CHECK(trust(allows(R"("Principal":{"AWS":"999999999999"})")) == open);
    CHECK(trust(allows(R"("Principal":"*")")) == open);
    CHECK(trust(allows(partners)) == partner);
    CHECK(trust(allows(R"("Principal":"*")" + with_id)) == partner);
    CHECK(trust(allows(R"("Principal":{"Service":"ec2.amazonaws.com"})")) == closed);
    CHECK(trust(allows(R"("Principal":{"Federated":"accounts.google.com"})")) == closed);
    CHECK(trust(allows(
              R"("Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o"}})")) ==
          closed);
    CHECK(trust(R"({"Effect":"Deny","Principal":"*"})") == closed);
    CHECK(trust("") == closed);
    // One statement without an external id opens the role, in any position.
    const std::string opens = allows(R"("Principal":{"AWS":"888888888888"})");
    CHECK(trust(allows(partners) + ',' + opens) == open);
    CHECK(trust(opens + ',' + allows(partners)) == open);
}

TEST_CASE("policy: many partners do not hide another account that a role trusts") {
    log::PolicyReader reader;
    std::string many = R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":["999999999999")";
    for (int i = 0; i < 500; ++i) many += R"(,"888888888)" + std::to_string(100 + i) + '"';
    many += R"(]},"Condition":{"StringEquals":{"sts:ExternalId":"x"}}})";
    CHECK(reader.read(many + "]}").trust == log::Trust::partner);
    const std::string open = R"(,{"Effect":"Allow","Principal":{"AWS":"777777777777"}}]})";
    CHECK(reader.read(many + open).trust == log::Trust::open);
    CHECK(reader.read(many + open).grantees.size() == log::PolicyDocument::k_most_grantees);
    CHECK(reader.read(many + open.substr(0, open.size() - 2)).trust == log::Trust::closed);  // cut
    CHECK(reader.read("").trust == log::Trust::closed);
}
