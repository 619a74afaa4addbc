/* SPDX-License-Identifier: MIT */
/* Fixtures with seeded damage: whatever the bytes, both ways of reading end, stay inside their
 * memory (run under ASan) and come to the same list. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listing.h"

/* xorshift64*: the same sequence on every system. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

/* Places where headers are: the beginning, the end and around what looks like a container. */
static size_t interesting_place(uint64_t *state, const uint8_t *bytes, size_t size)
{
    size_t place = (size_t)(next_random(state) % size);
    switch (next_random(state) % 4) {
    case 0:
        return place % 512 % size;
    case 1:
        return size - 1 - place % 1024 % size;
    case 2:
        for (size_t i = 0; i + 4 < size; i++)
            if (bytes[(place + i) % size] == 0x50 && bytes[(place + i + 1) % size] == 0xed)
                return (place + i + (size_t)(next_random(state) % 96)) % size;
        return place;
    default:
        return place;
    }
}

static void edit_field(uint64_t *state, uint8_t *bytes, size_t size)
{
    static const uint64_t values[] = {0,          1,
                                      7,          8,
                                      0x7f,       0xff,
                                      0xffff,     0x7fffffff,
                                      0xffffffff, 0x8000000000000000u,
                                      UINT64_MAX, UINT64_MAX - 7};
    uint64_t value = values[next_random(state) % (sizeof values / sizeof *values)];
    size_t width = (size_t)1 << next_random(state) % 4;
    size_t place = interesting_place(state, bytes, size) / width * width;
    if (next_random(state) % 4 == 0)
        value = next_random(state) % (2 * size);
    for (size_t i = 0; i < width && place + i < size; i++)
        bytes[place + i] = (uint8_t)(value >> (8 * i));
}

static void copy_part(uint64_t *state, uint8_t *bytes, size_t size)
{
    size_t from = interesting_place(state, bytes, size), to = interesting_place(state, bytes, size);
    size_t length = (size_t)(next_random(state) % 200);
    size_t room = size - (from > to ? from : to);
    memmove(bytes + to, bytes + from, length < room ? length : room);
}

/* Damages `bytes` and returns how many of them are left. */
static size_t damage(uint64_t *state, uint8_t *bytes, size_t size)
{
    size_t edits = 1 + (size_t)(next_random(state) % 4);
    while (edits-- > 0) {
        switch (next_random(state) % 8) {
        case 0:
            return (size_t)(next_random(state) % size);
        case 1:
            copy_part(state, bytes, size);
            break;
        case 2:
            bytes[interesting_place(state, bytes, size)] ^= (uint8_t)(1 + next_random(state) % 255);
            break;
        default:
            edit_field(state, bytes, size);
        }
    }
    return size;
}

/* Each third time deeply. */
static void check(const char *name, uint64_t seed, gm_span bytes)
{
    gm_source *memory = gm_source_memory(bytes);
    gm_source *forward = gm_source_forward(memory);
    gm_text (*list)(gm_source *) = seed % 3 ? listing_of : listing_of_deep;
    gm_text random = list(memory), stream = list(forward);
    if (strcmp(random.data, stream.data))
        fail_msg("%s with seed %llu:\n%s--- as a stream:\n%s", name, (unsigned long long)seed,
                 random.data, stream.data);
    gm_text_free(&random);
    gm_text_free(&stream);
    gm_source_close(forward);
    gm_source_close(memory);
}

/* A failing read of the source is an error, at whatever offset it happens. */
static void check_failing(gm_span bytes, uint64_t fail_at)
{
    gm_source *memory = gm_source_memory(bytes);
    gm_source *forward = gm_source_forward(memory);
    gm_source *failing[] = {source_in_pieces(memory, SIZE_MAX, fail_at),
                            source_in_pieces(forward, SIZE_MAX, fail_at)};
    for (size_t i = 0; i < 2; i++) {
        gm_text text = listing_of(failing[i]);
        gm_text_free(&text);
        gm_source_close(failing[i]);
    }
    gm_source_close(forward);
    gm_source_close(memory);
}

static size_t rounds(void)
{
    const char *text = getenv("GPUMATCH_DAMAGE_ROUNDS");
    return text ? (size_t)strtoull(text, NULL, 10) : 60;
}

static void test_damage(void **state)
{
    (void)state;
    gm_arena *arena = gm_arena_new(0);
    for (const char *const *name = fixture_names(arena, NULL); *name; name++) {
        gm_span bytes = fixture_read(arena, *name);
        uint8_t *copy = malloc(bytes.size + 1);
        assert_non_null(copy);
        for (uint64_t seed = 1; bytes.size && seed <= rounds(); seed++) {
            uint64_t random = seed * 0x9e3779b97f4a7c15u;
            memcpy(copy, bytes.data, bytes.size);
            size_t size = damage(&random, copy, bytes.size);
            /* A block of exactly this size, so that reading behind it is seen. */
            uint8_t *exact = malloc(size ? size : 1);
            assert_non_null(exact);
            memcpy(exact, copy, size);
            check(*name, seed, (gm_span){exact, size});
            if (seed % 10 == 0)
                check_failing((gm_span){exact, size}, next_random(&random) % (size + 1));
            free(exact);
        }
        free(copy);
    }
    gm_arena_free(arena);
}

/* Archives: the same bytes come to the same list, whatever they are, on one thread or two. */
static void test_damaged_archives(void **state)
{
    (void)state;
    gm_context context = gm_context_defaults();
    gm_arena *arena = gm_arena_new(0);
    for (const char *const *name = fixture_names(arena, "archives"); *name; name++) {
        gm_span bytes = fixture_read(arena, *name);
        /* The large ones take long, and differ in nothing but their size. */
        uint64_t seeds = strstr(*name, "/large") ? rounds() / 20 : rounds();
        for (uint64_t seed = 1; seed <= seeds; seed++) {
            uint64_t random = seed * 0x9e3779b97f4a7c15u;
            uint8_t *copy = malloc(bytes.size);
            assert_non_null(copy);
            memcpy(copy, bytes.data, bytes.size);
            size_t size = damage(&random, copy, bytes.size);
            uint8_t *exact = malloc(size ? size : 1); /* so that reading behind it is seen */
            assert_non_null(exact);
            memcpy(exact, copy, size);
            gm_source *source = gm_source_memory((gm_span){exact, size});
            gm_text first = listing_of_archive(&context, source);
            gm_text second = listing_of_archive(&context, source);
            if (strcmp(first.data, second.data))
                fail_msg("%s with seed %llu:\n%s--- again:\n%s", *name, (unsigned long long)seed,
                         first.data, second.data);
            gm_text_free(&first);
            gm_text_free(&second);
            gm_source_close(source);
            free(exact);
            free(copy);
        }
    }
    gm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_damage),
                                       cmocka_unit_test(test_damaged_archives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
