/* SPDX-License-Identifier: MIT */
/* What installers write down. The first line names the file, the rest is its text; the environment
 * around it is small and good. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/files.h"
#include "package/dist_info.h"
#include "package/environment.h"

#define SITE "lib/python3.11/site-packages"
#define INFO SITE "/torch-2.9.1.dist-info"

static const struct file {
    const char *name, *path, *text;
} files[] = {
    {"METADATA", INFO "/METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 2.9.1+cu128\n"},
    {"RECORD", INFO "/RECORD", "torch/lib/libtorch_cuda.so,sha256=abc,1000\ntorch/a.py,,\n"},
    {"top_level.txt", INFO "/top_level.txt", "torch\n"},
    {"direct_url.json", INFO "/direct_url.json", "{}"},
    {"pyvenv.cfg", "pyvenv.cfg", "home = /nowhere/bin\nversion = 3.11.2\n"},
    {"more.pth", SITE "/more.pth", "torch\n"},
    {"conda.json", "conda-meta/pytorch-2.5.1-cuda126_py311_303.json",
     "{\"channel\": \"https://c/conda-forge/linux-64\", \"files\": [\"lib/libtorch_cuda.so\"]}"},
};
#define FILES (sizeof files / sizeof *files)

static char root[64];

static void at_root(char *path, size_t room, const char *inside)
{
    snprintf(path, room, "%s/%s", root, inside);
}

static void write_file(const char *inside, const char *text, size_t size)
{
    char path[200];
    at_root(path, sizeof path, inside);
    FILE *file = fopen(path, "wb");
    fuzz_require(file && (size == 0 || fwrite(text, 1, size, file) == size));
    fclose(file);
}

static const char *const folders[] = {"",   "lib",         "lib/python3.11", SITE,
                                      INFO, SITE "/torch", "conda-meta"};
#define FOLDERS (sizeof folders / sizeof *folders)

static void remove_environment(void)
{
    char path[200];
    for (size_t i = 0; i < FILES; i++) {
        at_root(path, sizeof path, files[i].path);
        remove(path);
    }
    for (size_t i = FOLDERS; i-- > 0;) {
        at_root(path, sizeof path, folders[i]);
        remove(path);
    }
}

static void make_environment(void)
{
    char path[200];
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(root, sizeof root, "%s/gpumatch-fuzz-%ld", parent, (long)getpid());
    for (size_t i = 0; i < FOLDERS; i++) {
        at_root(path, sizeof path, folders[i]);
        fuzz_require(mkdir(path, 0700) == 0);
    }
    for (size_t i = 0; i < FILES; i++)
        write_file(files[i].path, files[i].text, strlen(files[i].text));
    atexit(remove_environment);
}

static void read_directly(const char *name, const char *text, gm_arena *arena)
{
    gm_installed installed = {0};
    gm_record_line line;
    const char *rest = text, *at = text, *end = text + strlen(text);
    while (gm_record_next(&rest, &line))
        fuzz_require(line.path >= text && line.path + line.path_size <= end &&
                     (!line.sha256 || line.sha256 + line.sha256_size <= end));
    gm_record_libraries(text, "/nowhere", arena, &installed);
    while (gm_metadata_next(&at, "Requires-Dist", arena))
        fuzz_require(at <= end);
    gm_metadata_value(text, "Version", arena);
    gm_dist_info_name(name, arena);
    gm_dist_info_version(name, arena);
}

static void read_environment(gm_arena *arena)
{
    static const gm_key_row nothing[] = {{NULL, GM_KEY_ABSENT, NULL}};
    gm_key_reader keys = gm_key_table(nothing);
    gm_environment environment = {0};
    gm_finding_list findings = {0};
    gm_error error;
    gm_status status = gm_environment_read(gm_catalog_builtin(), &keys, root, arena, &environment,
                                           &findings, NULL, &error);
    fuzz_require(status == GM_OK || status == GM_IO);
    for (size_t i = 0; i < environment.packages.count; i++)
        fuzz_require(environment.packages.items[i].name != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_arena *arena = gm_arena_new(0);
    if (!root[0])
        make_environment();
    char *text = fuzz_text(arena, (gm_span){data, size});
    const char *name = fuzz_line(&text);
    size_t length = size - (size_t)(text - name); /* there may be NULs in it */
    read_directly(name, text, arena);
    for (size_t i = 0; i < FILES; i++)
        if (!strcmp(name, files[i].name)) {
            write_file(files[i].path, text, length);
            read_environment(arena);
            write_file(files[i].path, files[i].text, strlen(files[i].text));
        }
    gm_arena_free(arena);
    return 0;
}
