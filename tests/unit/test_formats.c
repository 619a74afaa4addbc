/* SPDX-License-Identifier: MIT */
/* The formats on bytes in memory: borders that whole files do not reach. */
#include "unit.h"

#include <string.h>

#include "gpucode/cubin.h"
#include "gpucode/fatbin.h"
#include "gpucode/ptx.h"
#include "gpucode/sniff.h"
#include "hostfile/elf.h"
#include "listing.h"

static void test_find_magic(void **state)
{
    static const uint8_t magic[] = {0x50, 0xed, 0x55, 0xba, 0x01, 0x00};
    uint8_t bytes[300];
    (void)state;
    for (size_t place = 0; place + sizeof magic <= sizeof bytes; place++) {
        memset(bytes, 0xba, sizeof bytes);
        memcpy(bytes + place, magic, sizeof magic);
        gm_span span = {bytes, sizeof bytes};
        assert_int_equal(gm_fatbin_find(span, 0), place);
        assert_int_equal(gm_fatbin_find(span, place), place);
        assert_int_equal(gm_fatbin_find(span, place + 1), sizeof bytes);
        span.size = place + sizeof magic - 1; /* cut off: not found */
        assert_int_equal(gm_fatbin_find(span, 0), span.size);
    }
    assert_int_equal(gm_fatbin_find((gm_span){NULL, 0}, 0), 0);
    assert_int_equal(gm_fatbin_find((gm_span){bytes, sizeof bytes}, sizeof bytes), sizeof bytes);
}

/* Walks the container at the start of `bytes`. */
static size_t walk(gm_span bytes, uint64_t limit, size_t images_max, gm_fatbin *fatbin,
                   gm_arena *arena)
{
    gm_fatbin_walk state;
    size_t steps = 0;
    gm_fatbin_begin(&state, fatbin, 0, limit);
    while (state.state != GM_WALK_DONE) {
        assert_true(state.need_bytes <= GM_FATBIN_NEED_MAX);
        gm_span rest = state.need_offset < bytes.size
                           ? gm_span_part(bytes, state.need_offset, bytes.size - state.need_offset)
                           : (gm_span){NULL, 0};
        assert_true(gm_fatbin_feed(&state, rest, arena, images_max));
        assert_true(++steps < 10000);
    }
    assert_true(gm_fatbin_feed(&state, bytes, arena, images_max)); /* done is done */
    return steps;
}

static void test_walk_every_cut(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    gm_span whole = fixture_read(arena, "bare-kinds");
    gm_fatbin fatbin = {0};
    (void)state;
    for (size_t size = 0; size <= whole.size; size++) {
        walk((gm_span){whole.data, size}, size, 100, &fatbin, arena);
        assert_int_equal(fatbin.whole, size == whole.size);
        assert_int_equal(fatbin.damage != NULL, size < whole.size);
        for (size_t i = 0; i < fatbin.entries.count; i++)
            assert_true(fatbin.entries.items[i].end <= size);
    }
    assert_int_equal(fatbin.entries.count, 8);
    walk(whole, whole.size, 3, &fatbin, arena);
    assert_int_equal(fatbin.entries.count, 3);
    assert_string_equal(fatbin.damage, "too-many-images");
    gm_arena_free(arena);
}

static void test_has_code(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    gm_span cubin = fixture_read(arena, "cubin-v8");
    (void)state;
    assert_int_equal(gm_cubin_has_code(cubin), GM_CODE_PRESENT);
    for (size_t size = 0; size < cubin.size; size++)
        assert_int_not_equal(gm_cubin_has_code((gm_span){cubin.data, size}), GM_CODE_ABSENT);
    uint8_t *copy = gm_arena_alloc(arena, cubin.size);
    memcpy(copy, cubin.data, cubin.size);
    memset(copy + 40, 0xff, 8); /* section headers out of reach */
    assert_int_equal(gm_cubin_has_code((gm_span){copy, cubin.size}), GM_CODE_UNSEEN);
    gm_arena_free(arena);
}

static void test_sniff(void **state)
{
    static const struct {
        const char *head;
        size_t size;
        gm_file_kind kind;
    } rows[] = {
        {"", 0, GM_FILE_EMPTY},
        {"M", 1, GM_FILE_OTHER},
        {"MZ", 2, GM_FILE_OTHER},
        {"MZ\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
         "\0\0\0"
         "\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0",
         64, GM_FILE_PE},
        {"MZ says this text, whose bytes lead nowhere. More must be here, 64.", 66, GM_FILE_OTHER},
        {"\x64\x86\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, GM_FILE_COFF},
        {"\x64\x86\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\0\0\0", 20, GM_FILE_OTHER},
        {"!<arch>\n", 8, GM_FILE_ARCHIVE},
        {"PK\x03\x04", 4, GM_FILE_ZIP},
        {"\x7f"
         "ELF",
         4, GM_FILE_ELF},
        {"\xed\x43\x4e\x7f", 4, GM_FILE_NVVM},
        {"CCOB\x02", 5, GM_FILE_HIP_BUNDLE},
        {"\x50\xed\x55\xba\x01\x00", 6, GM_FILE_FATBIN},
        {"\x50\xed\x55\xba\x02\x00", 6, GM_FILE_OTHER},
        {"// c\n .version 7.0\n", 19, GM_FILE_PTX},
        {"/* .version 7.0\n", 16, GM_FILE_OTHER},
        {"text\n.version 7.0\n", 18, GM_FILE_OTHER},
        {".version\0 7.0\n", 14, GM_FILE_OTHER},
        {".versions 7.0\n", 14, GM_FILE_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gm_span head = {(const uint8_t *)rows[i].head, rows[i].size};
        if (gm_sniff(head) != rows[i].kind)
            fail_msg("row %zu: %d", i, (int)gm_sniff(head));
    }
}

static void test_relocation_shape(void **state)
{
    (void)state;
    assert_true(gm_elf_maybe_relocation((uint64_t[]){0x200010, 8, 0x40}, 8));
    assert_true(gm_elf_maybe_relocation((uint64_t[]){0x200010, 1027, 0x40}, 1027));
    assert_false(gm_elf_maybe_relocation((uint64_t[]){0x200011, 8, 0x40}, 8));
    assert_false(gm_elf_maybe_relocation((uint64_t[]){0x200010, 6, 0x40}, 8));
    assert_false(gm_elf_maybe_relocation((uint64_t[]){0x200010, 8, UINT64_MAX}, 8));
}

/* More sections, images or bytes than the limits allow end in a note, not in memory. */
static void test_limits(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    gm_context context = gm_context_defaults();
    gm_source *source = gm_source_memory(fixture_read(arena, "so-x86-64"));
    gm_reader *reader = gm_reader_new(source);
    gm_damage_list damage = {.limit = 10};
    gm_host host;
    gm_error error;
    gm_host_reading reading = {
        .context = &context, .reader = reader, .arena = arena, .damage = &damage, .reterr = &error};
    (void)state;
    context.limits.sections_per_file = 3;
    assert_int_equal(gm_host_elf.read(&reading, source->size_bytes, &host), GM_OK);
    assert_false(host.has_sections);
    assert_int_equal(damage.notes.count, 1);
    assert_string_equal(damage.notes.items[0].id, "too-many-sections");
    gm_reader_free(reader);
    gm_source_close(source);
    gm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_magic), cmocka_unit_test(test_walk_every_cut),
        cmocka_unit_test(test_has_code),   cmocka_unit_test(test_sniff),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_relocation_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
