/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target on files, and on all files of directories, without any fuzzer. Built by
 * afl-clang-fast it is AFL++'s driver: afl-fuzz -i SEEDS -o OUT -- ./fuzz_elf */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "os/files.h"

#ifdef __AFL_FUZZ_TESTCASE_LEN
__AFL_FUZZ_INIT();

static void under_afl(void)
{
    const unsigned char *bytes = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(10000))
        LLVMFuzzerTestOneInput(bytes, (size_t)__AFL_FUZZ_TESTCASE_LEN);
}
#else
static void under_afl(void)
{
    fputs("usage: fuzz_TARGET FILE|DIRECTORY...\n", stderr);
}
#endif

static size_t replay_file(const char *path)
{
    gm_source *source;
    size_t got = 0;
    if (gm_os_open(path, &source, NULL) != GM_OK) {
        fprintf(stderr, "%s: cannot be opened\n", path);
        exit(2);
    }
    size_t size = (size_t)source->size_bytes;
    uint8_t *bytes = malloc(size ? size : 1); /* exactly, so that reading behind it is seen */
    fuzz_require(bytes && source->read(source, 0, bytes, size, &got, NULL) == GM_OK && got == size);
    gm_source_close(source);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return 1;
}

static size_t replay(const char *path)
{
    gm_os_entries entries = {0};
    size_t count = 0;
    if (gm_os_path_kind(path) != GM_OS_DIRECTORY)
        return replay_file(path);
    gm_arena *arena = gm_arena_new(0);
    fuzz_require(gm_os_list(path, 1000000, arena, &entries, NULL) == GM_OK);
    for (size_t i = 0; i < entries.count; i++)
        count += replay_file(gm_os_join(arena, path, entries.items[i].name));
    gm_arena_free(arena);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    if (argc < 2)
        under_afl();
    for (int i = 1; i < argc; i++)
        count += replay(argv[i]);
    printf("%zu inputs\n", count);
    return count ? 0 : 2;
}
