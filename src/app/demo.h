#pragma once
// `huiqiao demo`: the main job end to end on sample data, on real sockets and a real database, with the faults
// happening in front of the viewer; at its end a page that a newcomer understands, and files to look into. It begins at
// a fixed working day, 09:00 in Shanghai, and steps the one clock of all processes, so it runs the same on any day.

#include <filesystem>

namespace huiqiao::app {

struct DemoCommand {
    std::filesystem::path directory;
    std::filesystem::path config_directory = "config";
    std::filesystem::path sample_data = "sample_data";
    bool on_mariadb = false;
};

/// 0 where every fault ended as it must and the books are proved; 1 where not (it says what); 2 where it could not run.
int run_demo(const DemoCommand& command);

}  // namespace huiqiao::app
