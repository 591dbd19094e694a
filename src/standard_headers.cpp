// Carries the precompiled standard headers of the build (CMakeLists.txt); it has nothing of its own.
