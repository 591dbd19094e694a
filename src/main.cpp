// Arguments to subcommand; each subcommand's options and work stand in src/app.

#include <iostream>

#include "src/app/bench.h"
#include "src/app/command_line.h"
#include "src/app/demo.h"
#include "src/app/desk_jobs.h"
#include "src/app/jobs.h"
#include "src/app/operator_commands.h"
#include "src/app/overload.h"
#include "src/app/phone_commands.h"
#include "src/app/purchase_command.h"
#include "src/app/sandbox.h"
#include "src/app/service.h"
#include "src/app/sign.h"
#include "src/app/stop_signal.h"

int main(int argc, char** argv) {
    using namespace huiqiao::app;
    block_stop_signals();
    try {
        CommandLine line;
        add_service(line);
        add_jobs(line);
        add_desk_jobs(line);
        add_sandbox(line);
        add_demo(line);
        add_bench(line);
        add_overload(line);
        add_key_commands(line);
        add_operator_commands(line);
        add_phone_commands(line);
        add_purchase_command(line);
        return line.run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "huiqiao: " << error.what() << '\n';
        return 2;
    }
}
