/* SPDX-License-Identifier: MIT */
/* Requirements as people write them. What is advised: test_property.c. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "advise/advise.h"
#include "catalog/catalog.h"

static gm_spec parse(gm_arena *arena, const char *text)
{
    gm_spec spec;
    assert_int_equal(gm_spec_parse(text, arena, &spec, NULL), GM_OK);
    return spec;
}

static void test_requirements(void **state)
{
    (void)state;
    gm_arena *arena = gm_arena_new(0);
    gm_spec spec = parse(arena, " Torch_Vision == 2.7.1+cu118 ");
    assert_string_equal(spec.name, "torch-vision");
    assert_string_equal(spec.version, "2.7.1+cu118");
    assert_string_equal(spec.variant, "cu118");
    assert_true(gm_spec_allows(&spec, "2.7.1"));
    assert_false(gm_spec_allows(&spec, "2.7.0"));
    spec = parse(arena, "torch>=2.6, <2.10, !=2.8");
    assert_true(gm_spec_allows(&spec, "2.9.1"));
    assert_false(gm_spec_allows(&spec, "2.10.0"));
    assert_false(gm_spec_allows(&spec, "2.8.0"));
    spec = parse(arena, "torch (~=2.9.1); python_version >= '3.10'");
    assert_true(gm_spec_allows(&spec, "2.9.2"));
    assert_false(gm_spec_allows(&spec, "2.10.0"));
    assert_false(gm_spec_allows(&spec, "2.9.0"));
    spec = parse(arena, "torch==2.9.*,!=2.9.1");
    assert_true(gm_spec_allows(&spec, "2.9.0"));
    assert_false(gm_spec_allows(&spec, "2.9.1"));
    assert_false(gm_spec_allows(&spec, "2.10.0"));
    static const char *const wrong[] = {"",    "torch~=", "torch==*",  "torch (==2.1",
                                        "==2", "torch==", "torch 2.1", "torch>=2.6,,",
                                        "a~b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(gm_spec_parse(wrong[i], arena, &spec, NULL), GM_USAGE);
    gm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_requirements)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
