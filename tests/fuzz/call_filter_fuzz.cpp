// Any bytes as a record: the filter never skips a wanted call, and every way of asking it gives the
// same answer.

#include <cstddef>
#include <cstdint>
#include <string>

#include "call_filter_answers.hpp"
#include "must.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string json(reinterpret_cast<const char*>(data), size);
    const auto answers = cloudhijack::filter_answers(json);
    cloudhijack::must(answers.size() == 1, "the ways of asking differ");
    cloudhijack::must(!answers.contains(true) || !cloudhijack::holds_wanted_call(json),
                      "a wanted call is passed over");
    return 0;
}
