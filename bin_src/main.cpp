// The program's two interfaces: the Splunk search command without arguments, the command line with
// a verb.

#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/check_config.hpp"
#include "config/setup.hpp"
#include "io/file_descriptor.hpp"
#include "json/json.hpp"
#include "output/shell.hpp"
#include "scan/merge_command.hpp"
#include "scan/scan_command.hpp"
#include "scp/limits.hpp"
#include "search/search_command.hpp"
#include "simd/cpu.hpp"
#include "version.hpp"

namespace {

using namespace cloudhijack;

constexpr std::string_view k_help =
    "cloudhijack finds hijacked cloud services in logs of AWS, Azure, Google Cloud,\n"
    "SendGrid and Twilio.\n"
    "\n"
    "  cloudhijack scan PATH...         scans files; see cloudhijack scan --help\n"
    "  cloudhijack merge STATE...       answers over the states of several scans\n"
    "  cloudhijack check-config [FILE]  checks the installed cloudhijack.conf, or FILE\n"
    "  cloudhijack --version            shows the version\n"
    "  cloudhijack --help               shows this text\n"
    "\n"
    "Without arguments, the program is the Splunk search command | cloudhijack, and speaks\n"
    "Splunk's chunked protocol over standard input and output.\n";

int search() {
    if (::isatty(STDIN_FILENO) == 1) {
        std::cerr << k_help;
        return output::k_exit_error;
    }
    io::widen_pipe(STDIN_FILENO);
    const auto setup = config::read_search_setup();
    const auto ended = search::run_search_command(
        setup,
        {.requests = io::read_from(STDIN_FILENO),
         .leftovers = io::read_until_silent(STDIN_FILENO, scp::k_silence_after_error),
         .replies = io::write_to(STDOUT_FILENO)},
        search::confine_process(setup.default_config().memory_limit));
    if (ended) return output::k_exit_ok;
    std::cerr << "cloudhijack: " << ended.error().text << '\n';
    return search::k_search_failed;
}

int check_config(std::span<const std::string> arguments) {
    const auto text = config::check_config(arguments);
    return text ? output::print(*text) : output::print_errors(text.error());
}

// With chunked = false, Splunk passes the search's arguments on the command line, either alone or
// after one of these two words.
bool is_legacy_protocol_argument(std::string_view argument) {
    return argument == "__GETINFO__" || argument == "__EXECUTE__" || argument.contains('=');
}

int run(const std::vector<std::string>& arguments) {
    if (arguments.empty()) return search();
    const std::string& verb = arguments.front();
    const auto rest = std::span(arguments).subspan(1);
    if (verb == "scan") return scan::run_scan(rest);
    if (verb == "merge") return scan::run_merge(rest);
    if (verb == "check-config") return check_config(rest);
    if (verb == "--version" || verb == "-V") {
        return output::print("cloudhijack " + std::string(k_version) + '\n');
    }
    if (verb == "--help" || verb == "-h" || verb == "help") return output::print(k_help);
    if (is_legacy_protocol_argument(verb)) return search();  // which replies in the legacy protocol
    std::cerr << "cloudhijack: unknown argument \"" << verb << "\"; see cloudhijack --help\n";
    return output::k_exit_error;
}

}  // namespace

int main(int argc, char** argv) {
    // A closed pipe and a file that may not grow are error codes, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    json::limit_json_kernel(simd::wanted_cpu());
    try {
        return run({argv + (argc > 0 ? 1 : 0), argv + argc});
    } catch (const std::bad_alloc&) {
        std::cerr << "cloudhijack: out of memory\n";
        return argc > 1 ? output::k_exit_error : search::k_search_failed;
    } catch (const std::exception& error) {
        std::cerr << "cloudhijack: " << error.what() << '\n';
        return argc > 1 ? output::k_exit_error : search::k_search_failed;
    }
}
