#include "scan/merge_command.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <new>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>

#include "io/file_descriptor.hpp"
#include "io/output_file.hpp"
#include "output/answer.hpp"
#include "output/shell.hpp"
#include "sandbox/sandbox.hpp"
#include "scan/answer_printer.hpp"
#include "scan/confinement.hpp"
#include "scan/file_messages.hpp"
#include "scan/files.hpp"
#include "scan/interruption.hpp"
#include "scan/lookup_files.hpp"
#include "scan/merge_options.hpp"
#include "scan/open_file.hpp"
#include "scan/state_merger.hpp"
#include "scan/state_reader.hpp"
#include "scan/state_writer.hpp"

namespace cloudhijack::scan {
namespace {

/// A state file that is being read.
class OpenState {
  public:
    static Result<std::unique_ptr<OpenState>> open(const std::string& path,
                                                   const io::StopRequest& stop) {
        struct stat status{};
        const std::string name = shown_name(path);
        const int failed =
            path == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(path.c_str(), &status);
        if (failed != 0 && errno == ENOENT) return failure(name + ": does not exist");
        if (failed == 0 && S_ISDIR(status.st_mode)) {
            return failure(name + ": is a folder; name the states in it");
        }
        const File file{.path = path, .is_pipe = failed == 0 && !S_ISREG(status.st_mode)};
        auto state = std::make_unique<OpenState>(file, stop);
        if (failed != 0 || state->file_.descriptor() < 0) {
            return failure(name + ": cannot be opened: " + std::generic_category().message(errno));
        }
        return state;
    }

    OpenState(const File& file, const io::StopRequest& stop)
        : file_(file, /*may_wait=*/false),
          reader_(shown_name(file.path), source_of(file, file_.descriptor(), stop)) {}

    [[nodiscard]] StateReader& reader() { return reader_; }

  private:
    static io::ByteSource source_of(const File& file, int descriptor, const io::StopRequest& stop) {
        if (file.is_pipe) return io::read_until_stopped(descriptor, stop);
        return [&stop, source = io::read_from(descriptor)](
                   std::span<char> buffer) mutable -> Result<std::size_t> {
            if (stop.reason() != 0) return stopped();
            return source(buffer);
        };
    }

    OpenFile file_;
    StateReader reader_;
};

/// The states in all files, one after the other.
class StateFiles {
  public:
    StateFiles(std::span<const std::string> paths, const io::StopRequest& stop)
        : paths_(paths), stop_(&stop) {}

    /// The header of the next state; nullopt after the last one.
    Result<std::optional<partial::Header>> next() {
        while (true) {
            if (open_) {
                auto header = open_->reader().next_header();
                if (!header || *header) return header;
                open_.reset();
            }
            if (paths_.empty()) return std::nullopt;
            auto opened = OpenState::open(paths_.front(), *stop_);
            if (!opened) return std::unexpected(std::move(opened.error()));
            paths_ = paths_.subspan(1);
            open_ = std::move(*opened);
        }
    }

    /// Reads the state of the last header; there must be one.
    [[nodiscard]] StateReader& reader() { return open_->reader(); }

  private:
    std::span<const std::string> paths_;
    const io::StopRequest* stop_;
    std::unique_ptr<OpenState> open_;
};

int report_failure(const Error& error, const Interruption& interruption, bool partial) {
    if (error.kind != Error::Kind::stopped) return output::print_error(error.text);
    output::print_message(interruption.text() + " before all states were read: there is no " +
                          (partial ? "complete state" : "answer"));
    return interruption.exit_code();
}

Result<int> finish(const MergeAnswer& answer, const MergeRequest& request, const Counted& counted,
                   StateWriter* state, io::OutputFile& file, MessageLog& messages) {
    messages.tell(unknown_objects(counted.totals));
    messages.tell(nothing_read(counted.totals, counted.range));
    std::size_t rows = 0;
    if (state != nullptr) {
        const auto documents = state->finish(*counted.activity, counted.totals, counted.range);
        if (!documents) return std::unexpected(documents.error());
        if (auto finished = file.finish(); !finished) return std::unexpected(finished.error());
        messages.tell(state_summary(counted.totals, *documents));
    } else {
        const auto printed =
            print_answer(counted, answer.form, request.setup, answer.config, file, messages);
        if (!printed) return std::unexpected(printed.error());
        rows = *printed;
    }
    return exit_code_of(counted, answer.form, rows);
}

// The options that do not depend on the mode of the states. A mistake in the others is reported
// once the mode is known.
config::Config early_config(const MergeRequest& request) {
    config::Config config = request.setup.default_config();
    [[maybe_unused]] const auto set = set_options(request.given, request.setup, config);
    return config;
}

// The first state decides which lookup files are read, and so they are opened, and the output is,
// once the merge has begun to read states.
sandbox::FileRights rights_of(const MergeRequest& request, const config::Config& config) {
    sandbox::FileRights rights{.readable = named_files(request.paths)};
    for (const auto* file :
         {&config.baseline_file, &config.allowlist_file, &config.networks_file}) {
        if (!file->empty()) rights.readable.push_back(*file);
    }
    rights.readable.insert(rights.readable.end(), config.geoip_files.begin(),
                           config.geoip_files.end());
    if (request.given.contains("output")) {
        const auto& path = request.given["output"].as<std::string>();
        if (path != "-") rights.created_in = io::OutputFile::folder_for(path);
    }
    return rights;
}

int merge(const MergeRequest& request, const config::Config& config) {
    sandbox::limit_memory(config.memory_limit);
    const Interruption interruption;
    confine(rights_of(request, config));
    StateFiles files(request.paths, interruption.request());
    auto header = files.next();
    if (!header) return report_failure(header.error(), interruption, request.partial);
    const std::string first = files.reader().state_name();
    auto answer = read_merge_answer(request, (*header)->mode, first);
    if (!answer) return output::print_error(answer.error().text);
    MessageLog messages;
    if (!take_lookups(request.setup, answer->config, messages)) return output::k_exit_error;
    if (!request.partial) {
        const FileList inputs = list_files(request.paths);
        if (auto safe = check_output(answer->form.output_path, inputs.files); !safe) {
            return output::print_error(safe.error().text);
        }
    }
    auto file = io::OutputFile::open(answer->form.output_path);
    if (!file) return output::print_error(file.error().text);

    detect::Activity activity = output::new_activity(request.setup, answer->config);
    std::optional<StateWriter> state;
    if (request.partial) {
        state.emplace(request.setup, answer->config,
                      [&file](std::string_view bytes) { return file->write(bytes); });
    }
    StateMerger merger(
        state_header(request.setup, answer->config), first, activity,
        [&messages](std::string message) { messages.tell(std::move(message)); },
        state ? &*state : nullptr);
    if (request.allow_overlap) merger.allow_overlap();
    while (*header) {
        if (const auto added = merger.add(files.reader(), **header); !added) {
            return report_failure(added.error(), interruption, request.partial);
        }
        header = files.next();
        if (!header) return report_failure(header.error(), interruption, request.partial);
    }

    const Counted counted{
        .activity = &activity, .totals = merger.totals(), .range = merger.range()};
    const auto code = finish(*answer, request, counted, state ? &*state : nullptr, *file, messages);
    if (!code) return output::print_error(code.error().text);
    if (!interruption.came()) return *code;
    messages.tell(interruption.text() + ", after everything had been read: the " +
                  (request.partial ? "state" : "answer") + " is complete");
    return interruption.exit_code();
}

}  // namespace

int run_merge(std::span<const std::string> arguments) {
    const auto asked = read_merge_command_line(arguments);
    if (!asked) return output::print_errors(asked.error());
    if (const auto* help = std::get_if<Help>(&*asked)) return output::print(help->text);
    const auto& request = std::get<MergeRequest>(*asked);
    const config::Config config = early_config(request);
    try {
        return merge(request, config);
    } catch (const std::bad_alloc&) {
        return output::print_error(out_of_memory(config.memory_limit, "merge fewer states"));
    }
}

}  // namespace cloudhijack::scan
