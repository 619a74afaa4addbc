/* SPDX-License-Identifier: MIT */
/* Times the reading of one library's GPU code against what it cannot do without: one pread per
 * header.
 *
 *   bench_walk LIBRARY ROUNDS            prints "OURS_MS ALONE_MS BARE_MS HEADERS MODULES IMAGES":
 *                                        as the program reads it, and with one thread
 *   bench_walk LIBRARY once|forward      reads it once, at any offset or as a stream, and prints
 *                                        the peak memory in KiB */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "os/files.h"
#include "os/threads.h"
#include "scan/scan.h"
#include "scan/select.h"

#define ROUNDS_MAX 1000

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_walk: %s\n", what);
    exit(1);
}

/* Reads the library as the program does, with up to `threads`; `*library` lives in `arena`. */
static void read_library(const char *path, bool forward, unsigned threads, gm_arena *arena,
                         gm_library *library)
{
    gm_context context = gm_context_defaults();
    context.threads = threads;
    gm_source *file;
    gm_error error;
    if (gm_os_open(path, &file, &error) != GM_OK)
        fail(error.code);
    gm_source *source = forward ? gm_source_forward(file) : file;
    if (!source || gm_scan_source(&context, source, path, false, arena, library, &error) != GM_OK)
        fail("cannot read the library");
    if (forward)
        gm_source_close(source);
    gm_source_close(file);
}

static double time_ours(const char *path, unsigned threads, size_t *modules, size_t *images)
{
    double begin = now_ms();
    gm_library library;
    gm_arena *arena = gm_arena_new(0);
    read_library(path, false, threads, arena, &library);
    *modules = gm_library_module_count(&library);
    *images = library.images.count;
    gm_arena_free(arena);
    return now_ms() - begin;
}

struct place {
    uint64_t offset;
    size_t bytes;
};
typedef GM_LIST(struct place) places;

/* Where headers are: of each container with its first image, and of every further image. */
static void find_headers(const char *path, gm_arena *arena, places *headers)
{
    gm_context context = gm_context_defaults();
    gm_source *file;
    gm_error error;
    gm_library library;
    read_library(path, false, 1, arena, &library);
    if (gm_os_open(path, &file, &error) != GM_OK)
        fail(error.code);
    gm_file_containers state = {.context = &context,
                                .reader = gm_reader_new(file),
                                .arena = arena,
                                .file_bytes = file->size_bytes};
    gm_container_source source = gm_containers_of_file(&state);
    for (size_t i = 0; i < library.modules.count; i++) {
        const gm_fatbin *fatbin;
        uint64_t offset = library.modules.items[i].offset;
        if (source.at(source.state, offset, &fatbin, &error) != GM_OK || !fatbin)
            fail("not a container");
        for (size_t k = 0; k < fatbin->entries.count; k++) {
            struct place *place = GM_PUSH(arena, headers);
            *place = (struct place){offset, GM_FATBIN_ENTRY_BYTES};
            if (k == 0)
                place->bytes += GM_FATBIN_HEADER_BYTES;
            offset = fatbin->entries.items[k].end;
        }
    }
    gm_reader_free(state.reader);
    gm_source_close(file);
}

static double time_bare(const char *path, const places *headers)
{
    uint8_t buffer[GM_FATBIN_HEADER_BYTES + GM_FATBIN_ENTRY_BYTES];
    double begin = now_ms();
    int file = open(path, O_RDONLY | O_CLOEXEC);
    for (size_t i = 0; i < headers->count; i++)
        if (pread(file, buffer, headers->items[i].bytes, (off_t)headers->items[i].offset) < 0)
            fail("pread");
    close(file);
    return now_ms() - begin;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void measure(const char *path, size_t rounds)
{
    static double ours[ROUNDS_MAX], alone[ROUNDS_MAX], bare[ROUNDS_MAX];
    size_t modules, images;
    gm_arena *arena = gm_arena_new(0);
    places headers = {0};
    find_headers(path, arena, &headers);
    unsigned threads = gm_os_processors();
    time_ours(path, threads, &modules, &images);
    time_bare(path, &headers);
    /* Alternating, so that both meet the same machine. */
    for (size_t i = 0; i < rounds; i++) {
        ours[i] = time_ours(path, threads, &modules, &images);
        alone[i] = time_ours(path, 1, &modules, &images);
        bare[i] = time_bare(path, &headers);
    }
    printf("%.3f %.3f %.3f %zu %zu %zu\n", median(ours, rounds), median(alone, rounds),
           median(bare, rounds), headers.count, modules, images);
    gm_arena_free(arena);
}

/* Peak resident memory in KiB, of this program alone: a parent that asks the system for it is told
 * the most that parent and child ever had. */
static size_t peak_kib(void)
{
    char line[200];
    size_t kib = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmHWM:", 6))
            kib = (size_t)strtoul(line + 6, NULL, 10);
    if (status)
        fclose(status);
    return kib;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail("usage: bench_walk LIBRARY ROUNDS|once|forward");
    size_t rounds = (size_t)strtoul(argv[2], NULL, 10);
    if (rounds > 0) {
        measure(argv[1], rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX);
        return 0;
    }
    gm_library library;
    gm_arena *arena = gm_arena_new(0);
    read_library(argv[1], !strcmp(argv[2], "forward"), gm_os_processors(), arena, &library);
    printf("%zu\n", peak_kib());
    gm_arena_free(arena);
    return 0;
}
