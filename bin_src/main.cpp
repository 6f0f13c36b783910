#include <unistd.h>

#include <boost/program_options.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>

#include "command/search_command.hpp"
#include "io/file_descriptor.hpp"
#include "version.hpp"

namespace {

namespace po = boost::program_options;
using namespace cloudhijack;

constexpr int k_ok = 0;
constexpr int k_search_failed = 1;
constexpr int k_wrong_usage = 2;

constexpr std::chrono::milliseconds k_patience{500};

int search() {
    const auto ended =
        command::run_search_command({.requests = io::read_from(STDIN_FILENO),
                                     .leftovers = io::read_until_silent(STDIN_FILENO, k_patience),
                                     .replies = io::write_to(STDOUT_FILENO)});
    if (ended) return k_ok;
    std::cerr << "cloudhijack: " << ended.error().text << '\n';
    return k_search_failed;
}

int run(int argc, char** argv) {
    po::options_description options("Options");
    options.add_options()("help,h", "show this text")("version,V", "show the version");
    po::variables_map given;
    po::store(po::command_line_parser(argc, argv)
                  .options(options)
                  .positional(po::positional_options_description{})  // none, so one is an error
                  .run(),
              given);
    if (given.contains("version")) {
        std::cout << "cloudhijack " << k_version << '\n';
        return k_ok;
    }
    if (given.contains("help")) {
        std::cout << "cloudhijack finds hijacked cloud services in AWS CloudTrail.\n\n"
                     "It is the Splunk search command | cloudhijack: Splunk starts it without\n"
                     "arguments and speaks its chunked protocol over standard input and output.\n\n"
                  << options;
        return k_ok;
    }
    if (::isatty(STDIN_FILENO) == 1) {
        std::cerr << "cloudhijack: this is a Splunk search command and expects Splunk on its "
                     "standard input; see cloudhijack --help\n";
        return k_wrong_usage;
    }
    return search();
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error code, not the end of the process
    try {
        return run(argc, argv);
    } catch (const po::error& error) {
        std::cerr << "cloudhijack: " << error.what() << "; see cloudhijack --help\n";
        return k_wrong_usage;
    } catch (const std::exception& error) {  // out of memory
        std::cerr << "cloudhijack: " << error.what() << '\n';
        return k_search_failed;
    }
}
