#include "config/arguments.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <vector>

namespace cloudhijack::config {
namespace {

namespace po = boost::program_options;

po::command_line_parser parser_of(std::span<const std::string> arguments,
                                  const po::options_description& options) {
    constexpr int style = po::command_line_style::default_style &
                          ~static_cast<int>(po::command_line_style::allow_guessing);
    po::command_line_parser parser({arguments.begin(), arguments.end()});
    parser.options(options).style(style);
    return parser;
}

// The arguments that name one of the sought options. The program does not know its other options
// yet.
Result<std::vector<po::option>> find_options(std::span<const std::string> arguments,
                                             const po::options_description& sought) {
    try {
        auto found = parser_of(arguments, sought).allow_unregistered().run().options;
        std::erase_if(found, [](const po::option& option) {
            return option.unregistered || option.string_key.empty();
        });
        return found;
    } catch (const po::error& error) {
        return failure(error.what());
    }
}

}  // namespace

bool asks_for_help(std::span<const std::string> arguments) {
    po::options_description help;
    help.add_options()("help,h", "");
    const auto found = find_options(arguments, help);
    return found && !found->empty();
}

Result<std::string> find_value(std::span<const std::string> arguments, const char* name) {
    po::options_description sought;
    sought.add_options()(name, po::value<std::string>());
    auto found = find_options(arguments, sought);
    if (!found) return std::unexpected(std::move(found.error()));
    return found->empty() ? std::string{} : std::move(found->front().value.front());
}

Result<po::variables_map> parse_arguments(std::span<const std::string> arguments,
                                          const po::options_description& options,
                                          const po::positional_options_description& positional) {
    po::variables_map given;
    try {
        po::store(parser_of(arguments, options).positional(positional).run(), given);
    } catch (const po::error& error) {
        return failure(error.what());
    }
    return given;
}

}  // namespace cloudhijack::config
