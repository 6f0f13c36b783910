#include "config/installed_place.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "config/setup.hpp"
#include "scan/temporary_folder.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
namespace fs = std::filesystem;

namespace {

/// An app folder with a program in its bin/linux/.
struct PlacedApp {
    PlacedApp() {
        program = folder.write("app/bin/linux/cloudhijack", "");
        fs::permissions(program, fs::perms::owner_all);
        program = fs::canonical(program);
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder.path() / name; }

    scan::TemporaryFolder folder;
    fs::path program;
};

constexpr const char* k_no_proc = "/nonexistent/self/exe";

PlaceSources without_proc() {
    return {.link = k_no_proc, .started = {}, .name = {}, .search_path = {}};
}

}  // namespace

TEST_CASE("installed place: /proc comes first, even if the file is gone") {
    const PlacedApp app;
    PlaceSources sources = without_proc();
    sources.link = app.path("exe");
    sources.started = app.program;
    fs::create_symlink("/opt/app/bin/linux/cloudhijack (deleted)", sources.link);
    CHECK(find_program(sources).value() == "/opt/app/bin/linux/cloudhijack (deleted)");
}

TEST_CASE("installed place: without /proc, the path that the kernel started") {
    const PlacedApp app;
    PlaceSources sources = without_proc();
    sources.started = app.program;
    sources.name = "/nonexistent/cloudhijack";
    CHECK(find_program(sources).value() == app.program);
    sources.started = fs::relative(app.program);
    CHECK(find_program(sources).value() == app.program);
    sources.started = app.path("link");
    fs::create_symlink("app/bin/linux/cloudhijack", sources.started);
    CHECK(find_program(sources).value() == app.program);
}

TEST_CASE("installed place: then the program's own name, as a path or a name in PATH") {
    const PlacedApp app;
    PlaceSources sources = without_proc();
    sources.started = "/dev/fd/77";  // the name that fexecve() gives, dangling without /proc
    sources.name = fs::relative(app.program);
    CHECK(find_program(sources).value() == app.program);
    sources.name = "cloudhijack";
    CHECK_FALSE(find_program(sources));
    sources.search_path = "/nonexistent::" + app.program.parent_path().string();
    CHECK(find_program(sources).value() == app.program);
    // Neither a folder of that name nor a file that is not executable is a program.
    app.folder.write("other/cloudhijack/file", "");
    const std::string plain = app.folder.write("plain/cloudhijack", "");
    fs::permissions(plain, fs::perms::owner_read);
    sources.search_path =
        app.path("other") + ":" + app.path("plain") + ":" + app.program.parent_path().string();
    CHECK(find_program(sources).value() == app.program);
    // A name with a slash is not looked up in PATH.
    sources.name = "linux/cloudhijack";
    sources.search_path = app.program.parent_path().parent_path();
    CHECK_FALSE(find_program(sources));
}

TEST_CASE("installed place: the process has a link, a started path and a name") {
    const PlaceSources sources = sources_of_process();
    CHECK(sources.link == "/proc/self/exe");
    CHECK_FALSE(sources.started.empty());
    CHECK_FALSE(sources.name.empty());
    PlaceSources no_link = sources;
    no_link.link = k_no_proc;
    CHECK(find_program(no_link).value() == fs::canonical("/proc/self/exe"));
}

TEST_CASE("installed place: the conf files and lookups are those of the app around the program") {
    const PlacedApp app;
    app.folder.write("app/local/cloudhijack.conf", "[defaults]\nmin_score = 3\n");
    const Setup setup = read_installed_setup(app.program);
    CHECK(setup.mistakes.empty());
    CHECK(setup.default_config().volume.min_score == 3);
    CHECK(setup.lookups_folder ==
          app.program.parent_path().parent_path().parent_path() / "lookups");
    CHECK(setup.place_problem.empty());
}

TEST_CASE("installed place: only a search reads the app's settings lookup") {
    const PlacedApp app;
    app.folder.write("app/local/cloudhijack.conf", "[defaults]\nmin_score = 3\nmin_risk = 4\n");
    app.folder.write("app/lookups/cloudhijack_settings.csv",
                     "stanza,key,value\ndefaults,min_score,2\ndefaults,min_risk,x\n");
    const Setup installed = read_installed_setup(app.program);
    CHECK(installed.default_config().volume.min_score == 3);
    CHECK(installed.settings_problems.bad_lines.empty());
    const Setup search = read_search_setup(app.program);
    CHECK(search.default_config().volume.min_score == 2);
    CHECK(search.default_config().hunt.min_risk == 4);
    CHECK(search.mistakes.empty());
    CHECK(search.settings_problems.bad_lines.size() == 1);
    CHECK(search.lookups_folder == installed.lookups_folder);
    const PlacedApp without;
    CHECK(read_search_setup(without.program).settings_problems.unread.empty());
    CHECK_FALSE(read_search_setup(failure("no place")).place_problem.empty());
}

TEST_CASE("installed place: an unknown place is a mistake that says why") {
    const auto place = find_program(without_proc());
    REQUIRE_FALSE(place);
    CHECK(place.error().text ==
          std::string(k_no_proc) + " cannot be read: No such file or directory");
    const Setup setup = read_installed_setup(place);
    REQUIRE(setup.mistakes.size() == 1);
    CHECK(
        setup.mistakes[0].text.starts_with("cannot find the folder in which cloudhijack is "
                                           "installed, so cloudhijack.conf and the lookup files "
                                           "were not read: /nonexistent/self/exe cannot be read"));
    CHECK(setup.place_problem == setup.mistakes[0].text);
    CHECK(setup.lookups_folder.empty());
}

TEST_CASE("installed place: a conf file that cannot be accessed is a mistake") {
    const PlacedApp app;
    fs::create_directory(app.folder.path() / "app/local");
    fs::create_symlink("cloudhijack.conf", app.folder.path() / "app/local/cloudhijack.conf");
    const Setup setup = read_installed_setup(app.program);
    REQUIRE(setup.mistakes.size() == 1);
    CHECK(setup.mistakes[0].text.contains("local/cloudhijack.conf: cannot be read"));
}
