// Any lines as the texts of attacks and of the messages about them: the report has no element, no
// attribute and no link but its own, and is well formed; CSV and NDJSON have the same rows.

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_modes.hpp"
#include "fuzz_records.hpp"
#include "output/findings_table.hpp"
#include "output/html_report.hpp"
#include "safe_text.hpp"

namespace {

using namespace cloudhijack;

/// A page of HTML as a strict reader sees it; see tests/e2e/html_page.py for the other readers.
class Page {
  public:
    explicit Page(std::string_view page) : rest_(page) {
        take("<!DOCTYPE html>\n");
        while (!rest_.empty()) {
            if (rest_.starts_with("</")) {
                read_end();
            } else if (rest_.starts_with('<')) {
                read_start();
            } else {
                unescaped_html(until('<'));
            }
        }
        must(open_.empty(), "an element is open");
    }

  private:
    static constexpr std::string_view k_elements =
        " html head meta title style body header main footer nav section h1 h2 h3 h4 p div span a "
        "ul ol li dl dt dd code pre strong br details summary table caption thead tbody tr th td "
        "svg g defs path pattern rect line text use ";
    static constexpr std::string_view k_attributes =
        " lang charset http-equiv content name class href id aria-label aria-labelledby "
        "aria-hidden role scope colspan data-label width height focusable d patternUnits "
        "patternTransform x y dx x1 x2 y1 y2 text-anchor ";

    static void must_be_in(std::string_view names, std::string_view name) {
        must(names.contains(' ' + std::string(name) + ' '), "a page has a " + std::string(name));
    }

    void take(std::string_view expected) {
        must(rest_.starts_with(expected), "a page has no " + std::string(expected));
        rest_.remove_prefix(expected.size());
    }

    std::string_view until(char end) {
        const std::string_view text = rest_.substr(0, rest_.find(end));
        rest_.remove_prefix(text.size());
        return text;
    }

    std::string_view read_name() {
        const std::string_view name = rest_.substr(0, rest_.find_first_of(" =/>\""));
        rest_.remove_prefix(name.size());
        return name;
    }

    void read_end() {
        take("</");
        const std::string_view name = until('>');
        must(!open_.empty() && open_.back() == name, "an element is closed in the wrong place");
        open_.pop_back();
        take(">");
    }

    void read_start() {
        take("<");
        const std::string_view name = read_name();
        must_be_in(k_elements, name);
        while (rest_.starts_with(' ')) read_attribute();
        if (rest_.starts_with("/>")) return take("/>");
        take(">");
        open_.push_back(name);
        if (name == "style") rest_.remove_prefix(std::min(rest_.size(), rest_.find("</style>")));
    }

    void read_attribute() {
        take(" ");
        const std::string_view name = read_name();
        must_be_in(k_attributes, name);
        take("=\"");
        const std::string value = unescaped_html(until('"'));
        must(name != "href" || value.starts_with('#'), "a link leaves the page: " + value);
        take("\"");
    }

    std::string_view rest_;
    std::vector<std::string_view> open_;
};

// A JSON string. Bytes that are not UTF-8 stay, as in a log.
std::string json_string(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string json = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < ' ') {
            json += "\\u00";
            json += digits[byte >> 4U];
            json += digits[byte & 15U];
            continue;
        }
        if (c == '"' || c == '\\') json += '\\';
        json += c;
    }
    return json + '"';
}

/// The texts, from which records are made.
class Texts {
  public:
    explicit Texts(std::vector<std::string> texts) : texts_(std::move(texts)) {}

    [[nodiscard]] const std::string& at(std::size_t number) const {
        return texts_[number % texts_.size()];
    }
    [[nodiscard]] std::string json(std::size_t number) const { return json_string(at(number)); }

    [[nodiscard]] std::string record(const char* service, const char* call, std::size_t number,
                                     const std::string& error) const {
        return R"({"eventVersion":"1.11","eventTime":")" +
               std::to_string(1'767'225'600 + 60 * number) + R"(","eventSource":")" + service +
               R"(.amazonaws.com","eventName":")" + call + R"(","awsRegion":)" + json(1) +
               R"(,"sourceIPAddress":)" + json(number % 2 == 0 ? 2 : 3) + R"(,"userAgent":)" +
               json(4) + error +
               R"(,"userIdentity":{"type":"IAMUser","accountId":"111122223333","arn":)" +
               json(number < 9 ? 0 : 5) + R"(,"accessKeyId":)" + json(6) +
               R"(},"requestParameters":{"modelId":)" + json(7) + R"(,"userName":)" + json(8) +
               R"(,"roleName":)" + json(9) + R"(,"emailIdentity":)" + json(10) +
               R"(,"policyArn":)" + json(11) + R"(},"eventID":"00000000-0000-4000-8000-)" +
               std::to_string(100'000'000'000 + number) + "\"}";
    }

    [[nodiscard]] std::vector<std::string> records() const {
        std::vector<std::string> made;
        for (const auto& [service, call] : {std::pair("sts", "GetCallerIdentity"),
                                            {"ses", "GetSendQuota"},
                                            {"iam", "CreateUser"},
                                            {"iam", "CreateAccessKey"},
                                            {"iam", "AttachUserPolicy"},
                                            {"ses", "CreateEmailIdentity"},
                                            {"ses", "SendEmail"},
                                            {"bedrock", "InvokeModel"},
                                            {"sns", "Publish"},
                                            {"ses", "SendEmail"},
                                            {"bedrock", "InvokeModel"}}) {
            const bool fails = made.size() % 4 == 1;
            made.push_back(
                record(service, call, made.size(),
                       fails ? ",\"errorCode\":" + json(12) + ",\"errorMessage\":" + json(13)
                             : std::string()));
        }
        return made;
    }

    [[nodiscard]] output::ReportFacts facts() const {
        return {.command = at(14),
                .files = 3,
                .unread = 1,
                .records = 11,
                .range = at(15),
                .problems = {at(16), at(17)},
                .notes = {at(18)}};
    }

  private:
    std::vector<std::string> texts_;
};

void check_ndjson(const output::Answer& answer) {
    const auto lines = lines_of(output::to_ndjson(answer.columns, answer.rows));
    must(lines.size() == answer.rows.size(), "a row is not one line of NDJSON");
    for (const std::string& line : lines) {
        const auto row = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
        must(row.is_object() && row.size() == answer.columns.size(), "a row is no JSON object");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const config::Setup setup = config::setup_with();
    static WholeRecordReader reader;
    auto lines = lines_of({reinterpret_cast<const char*>(data), size});
    if (lines.empty()) return 0;
    const Texts texts(std::move(lines));
    for (const config::Mode mode : k_counting_modes) {
        const config::Config config = shown(setup, mode);
        auto activity = output::new_activity(setup, config);
        for (const std::string& record : texts.records()) {
            reader.read(record, [&](const log::Event& event) { detect::add(activity, event); });
        }
        const auto findings = output::findings_of(activity, config);
        must(findings.has_value(), "records are too much for their rows");
        const auto answer = output::answer_of(*findings);
        const std::string page =
            output::to_html(*findings, answer, activity, setup, config, texts.facts());
        must_be_safe(page);
        const Page checked(page);
        must_be_safe(output::findings_table(*findings, {.width = 80, .colour = false}));
        check_ndjson(answer);
    }
    return 0;
}
