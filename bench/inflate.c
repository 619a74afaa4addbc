/* SPDX-License-Identifier: MIT */
/* Times what reading a wheel cannot do without: inflating the members that hold host code, with the
 * library and the buffers that gpumatch uses, checksums included, on one thread.
 *
 *   bench_inflate WHEEL                  prints "MS MEMBERS MIB" */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gpucode/sniff.h"
#include "os/files.h"
#include "store/archive.h"
#include "store/inflate.h"

#define INPUT_BYTES  ((size_t)64 << 10)
#define OUTPUT_BYTES ((size_t)256 << 10)

static uint8_t input[INPUT_BYTES], output[OUTPUT_BYTES];

static void fail(const char *what)
{
    fprintf(stderr, "bench_inflate: %s\n", what);
    exit(1);
}

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static bool is_host_code(gm_member_reader *reader, const gm_member *member)
{
    size_t got;
    gm_source *source = gm_member_open(reader, member);
    if (!member->deflated || source->read(source, 0, output, GM_SNIFF_BYTES, &got, NULL) != GM_OK)
        return false;
    return gm_sniff((gm_span){output, got}) == GM_FILE_ELF;
}

static void inflate_member(gm_inflate *inflate, gm_source *file, const gm_member *member)
{
    gm_inflate_result result = GM_INFLATE_MORE;
    gm_span bytes = {input, 0};
    uint64_t taken = 0;
    uint32_t crc = 0;
    gm_inflate_reset(inflate);
    while (result == GM_INFLATE_MORE) {
        size_t left = member->stored_bytes - taken < INPUT_BYTES
                          ? (size_t)(member->stored_bytes - taken)
                          : INPUT_BYTES;
        size_t filled = 0, made;
        if (bytes.size == 0) {
            if (file->read(file, member->data_offset + taken, input, left, &bytes.size, NULL))
                fail("cannot read");
            bytes.data = input;
            taken += bytes.size;
        }
        do {
            result = gm_inflate_run(inflate, &bytes, output + filled, OUTPUT_BYTES - filled, &made);
            crc = gm_crc32(crc, (gm_span){output + filled, made});
            filled += made;
        } while (result == GM_INFLATE_MORE && bytes.size && filled < OUTPUT_BYTES);
    }
    if (result != GM_INFLATE_END || crc != member->crc32)
        fail("the wheel is damaged");
}

int main(int argc, char **argv)
{
    gm_context context = gm_context_defaults();
    gm_source *file;
    gm_archive archive;
    gm_damage_list damage = {0};
    gm_arena *arena = gm_arena_new(0);
    gm_inflate *inflate = gm_inflate_new();
    if (argc != 2 || gm_os_open(argv[1], &file, NULL) != GM_OK ||
        gm_archive_read(&context, file, arena, &archive, &damage, NULL) != GM_OK)
        fail("usage: bench_inflate WHEEL");
    gm_member_reader *reader = gm_member_reader_new(&archive);
    size_t members = 0;
    uint64_t bytes = 0;
    double spent = 0;
    for (size_t i = 0; i < archive.members.count; i++) {
        const gm_member *member = &archive.members.items[i];
        if (!is_host_code(reader, member))
            continue;
        double begin = now_ms();
        inflate_member(inflate, file, member);
        spent += now_ms() - begin;
        members++;
        bytes += member->size_bytes;
    }
    printf("%.1f %zu %.1f\n", spent, members, (double)bytes / (1 << 20));
    gm_member_reader_free(reader);
    gm_inflate_free(inflate);
    gm_source_close(file);
    gm_arena_free(arena);
    return 0;
}
