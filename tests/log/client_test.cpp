#include "log/client.hpp"

#include <doctest/doctest.h>

using cloudhijack::log::client_of;

TEST_CASE("client: parts that change from call to call or from version to version are removed") {
    CHECK(client_of("aws-cli/2.24.10 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0 md/arch#x86_64 "
                    "lang/python#3.12.9 md/pyimpl#CPython m/b,Z,E cfg/retry-mode#standard "
                    "md/installer#exe md/prompt#off md/command#bedrock.invoke") ==
          client_of("aws-cli/2.25.1 md/awscrt#0.24.0 ua/2.1 os/linux#6.9.1 md/arch#x86_64 "
                    "lang/python#3.13.0 md/pyimpl#CPython m/Z cfg/retry-mode#legacy "
                    "md/installer#exe md/prompt#on md/command#ses.send"));
    CHECK(client_of("Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 exec-env/AWS_Lambda md/arch#arm64") ==
          "Boto3 md/Botocore md/arch#arm64");
    CHECK(client_of("a m/b md/m/b ua/1 md/ua/1 cfg/x command/s3.ls prompt/off installer/exe") ==
          "a");
}

TEST_CASE("client: versions, numbers and text after a # are removed, the rest stays") {
    CHECK(client_of("Go-http-client/1.1") == "Go-http-client");
    CHECK(client_of("a/b/1 c/d e/") == "a/b c/d e/");
    CHECK(client_of("curl 7.81.0 8 x") == "curl x");
    CHECK(client_of("os/linux#5.15 md/arch#x/1") == "os/linux md/arch#x");
    CHECK(client_of("[S3Console/0.4, aws-internal/3]") == "[S3Console aws-internal");
    CHECK(client_of("\tx \t y ") == "x y");
}

TEST_CASE("client: an absent agent is a client, too, and so is one of which nothing remains") {
    CHECK(client_of("") == "-");
    CHECK(client_of("  ") == "-");
    CHECK(client_of("1.2 #x m/1") == "-");
}
