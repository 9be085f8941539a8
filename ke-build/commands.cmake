# The command ke-build: the pipeline, one file per verb, and main. `ke_cli` is what both commands share.
ke_room(pipeline SOURCES pipeline.cpp DEPENDS ke_detect ke_search ke_evaluate ke_learn ke_store)
ke_room(cli SOURCES commands/shared.cpp commands/command_line.cpp commands/search_flags.cpp commands/candidate_flags.cpp
        commands/session_text.cpp DEPENDS ke_pipeline CLI11::CLI11 fmt::fmt)

add_executable(ke-build main.cpp commands/commands.cpp commands/detect.cpp commands/baselines.cpp
               commands/search.cpp commands/evaluate.cpp commands/learn.cpp commands/show.cpp
               commands/judge.cpp commands/doctor.cpp commands/noise.cpp commands/profile.cpp commands/bench_search.cpp)
target_link_libraries(ke-build PRIVATE ke_cli)
add_dependencies(ke-build ke-confine)
ke_command(ke-build)
