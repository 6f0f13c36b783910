#include "text/base64.hpp"

#include <doctest/doctest.h>

#include <string>

using cloudhijack::text::decoded_base64;
using cloudhijack::text::encoded_base64;

TEST_CASE("base64: the examples of RFC 4648, with and without padding") {
    CHECK(decoded_base64("") == "");
    CHECK(decoded_base64("Zg==") == "f");
    CHECK(decoded_base64("Zm8=") == "fo");
    CHECK(decoded_base64("Zm9v") == "foo");
    CHECK(decoded_base64("Zm9vYg") == "foob");
    CHECK(decoded_base64("Zm9vYmFy") == "foobar");
}

TEST_CASE("base64: encoding gives the examples of RFC 4648, and any byte comes back") {
    CHECK(encoded_base64("") == "");
    CHECK(encoded_base64("f") == "Zg==");
    CHECK(encoded_base64("fo") == "Zm8=");
    CHECK(encoded_base64("foo") == "Zm9v");
    CHECK(encoded_base64("foobar") == "Zm9vYmFy");
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    CHECK(decoded_base64(encoded_base64(bytes)) == bytes);
}

TEST_CASE("base64: both alphabets") {
    CHECK(decoded_base64("+/+/") == "\xFB\xFF\xBF");
    CHECK(decoded_base64("-_-_") == "\xFB\xFF\xBF");
}

TEST_CASE("base64: texts that are not base64") {
    for (const char* text : {"Z", "Zm9vY", "Zm 9v", "Zm9v\n", "Zm=9v", "{}"}) {
        CAPTURE(text);
        CHECK_FALSE(decoded_base64(text));
    }
}
