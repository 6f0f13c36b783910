#pragma once

#include <string>
#include <vector>

#include "config/setup_for_tests.hpp"
#include "io/byte_stream.hpp"
#include "output/answer.hpp"
#include "output/csv_and_ndjson.hpp"
#include "scan/scanner.hpp"
#include "scan/state_writer.hpp"
#include "scan/temporary_folder.hpp"

namespace cloudhijack::scan {

/// The setup of the tests, and a config of a mode that shows all rows.
inline const config::Setup& shown_setup() {
    static const config::Setup setup = config::setup_with();
    return setup;
}

inline config::Config config_for(config::Mode mode) {
    config::Config config = shown_setup().default_config();
    config.mode = mode;
    config.hunt.min_risk = 0;
    config.volume.thresholds.assign(config.volume.thresholds.size(), 0);
    return config;
}

/// A CloudTrail record that the modes count.
inline std::string counted_record(unsigned caller, unsigned second) {
    return R"({"eventSource":"ses.amazonaws.com","eventName":"SendEmail","awsRegion":"us-east-1",)"
           R"("eventID":"00000000-0000-4000-8000-)" +
           std::to_string(100'000'000'000 + second) + R"(","eventTime":")" +
           std::to_string(1'767'225'600 + second) + R"(","userIdentity":{"arn":"caller)" +
           std::to_string(caller) + R"("},"sourceIPAddress":"2001:db8::)" +
           std::to_string(second % 7) + "\"}\n";
}

/// The state of a scan of some files with these texts.
inline std::string state_of(config::Mode mode, const std::vector<std::string>& texts,
                            const std::vector<std::string>& messages = {}) {
    const TemporaryFolder folder;
    std::vector<std::string> paths;
    for (const std::string& text : texts) {
        paths.push_back(folder.write(std::to_string(paths.size()) + ".json", text));
    }
    const config::Config config = config_for(mode);
    Scanner scanner([&] { return output::new_activity(shown_setup(), config); }, log::all_logs(),
                    log::CallFilter(log::all_logs(), shown_setup().catalogue.call_names()));
    scanner.hash_files();
    const auto files = list_files(paths).files;
    const auto outcomes = scanner.run(files, 1);
    std::string state;
    StateWriter writer(shown_setup(), config, [&state](std::string_view bytes) -> Result<> {
        state += bytes;
        return {};
    });
    for (std::size_t i = 0; i < files.size(); ++i) {
        writer.add({.name = std::to_string(i) + ".json",
                    .content = outcomes[i].content,
                    .records = outcomes[i].records});
    }
    for (const std::string& message : messages) writer.add_message(message);
    if (!writer.finish(scanner.activity(), totals_of(files, outcomes, {}), {})) return {};
    return state;
}

inline std::string answer_of(const detect::Activity& activity, const config::Config& config) {
    const auto findings = output::findings_of(activity, config);
    if (!findings) return findings.error().text;
    const auto answer = output::answer_of(*findings);
    return output::to_ndjson(answer.columns, answer.rows);
}

}  // namespace cloudhijack::scan
